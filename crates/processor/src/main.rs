//! `kppay-processor`: settings, database, listener.

use processor::{
    Processor, serve,
    settings::{self, Settings},
};
use std::process::ExitCode;
use tokio::{net::TcpListener, signal};

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        println!("{}", settings::USAGE);
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::parse(std::env::args().skip(1), std::env::var("KPPAY_PROCESSOR_SECRET").ok()) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kppay-processor: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let address = settings.listen;
    let app = Processor::open(settings).await.map_err(|error| format!("the database can't be opened: {error}"))?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    serve(app, listener, stop()).await?;
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
