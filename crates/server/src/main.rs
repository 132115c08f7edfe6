//! `kppay-server`: settings, database, listener, and a shutdown that lets what was begun end.

use server::{
    clock::Clock,
    delivery::{self, Mailer},
    demo, errands, limits,
    processor::Sandbox,
    reconcile, recovery, service,
    settings::{self, Settings},
    state::State,
    store::Store,
};
use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::{net::TcpListener, signal};

/// How long a shutdown waits for answers that are on their way.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        println!("{}", settings::USAGE);
        return ExitCode::SUCCESS;
    }
    let secret = |name| std::env::var(name).ok();
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "migrate").is_some() {
        return migrate(arguments).await;
    }
    // The same settings, one look at all charges, and an exit status.
    let is_reconciling = arguments.next_if(|first| first == "reconcile").is_some();
    let settings = Settings::parse(arguments, secret("KPPAY_PROCESSOR_SECRET"))
        .and_then(|settings| settings.with_mail(secret("KPPAY_SMTP_URL"), secret("KPPAY_MAIL_FROM")))
        .map(|settings| settings.with_pepper(secret("KPPAY_PEPPER")));
    let settings = match settings {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("KPPAY_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    if is_reconciling {
        return match reconcile_once(settings).await {
            Ok(0) => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("kppay-server reconcile: {error}");
                ExitCode::from(2)
            }
        };
    }
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kppay-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A step of its own, before servers of a new version start over PostgreSQL. It needs the database and nothing else.
async fn migrate(arguments: impl Iterator<Item = String>) -> ExitCode {
    let settings = match Settings::parse(arguments, Some("not needed".to_owned())) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    match Store::migrate(&settings.database_url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kppay-server migrate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives how many differences there are.
async fn reconcile_once(settings: Settings) -> Result<usize, Box<dyn std::error::Error>> {
    let store =
        Store::open(&settings.database_url).await.map_err(|error| format!("the database can't be opened: {error}"))?;
    let limits = settings.limits;
    let processor =
        Sandbox::new(settings.processor_url.clone(), settings.processor_secret.clone(), limits.processor_time)?;
    let app = State::new(settings, store, Clock::default(), Arc::new(processor));
    let found = reconcile::reconcile(&app, contract::Instant::from_millis(0), reconcile::PAUSE).await;
    app.store.close().await;
    let found = found.map_err(|why| match why {
        reconcile::CouldNotRun::Processor => "the processor did not answer: is --processor-url right, and the secret?",
        reconcile::CouldNotRun::Database => "the database did not answer",
    })?;
    println!(
        "{} differences between payments and charges{}",
        found.len(),
        if found.is_empty() { "" } else { ": see the log" }
    );
    Ok(found.len())
}

async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    if settings.demo {
        // Nobody's books are in it, and no older server runs beside this one.
        Store::migrate(&settings.database_url).await?;
    }
    let store =
        Store::open(&settings.database_url).await.map_err(|error| format!("the database can't be opened: {error}"))?;
    let clock = settings.clock.map_or_else(Clock::default, Clock::starting_at);
    if settings.demo {
        clock.follow(store.mark(demo::CLOCK_MARK).await?);
    }
    let limits = settings.limits;
    let processor =
        Sandbox::new(settings.processor_url.clone(), settings.processor_secret.clone(), limits.processor_time)?;
    let mailer = settings.mail.as_ref().map(|(url, from)| Mailer::new(url, from)).transpose()?;
    let address = settings.listen;
    let app = State::new(settings, store, clock, Arc::new(processor));
    if app.settings.demo {
        demo::seed(&app.store, &app.portal, app.clock.now()).await?;
        demo::seed_accounts(&app).await.map_err(|_| "the demo's accounts can't be written")?;
    } else if app.settings.pepper.is_empty() {
        tracing::warn!("KPPAY_PEPPER is not set: passwords are hashed without a pepper");
    }
    let router = service(&app)?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    let recovery = tokio::spawn(recovery::run(app.clone()));
    let reconciling = tokio::spawn(reconcile::run(app.clone()));
    let errands = tokio::spawn(errands::run(app.clone()));
    let limits = tokio::spawn(limits::tallies::run(app.clone()));
    let delivery = mailer.map(|mailer| tokio::spawn(delivery::run(app.clone(), mailer)));
    let demo = app.settings.demo.then(|| tokio::spawn(demo::keep_clock(app.clone())));
    tracing::info!(%address, "ready");
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
    let serving = serving.with_graceful_shutdown(async move {
        stop().await;
        _ = stopping.send(());
    });
    tokio::select! {
        served = serving => served?,
        // Connections that are slow to end are left: what was begun on them is in the database.
        () = async { if stopped.await.is_ok() { tokio::time::sleep(PATIENCE).await } } => {}
    }
    recovery.abort();
    reconciling.abort();
    errands.abort();
    limits.abort();
    for task in [delivery, demo].into_iter().flatten() {
        task.abort();
    }
    app.store.close().await;
    Ok(())
}

async fn stop() {
    let interrupted = signal::ctrl_c();
    let Ok(mut terminated) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        _ = interrupted.await;
        return;
    };
    tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
}
