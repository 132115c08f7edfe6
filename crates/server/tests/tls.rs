//! TLS to the processor and to PostgreSQL, over real sockets: a certificate of a known authority for the right name is
//! taken, and nothing else is. PostgreSQL is one of our own, from the machine's binaries, with `ssl = on`. And that
//! nobody sends the processor's client elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use server::{
    billing::processor::{Processor, ProcessorError, Sandbox},
    store::Store,
};
use sqlx::Row;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// An authority that nobody knows but anyone who is given its certificate.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }
    fn pem(&self) -> String {
        self.certificate.pem()
    }
    /// For one name; `is_expired` ended in 2021.
    fn signs(&self, name: &str, is_expired: bool) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        if is_expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// A processor that has no events, behind TLS; its address is `https://localhost:…`.
async fn stub(certificate: &Certificate, key: &KeyPair) -> String {
    _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 4096];
            if stream.read(&mut head).await.is_ok_and(|read| read > 0) {
                let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
                _ = stream.write_all(answer.as_bytes()).await;
                _ = stream.flush().await;
            }
        }
    });
    url
}

fn events_of(url: String, authority: Option<&str>) -> impl Future<Output = Result<usize, ProcessorError>> {
    let patience = Duration::from_secs(10);
    let processor = Sandbox::trusting(url, "secret".into(), patience, authority.map(str::as_bytes)).unwrap();
    async move { processor.events(0).await.map(|events| events.len()) }
}

#[tokio::test]
async fn a_processor_is_believed_only_with_a_certificate_that_is_checked() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let (good, good_key) = ours.signs("localhost", false);
    let url = stub(&good, &good_key).await;
    let authority = ours.pem();
    assert_eq!(events_of(url.clone(), Some(&authority)).await, Ok(0));
    let refused = Err(ProcessorError::Unanswered);
    assert_eq!(events_of(url, None).await, refused, "an authority that this machine does not know");
    for (what, (certificate, key)) in [
        ("of a foreign authority", foreign.signs("localhost", false)),
        ("expired", ours.signs("localhost", true)),
        ("for another name", ours.signs("processor.example", false)),
    ] {
        let url = stub(&certificate, &key).await;
        assert_eq!(events_of(url, Some(&authority)).await, refused, "{what}");
    }
}

#[test]
fn an_authority_that_is_none_is_said_at_the_start() {
    let pem = |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    for authority in [pem("AAAA"), pem("no base64: !"), "TEMPORARY".to_owned(), String::new()] {
        let (url, patience) = ("https://localhost".into(), Duration::from_secs(1));
        let none = Sandbox::trusting(url, "secret".into(), patience, Some(authority.as_bytes()));
        assert!(none.is_err(), "{authority}");
    }
}

#[test]
fn every_cipher_suite_has_forward_secrecy_and_authenticates_what_it_encrypts() {
    for version in rustls::ALL_VERSIONS {
        let is_current = matches!(version.version, rustls::ProtocolVersion::TLSv1_2 | rustls::ProtocolVersion::TLSv1_3);
        assert!(is_current, "{version:?}");
    }
    let suites = rustls::crypto::ring::default_provider().cipher_suites;
    assert!(!suites.is_empty());
    for suite in suites {
        let name = format!("{:?}", suite.suite());
        assert!(name.starts_with("TLS13_") || name.starts_with("TLS_ECDHE_"), "{name}");
        assert!(name.contains("_GCM_") || name.contains("_CHACHA20_POLY1305_"), "{name}");
    }
}

