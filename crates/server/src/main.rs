//! `kppay-server`, the program: settings, database, listener, and graceful shutdown.

use serve::process::{Signal, raise_descriptors, stopped};
use server::{
    billing::processor::Sandbox,
    clock::Clock,
    demo,
    http::{self, service},
    jobs::{self, reconcile, send_mail::Mailer, text_gateway::TextGateway},
    profile::Profile,
    settings::{Command, Secrets, Settings},
    state::{App, State},
    store::{Store, owner},
};
use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How long jobs that run may take to end at a shutdown. What is cut off is done again by another server, or after the
/// next start.
const JOBS_END: Duration = Duration::from_secs(8);
/// And connections that are in use.
const CLOSE: Duration = Duration::from_secs(5);

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::parse(std::env::args().skip(1), Secrets::of_environment()) {
        Ok(settings) => settings,
        Err(error) => error.exit(),
    };
    let _log = serve::log::start("info,sqlx=warn");
    settings.warn();
    let done = match settings.command {
        Some(Command::Migrate) => migrate(&settings).await,
        Some(Command::Reconcile) => return reconciled(reconcile_once(settings).await),
        None => run(settings).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            serve::log::say(&format!("kppay-server: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The exit status: 0 if the books agree, 1 if not, 2 if the check could not run.
fn reconciled(found: Result<usize>) -> ExitCode {
    match found {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            serve::log::say(&format!("kppay-server reconcile: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Before anything is written: a demo and a deployment never have one database.
async fn check_database(settings: &Settings) -> Result<()> {
    let suits = owner::suits(&settings.database_url, settings.demo).await;
    is_ours(settings, suits.map_err(|error| format!("the database can't be opened: {error}"))?)
}

fn is_ours(settings: &Settings, suits: bool) -> Result<()> {
    if suits {
        return Ok(());
    }
    Err(if settings.demo {
        "--demo shows everybody the mail in its database, and the one that --database-url names has rows that are no demo's: \
         set --database-url to an empty database or to a demo's, or leave --demo out"
    } else {
        "the database that --database-url names is a demo's, and its members' passwords are published: set --database-url to \
         another one, or add --demo"
    }
    .into())
}

async fn migrate(settings: &Settings) -> Result<()> {
    check_database(settings).await?;
    Ok(Store::migrate(&settings.database_url).await?)
}

/// Gives how many differences there are.
async fn reconcile_once(settings: Settings) -> Result<usize> {
    check_database(&settings).await?;
    let store = Store::open_as_it_is(&settings.database_url)
        .await
        .map_err(|error| format!("the database can't be opened: {error}"))?;
    let (profile, processor) = (profile(&settings)?, processor(&settings)?);
    let app = State::new(settings, profile, store, Clock::default(), Arc::new(processor));
    let found = reconcile::reconcile(&app, contract::Instant::from_millis(0), reconcile::PAUSE).await;
    // A transaction that a silent line holds is ended by the database once the process is gone.
    _ = tokio::time::timeout(CLOSE, app.store.close()).await;
    let found = found.map_err(|why| match why {
        reconcile::CouldNotRun::Processor => "the processor did not answer: is --processor-url right, and the secret?",
        reconcile::CouldNotRun::Database => "the database did not answer",
        reconcile::CouldNotRun::TimeOut => "the processor or the database took too long to answer",
    })?;
    let (count, more) = (found.len(), if found.is_empty() { "" } else { ": see the log" });
    serve::log::answer(&format!("{count} differences between payments and charges{more}"));
    Ok(found.len())
}

async fn run(settings: Settings) -> Result<()> {
    let limits = settings.connections().within(raise_descriptors());
    let profile = profile(&settings)?;
    check_database(&settings).await?;
    if settings.demo {
        // Nobody's books are in it, and no older server runs beside this one.
        Store::migrate(&settings.database_url).await?;
    }
    let store =
        Store::open(&settings.database_url).await.map_err(|error| format!("the database can't be opened: {error}"))?;
    is_ours(&settings, owner::claim(&store, settings.demo).await?)?;
    let clock = settings.clock.map_or_else(Clock::default, Clock::starting_at);
    if settings.demo {
        clock.follow(store.mark(demo::CLOCK_MARK).await?);
    }
    let processor = processor(&settings)?;
    let mailer = settings.mail.as_ref().map(|(url, from)| Mailer::new(url, from)).transpose()?;
    let gateway = settings.sms.as_ref().map(|(url, secret)| TextGateway::new(url, secret)).transpose()?;
    let (address, metrics) = (settings.listen, settings.metrics);
    let app = State::new(settings, profile, store, clock, Arc::new(processor));
    if app.settings.demo {
        demo::seed(&app.store, &app.portal, app.clock.now()).await?;
        demo::seed_accounts(&app).await.map_err(|_| "the demo's accounts can't be written")?;
    }
    let router = service(&app)?;
    let listener = bind(address).await?;
    if let Some(address) = metrics {
        let few = serve::Limits { connections: 64, connections_by_address: None, ..limits };
        tokio::spawn(serve::run(bind(address).await?, http::figures(&app.settings), few, std::future::pending()));
    }
    jobs::supervise(&app, mailer, gateway);
    tracing::info!(%address, "ready");
    // Connections that are slow to end are left: what was begun on them is in the database.
    serve::run(listener, router, limits, announced_stop(&app)).await;
    app.tasks.end(JOBS_END).await;
    app.store.close().await;
    Ok(())
}

/// Without `--demo` a server that names no profile was refused already.
fn profile(settings: &Settings) -> Result<Profile> {
    Ok(settings.profile.as_deref().map_or_else(Profile::demo, Profile::read)?)
}

fn processor(settings: &Settings) -> Result<Sandbox> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|error| format!("--processor-ca {}: {error}", path.display()))
    };
    let authority = settings.processor_ca.as_ref().map(read).transpose()?;
    let (url, secret) = (settings.processor_url.clone(), settings.processor_secret.clone());
    let processor = Sandbox::trusting(url, secret, settings.limits.processor_time, authority.as_deref());
    Ok(processor.map_err(|error| format!("the way to the processor can't be prepared (--processor-ca): {error}"))?)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))
}

/// Waits for a signal. After SIGTERM, `/readyz` fails for a while first, so that a load balancer sends no more requests
/// here. A second signal, and Ctrl-C, skip that wait.
async fn announced_stop(app: &App) {
    if stopped().await == Signal::Terminate {
        app.readiness.drain();
        tracing::info!("stopping: no more connections in a moment");
        tokio::select! {
            () = tokio::time::sleep(app.settings.drain()) => {}
            _ = stopped() => {}
        }
    }
}
