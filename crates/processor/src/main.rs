//! `kppay-processor`: settings, database, listener.

use processor::{
    Processor, serve,
    settings::{Secrets, Settings},
};
use std::process::ExitCode;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::parse(std::env::args().skip(1), Secrets::of_environment()) {
        Ok(settings) => settings,
        Err(error) => error.exit(),
    };
    let _log = ::serve::log::start("warn");
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ::serve::log::say(&format!("kppay-processor: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let address = settings.listen;
    let app = Processor::open(settings).await.map_err(|error| format!("the database can't be opened: {error}"))?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    serve(app, listener, async { _ = ::serve::process::stopped().await }).await;
    Ok(())
}
