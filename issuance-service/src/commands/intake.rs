//! `intake`: the receiving side of enrolment packets.

use std::fs::File;
use std::path::Path;

use anyhow::Result;
use crypto::SecretBytes;
use issuance_service::intake::{Claim, IntakeDesk, IntakeFolder, Taken};
use issuance_service::station::{FolderIntake, PublicKeyFile, RECEIPT, of_name};
use issuance_service::store::SqliteStore;
use issuance_service::store::packets::PacketStore as _;
use issuance_service::{Config, Error};
use serde_json::json;

use super::{Context, boxed_rng, station, system_rng};
use crate::args::{IntakeArgs, IntakeVerb};
use crate::exit::{self, Exit};
use crate::report;

/// Runs the verb.
pub async fn run(args: IntakeArgs, context: &Context) -> Result<Exit> {
    let config = Config::read(&context.config)?;
    let folder = IntakeFolder::new(config.intake.clone());
    let password = station::password(args.password_file.as_deref())?;
    match args.verb {
        IntakeVerb::Init { name } => {
            folder.init(&name, &password, &mut system_rng()?)?;
            let path = folder.service_path();
            report::print(
                context.format,
                || json!({ "service": path }),
                || format!("{}  (for `issuance-service station init`)", path.display()),
            )?;
            Ok(Exit::Done)
        }
        IntakeVerb::Register { files } => register(&folder, &files, context),
        IntakeVerb::Take { folder: from } => {
            let desk = desk(&config, &folder, &password).await?;
            let exit = take(&desk, &from, context).await;
            desk.store().close().await;
            exit
        }
        IntakeVerb::List { after, limit } => {
            let store = SqliteStore::open(&config.store)
                .await
                .map_err(Error::from)?;
            let exit = list(&store, after, limit, context).await;
            store.close().await;
            exit
        }
    }
}

async fn desk(
    config: &Config,
    folder: &IntakeFolder,
    password: &SecretBytes,
) -> Result<IntakeDesk<SqliteStore>> {
    let store = SqliteStore::open(&config.store)
        .await
        .map_err(Error::from)?;
    Ok(IntakeDesk::open(folder, password, store, boxed_rng()?)?)
}

fn register(
    folder: &IntakeFolder,
    files: &[std::path::PathBuf],
    context: &Context,
) -> Result<Exit> {
    let mut rows = Vec::new();
    for file in files {
        let public = PublicKeyFile::read(file)?;
        folder.register(&public)?;
        rows.push((public.role, public.name.clone(), public.id()?));
    }
    report::print(
        context.format,
        || {
            let rows = rows.iter();
            let rows = rows
                .map(|(role, name, id)| json!({ "role": role, "name": name, "key_sha256": id }));
            json!({ "registered": rows.collect::<Vec<_>>() })
        },
        || {
            let rows = rows.iter();
            let rows = rows.map(|(role, name, id)| format!("{role} {name}\nkey   {id}\n"));
            rows.collect()
        },
    )?;
    Ok(Exit::Done)
}

/// Takes every packet of a folder in; one that is refused does not stop the others.
async fn take(desk: &IntakeDesk<SqliteStore>, from: &Path, context: &Context) -> Result<Exit> {
    let (mut now, mut before, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let mut worst = Exit::Done;
    let stick = FolderIntake::new(from.to_owned());
    for path in stick.packets()? {
        let Some((id, digest)) = of_name(&path) else {
            continue;
        };
        let taken = match File::open(&path) {
            Ok(input) => desk.take(Claim { id, digest }, input, context.now).await,
            Err(source) => Err(Error::File {
                path: path.clone(),
                source,
            }),
        };
        let taken = match taken {
            Ok(taken) => taken,
            Err(error) => {
                let error = anyhow::Error::from(error).context(path.display().to_string());
                worst = exit::mention(&error);
                continue;
            }
        };
        stick.answer(&path.with_extension(RECEIPT), taken.receipt())?;
        match taken {
            Taken::Now(_) => now.push(id),
            Taken::Before(_) => before.push(id),
            Taken::Refused(_, error) => {
                let error = anyhow::Error::from(error).context(path.display().to_string());
                worst = exit::mention(&error);
                refused.push(id);
            }
        }
    }
    report::print(
        context.format,
        || json!({ "received": now, "before": before, "refused": refused }),
        || {
            format!(
                "{} packets received, {} were before, {} refused",
                now.len(),
                before.len(),
                refused.len()
            )
        },
    )?;
    Ok(worst)
}

async fn list(
    store: &SqliteStore,
    after: Option<uuid::Uuid>,
    limit: u32,
    context: &Context,
) -> Result<Exit> {
    let rows = store.packets(after, limit).await.map_err(Error::from)?;
    report::print(
        context.format,
        || {
            let rows = rows.iter().map(|row| {
                json!({
                    "packet": row.id,
                    "sha256": row.digest,
                    "length": row.length,
                    "profile": row.profile,
                    "station": row.station,
                    "operator": row.operator,
                    "supervisor": row.supervisor,
                    "sealed_at": report::instant(row.sealed_at),
                    "received_at": report::instant(row.received_at),
                })
            });
            json!({ "packets": rows.collect::<Vec<_>>() })
        },
        || {
            let mut table = report::table(&["packet", "station", "operator", "sealed", "received"]);
            for row in &rows {
                table.add_row([
                    row.id.to_string(),
                    row.station.clone(),
                    row.operator.clone(),
                    report::instant(row.sealed_at),
                    report::instant(row.received_at),
                ]);
            }
            table.trim_fmt()
        },
    )?;
    Ok(Exit::Done)
}