#[tokio::test]
async fn the_secret_goes_to_the_processor_that_was_named_and_nowhere_it_sends_us() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let named = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", named.local_addr().unwrap());
    let there = elsewhere.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = named.accept().await {
            let mut head = [0; 4096];
            if stream.read(&mut head).await.is_ok_and(|read| read > 0) {
                let answer = format!(
                    "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{there}/v1/events?after=0\r\n\
                     content-length: 0\r\nconnection: close\r\n\r\n"
                );
                _ = stream.write_all(answer.as_bytes()).await;
                _ = stream.flush().await;
            }
        }
    });
    let processor = Sandbox::new(url, "secret".into(), Duration::from_secs(5)).unwrap();
    let events = processor.events(0).await.map(|events| events.len());
    assert_eq!(events, Err(ProcessorError::Unanswered));
    let came = tokio::time::timeout(Duration::from_millis(300), elsewhere.accept()).await;
    assert!(came.is_err(), "it went where it was sent");
}

/// A PostgreSQL with a certificate for `localhost`, stopped when it is dropped.
struct Postgres {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    fn start(certificate: &Certificate, key: &KeyPair) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let postgres = Self { binaries: binaries(), folder, port };
        let data = postgres.data();
        own(postgres.folder.path());
        postgres.run("initdb", &["-U", "kppay", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D", &data]);
        for (name, text) in [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())] {
            let file = Path::new(&data).join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            own(&file);
        }
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c ssl=on -c fsync=off",
            postgres.folder.path().display()
        );
        let log = format!("{}/log", postgres.folder.path().display());
        postgres.run("pg_ctl", &["-D", &data, "-w", "-s", "-l", &log, "-o", &options, "start"]);
        postgres
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder.path().display())
    }

    fn url(&self, host: &str, more: &str) -> String {
        format!("postgres://kppay@{host}:{}/postgres?{more}", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.binaries.join(program);
        // PostgreSQL refuses to run as root, which is who runs tests in a container.
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let status = command.args(arguments).current_dir("/").stdout(std::process::Stdio::null()).status();
        assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {status:?}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-s", "stop"]);
        }
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

fn own(path: &Path) {
    if is_root() {
        assert!(Command::new("chown").arg("postgres").arg(path).status().unwrap().success());
    }
}

/// Debian's newest, or what `pg_config` names; `cargo xtask test server` installs one where that is allowed.
fn binaries() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = debian.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    let named = Command::new("pg_config").arg("--bindir").output().ok();
    found.extend(named.map(|named| PathBuf::from(String::from_utf8_lossy(&named.stdout).trim())));
    found.retain(|bin| ["initdb", "pg_ctl"].iter().all(|program| bin.join(program).is_file()));
    found.pop().expect("PostgreSQL's initdb and pg_ctl: apt-get install postgresql, or put its pg_config on PATH")
}

#[tokio::test]
async fn postgresql_is_spoken_to_over_tls_and_only_with_a_certificate_that_is_checked() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let (certificate, key) = ours.signs("localhost", false);
    let postgres = Postgres::start(&certificate, &key);
    let files = tempfile::tempdir().unwrap();
    let kept = |name: &str, authority: &Authority| {
        let file = files.path().join(name);
        std::fs::write(&file, authority.pem()).unwrap();
        format!("sslmode=verify-full&sslrootcert={}", file.display())
    };
    let (known, unknown) = (kept("ours.pem", &ours), kept("foreign.pem", &foreign));

    let store = Store::open(&postgres.url("localhost", &known)).await.unwrap();
    let sql = "SELECT ssl::text AS ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = sqlx::query(sql).fetch_one(&store.write).await.unwrap();
    assert_eq!(row.try_get::<String, _>("ssl").unwrap(), "true");
    assert_eq!(row.try_get::<String, _>("version").unwrap(), "TLSv1.3");
    store.close().await;
    for (what, url) in [
        ("another authority", postgres.url("localhost", &unknown)),
        ("what this machine trusts", postgres.url("localhost", "sslmode=verify-full")),
        ("another name", postgres.url("127.0.0.1", &known)),
    ] {
        let refused = Store::open(&url).await.map(|_| ()).expect_err(what).to_string();
        assert!(refused.to_lowercase().contains("certificate"), "{what}: {refused}");
    }
}
