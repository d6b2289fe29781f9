//! `backup` and `restore`.

use anyhow::Result;
use issuance_service::backup::{Fence, Named, Since};
use issuance_service::{Config, backup};
use serde_json::json;

use super::{Context, serve};
use crate::args::{Accepted, Backup, Restore};
use crate::exit::{Exit, printable};
use crate::report;

/// What is in no backup, said every time.
const NOT_IN_IT: [&str; 3] = [
    "the PKI of the document signer (back up its key store by itself)",
    "files that the configuration names: passwords, certificates, credentials",
    "jobs that lie ready for card-tool (they are made again by `issue`)",
];
/// What is not in it without `--with-keys`.
const NO_KEYS: &str = "the keys of the service and of the intake: without them nobody reads packets, people and applications; keep a copy of them elsewhere. Jobs of `issue` that are not delivered are in it in the clear: keep it as you keep the register";

/// Takes a backup while the service goes on.
pub async fn backup(args: &Backup, context: &Context) -> Result<Exit> {
    let config = Config::read(&context.config)?;
    let taken = backup::take(
        &config,
        &context.config,
        &args.out,
        args.with_keys,
        context.now,
    )
    .await?;
    let manifest = &taken.manifest;
    let mut lacks = NOT_IN_IT.to_vec();
    if !manifest.has_keys {
        lacks.insert(0, NO_KEYS);
    }
    report::print(
        context.format,
        || {
            json!({
                "folder": args.out,
                "store": manifest.store,
                "files": manifest.files.len(),
                "octets": manifest.octets(),
                "has_keys": manifest.has_keys,
                "manifest_sha256": taken.digest,
                "not_in_it": lacks,
            })
        },
        || {
            let mut lines = vec![
                format!(
                    "backup    {}: {} files, {} octets, the register out of {}",
                    args.out.display(),
                    manifest.files.len(),
                    manifest.octets(),
                    manifest.store.word()
                ),
                format!(
                    "manifest  SHA-256 {} (keep it apart from the backup, for `restore --manifest-sha256`)",
                    taken.digest
                ),
            ];
            lines.extend(lacks.iter().map(|what| format!("not in it {what}")));
            lines.join("\n")
        },
    )?;
    Ok(Exit::Done)
}

/// Makes a service of a backup.
pub async fn restore(args: &Restore, context: &Context) -> Result<Exit> {
    let since = Since {
        issued: args.issued_since,
        restored_before: args.restored_before,
    };
    let kept = args.manifest_sha256.as_ref().map(|digest| &digest.0);
    let restored = backup::restore(&context.config, &args.from, kept, since, context.now).await?;
    let manifest = &restored.manifest;
    report::print(
        context.format,
        || {
            json!({
                "store": restored.store,
                "files": manifest.files.len(),
                "octets": manifest.octets(),
                "made": manifest.made.unix_timestamp(),
                "configuration": restored.configuration,
                "manifest_compared": kept.is_some(),
                "keys": restored.keys,
                "named": restored.named.iter().map(named_json).collect::<Vec<_>>(),
            })
        },
        || {
            format!(
                "register  {}\nas of     {}\nmanifest  {}\nkeys      {} and {}\n{}next      compare it with what has happened since (`serve --reconcile`, `doctor --checkpoint …`), then `restored --accept`",
                restored.store,
                manifest.made,
                match kept {
                    Some(_) => "the one whose digest was kept",
                    None => "not compared (--manifest-sha256)",
                },
                restored.keys[0].display(),
                restored.keys[1].display(),
                restored.named.iter().map(named_line).collect::<String>(),
            )
        },
    )?;
    Ok(Exit::Done)
}

fn named_json(named: &Named) -> serde_json::Value {
    json!({ "setting": named.setting, "path": named.path, "there": named.is_there, "was": named.was })
}

/// What is in no backup: where it is looked for.
fn named_line(named: &Named) -> String {
    let path = named.path.display();
    let there = if named.is_there { "" } else { " IS MISSING" };
    let was = named.was.as_ref().map_or_else(String::new, |was| {
        let was = was.display().to_string();
        format!(" (it was {} when the backup was taken)", printable(&was))
    });
    format!("bring     {}: {path}{there}{was}\n", named.setting)
}

/// Says whether the register was restored, and accepts it.
pub async fn restored(args: &Accepted, context: &Context) -> Result<Exit> {
    let (_, api) = serve::open(context).await?;
    let mut fence = Fence::of(&api.store).await?;
    if let Some(waits) = fence.as_ref().filter(|fence| !fence.is_accepted())
        && args.accept
    {
        waits.accept(&api.store, context.now).await?;
        fence = Fence::of(&api.store).await?;
    }
    serve::close(&api).await?;
    let waits = fence.as_ref().is_some_and(|fence| !fence.is_accepted());
    report::print(
        context.format,
        || {
            json!({
                "made": fence.as_ref().map(|fence| fence.made.unix_timestamp()),
                "restored": fence.as_ref().map(|fence| fence.restored.unix_timestamp()),
                "accepted": !waits,
                "log": api.keys.log.name(),
            })
        },
        || match &fence {
            None => "this register was never restored".to_owned(),
            Some(fence) => format!(
                "restored  {}\nas of     {}\nlog       {}\n{}",
                fence.restored,
                fence.made,
                api.keys.log.name(),
                if waits {
                    "not accepted: nothing is produced"
                } else {
                    "accepted"
                },
            ),
        },
    )?;
    Ok(if waits { Exit::Policy } else { Exit::Done })
}
