//! `intake`: the receiving side of enrolment packets.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Result;
use crypto::SecretBytes;
use enrolment::packet::Role;
use issuance_service::api::audit::{Audit, system};
use issuance_service::api::start::as_error;
use issuance_service::intake::{IntakeDesk, IntakeFolder, Packets, Taken};
use issuance_service::station::{FolderIntake, PublicKeyFile};
use issuance_service::{Config, Error};
use register::store::AnyStore;
use serde_json::json;
use uuid::Uuid;

use super::{Context, boxed_rng, serve, station, system_rng};
use crate::args::{IntakeArgs, IntakeVerb};
use crate::exit::{self, Exit, Problem};
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
        IntakeVerb::Register { account, files } => {
            let public: Result<Vec<PublicKeyFile>, Error> =
                files.iter().map(|file| PublicKeyFile::read(file)).collect();
            let public = public?;
            match account {
                None => register(&folder, &public, None, context),
                Some(login) => register_of(&folder, &public, &login, context).await,
            }
        }
        IntakeVerb::Take { folder: from } => {
            let desk = desk(&config, &folder, &password).await?;
            let exit = take(&desk, &from, context).await;
            desk.store().close().await;
            exit
        }
        IntakeVerb::List { after, limit } => {
            let store = config.open_store().await?;
            let exit = list(&Packets::new(store.clone()), after, limit, context).await;
            store.close().await;
            exit
        }
    }
}

async fn desk(
    config: &Config,
    folder: &IntakeFolder,
    password: &SecretBytes,
) -> Result<IntakeDesk<AnyStore>> {
    let store = config.open_store().await?;
    Ok(IntakeDesk::open(folder, password, store, boxed_rng()?)?)
}

/// Registers the keys of a person who has an account. The audit log tells of it: it says whom the register takes for one person.
async fn register_of(
    folder: &IntakeFolder,
    files: &[PublicKeyFile],
    login: &str,
    context: &Context,
) -> Result<Exit> {
    if files.iter().any(|public| public.role == Role::Station) {
        return Err(Problem::usage(
            "a station has no account: register its file in a call of its own, without `--account`",
        ));
    }
    let (_, api) = serve::open(context).await?;
    let failed = |problem: issuance_service::api::problem::Problem| as_error(&problem);
    let found = api.account_of_login(login).await;
    let exit = match found.map_err(failed)? {
        None => {
            report::print(
                context.format,
                || json!({ "account": null }),
                || format!("there is no account {login}"),
            )?;
            Ok(Exit::No)
        }
        Some(kept) => {
            let account = kept.account.id;
            let mut change = api.change();
            Audit::by(system(), "user.manage", "account", account)
                .with_word("what", "station-person")
                .put(&mut change)
                .map_err(failed)?;
            api.commit(&change).await.map_err(failed)?;
            register(folder, files, Some(account), context)
        }
    };
    serve::close(&api).await?;
    exit
}

fn register(
    folder: &IntakeFolder,
    files: &[PublicKeyFile],
    account: Option<Uuid>,
    context: &Context,
) -> Result<Exit> {
    let mut rows = Vec::new();
    for public in files {
        folder.register_of(public, account)?;
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

/// What became of the files of a folder.
#[derive(Default)]
struct Tally {
    now: Vec<Uuid>,
    before: Vec<Uuid>,
    refused: Vec<Uuid>,
    /// No packet of this service, or not to be read, and no name that a refusal could be sent to.
    passed_over: Vec<PathBuf>,
}

/// Takes every packet of a folder in; one that is refused, and a file that is none, does not stop the others.
async fn take(desk: &IntakeDesk<AnyStore>, from: &Path, context: &Context) -> Result<Exit> {
    let mut tally = Tally::default();
    let mut worst = Exit::Done;
    let stick = FolderIntake::new(from.to_owned());
    for path in stick.packets()? {
        if let Err(error) = take_one(desk, &stick, &path, &mut tally, context).await {
            let error = anyhow::Error::from(error).context(path.display().to_string());
            worst = exit::mention(&error);
        }
    }
    report::print(
        context.format,
        || {
            json!({
                "received": tally.now,
                "before": tally.before,
                "refused": tally.refused,
                "passed_over": tally.passed_over,
            })
        },
        || {
            let passed = match tally.passed_over.len() {
                0 => String::new(),
                count => format!(", {count} files passed over"),
            };
            format!(
                "{} packets received, {} were before, {} refused{passed}",
                tally.now.len(),
                tally.before.len(),
                tally.refused.len(),
            )
        },
    )?;
    Ok(worst)
}

async fn take_one(
    desk: &IntakeDesk<AnyStore>,
    stick: &FolderIntake,
    path: &Path,
    tally: &mut Tally,
    context: &Context,
) -> issuance_service::Result<()> {
    let claim = desk
        .claim(path)
        .inspect_err(|_| tally.passed_over.push(path.to_owned()))?;
    let input = File::open(path).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })?;
    let taken = desk.take(claim, input, context.now).await?;
    let answered = stick.answer(taken.receipt());
    match taken {
        Taken::Now(_) => tally.now.push(claim.id),
        Taken::Before(_) => tally.before.push(claim.id),
        Taken::Refused(_, error) => {
            tally.refused.push(claim.id);
            return answered.and(Err(error));
        }
    }
    answered
}

async fn list(
    packets: &Packets<AnyStore>,
    after: Option<Uuid>,
    limit: u32,
    context: &Context,
) -> Result<Exit> {
    let rows = packets.packets(after, limit).await?;
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
