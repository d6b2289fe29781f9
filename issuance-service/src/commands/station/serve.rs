//! `station serve`: the capture pages.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use issuance_service::station::{Serving, Station, serve};
use serde_json::json;
use time::OffsetDateTime;

use crate::args::{OutputFormat, StationServe};
use crate::commands::{Context, boxed_rng};
use crate::exit::Exit;

/// Runs the verb until the program is ended. What is on the disk is complete at every moment.
pub async fn run(args: &StationServe, station: Station, context: &Context) -> Result<Exit> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port))
        .await
        .with_context(|| format!("port {} of this machine", args.port))?;
    let serving = Serving {
        station,
        now: OffsetDateTime::now_utc,
        rng: boxed_rng()?,
    };
    let format = context.format;
    serve(serving, listener, |address| {
        let line = match format {
            OutputFormat::Json => json!({ "address": address }).to_string(),
            OutputFormat::Text => address.to_owned(),
        };
        let mut stdout = std::io::stdout().lock();
        // Nobody is left to read it when standard output is closed.
        let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    })
    .await?;
    Ok(Exit::Done)
}
