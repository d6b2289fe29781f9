//! `device`: certificates made and revoked on the machine itself.

use std::path::Path;

use access::DeviceKind;
use access::device::Device;
use anyhow::{Context as _, Result};
use issuance_service::api::Shared;
use issuance_service::api::audit::{Audit, system};
use issuance_service::api::devices::KeptDevice;
use issuance_service::api::problem::Problem;
use issuance_service::api::routes::devices::pem;
use issuance_service::api::start::as_error;
use issuance_service::personalisation::Site;
use key_store::whole_file;
use register::store::{Cursor, EntityKind, Query, Store as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Context, serve};
use crate::args::{DeviceArgs, DeviceVerb};
use crate::exit::{Exit, Problem as Usage};
use crate::report;

const ACTION: &str = access::Permission::DeviceManage.code();
/// Devices that are read at once.
const AT_ONCE: u32 = 500;

/// Runs the verb.
pub async fn run(args: DeviceArgs, context: &Context) -> Result<Exit> {
    if let DeviceVerb::Issue { kind, site, .. } = &args.verb
        && site.is_some() != (*kind == DeviceKind::PersonalisationSite)
    {
        return Err(Usage::usage(
            "--site is for a personalisation-site, which needs one",
        ));
    }
    let (_, api) = serve::open(context).await?;
    let exit = match args.verb {
        DeviceVerb::List => list(&api, context).await,
        DeviceVerb::Issue {
            kind,
            name,
            site,
            to,
        } => {
            let device = Device {
                kind,
                id: Uuid::now_v7(),
                name,
            };
            issue(&api, device, site, &to, context).await
        }
        DeviceVerb::Revoke { id } => revoke(&api, id, context).await,
    };
    serve::close(&api).await?;
    exit
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(problem: Problem) -> issuance_service::Error {
    as_error(&problem)
}

async fn list(api: &Shared, context: &Context) -> Result<Exit> {
    let mut query = Query::of(EntityKind::Device, AT_ONCE);
    let mut devices: Vec<Value> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    loop {
        let page = api.store.list(&query).await?;
        for entity in &page {
            let kept = KeptDevice::read(entity)?;
            let (device, until) = (
                &kept.device,
                kept.certificates.last().map(|last| last.not_after.date()),
            );
            let state = if kept.revoked { "revoked" } else { "active" };
            let until = until.map_or_else(|| "none".to_owned(), |date| date.to_string());
            lines.push(format!(
                "{}  {:20}  {state:7}  until {until}  {}",
                device.id,
                device.kind.code(),
                device.name
            ));
            let certificates = &kept.certificates;
            devices.push(json!({
                "id": device.id, "kind": device.kind, "name": device.name, "site": kept.site, "revoked": kept.revoked, "certificates": certificates,
            }));
        }
        match page.last() {
            Some(last) if page.len() >= AT_ONCE as usize => {
                query.after = Some(Cursor {
                    order: last.order,
                    id: last.id,
                });
            }
            _ => break,
        }
    }
    report::print(
        context.format,
        || json!({ "devices": devices }),
        || lines.join("\n"),
    )?;
    Ok(Exit::Done)
}

/// The folder is made first: a certificate whose key could not be written is none.
async fn issue(
    api: &Shared,
    device: Device,
    site: Option<Site>,
    to: &Path,
    context: &Context,
) -> Result<Exit> {
    std::fs::create_dir(to).with_context(|| to.display().to_string())?;
    let now = api.now();
    let pair = api
        .draw(|rng| api.keys.authority.issue_with_key(&device, now, rng))
        .map_err(issuance_service::Error::from)?;
    let (id, serial) = (device.id, pair.issued.serial.to_string());
    let files = [
        ("device.key", pem(pair.private_key.expose(), "PRIVATE KEY")),
        ("device.crt", pem(&pair.issued.certificate, "CERTIFICATE")),
        (
            "authority.crt",
            pem(api.keys.authority.certificate(), "CERTIFICATE"),
        ),
    ];
    for (name, content) in files {
        let path = to.join(name);
        whole_file::create(&path, content.as_bytes())
            .with_context(|| path.display().to_string())?;
    }
    let mut kept = KeptDevice::new(device, now).at(site);
    kept.add(&pair.issued);
    let mut change = api.change();
    kept.put(&mut change).map_err(failed)?;
    let audit = Audit::by(system(), ACTION, "device", id)
        .with_word("what", "registered")
        .with_word("serial", &serial);
    audit.put(&mut change).map_err(failed)?;
    api.commit(&change).await.map_err(failed)?;
    report::print(
        context.format,
        || json!({ "device": id, "serial": serial, "folder": to }),
        || {
            format!(
                "{id}\n{}: carry it to the device, then erase it here",
                to.display()
            )
        },
    )?;
    Ok(Exit::Done)
}

async fn revoke(api: &Shared, id: Uuid, context: &Context) -> Result<Exit> {
    let Some(mut kept) = api.device(id).await.map_err(failed)? else {
        report::print(
            context.format,
            || json!({ "device": null }),
            || format!("there is no device {id}"),
        )?;
        return Ok(Exit::No);
    };
    if !kept.revoked {
        kept.revoked = true;
        let mut change = api.change();
        kept.put(&mut change).map_err(failed)?;
        let audit = Audit::by(system(), ACTION, "device", id).with_word("what", "revoked");
        audit.put(&mut change).map_err(failed)?;
        api.commit(&change).await.map_err(failed)?;
    }
    report::print(
        context.format,
        || json!({ "device": id, "revoked": true }),
        || format!("{id} is revoked"),
    )?;
    Ok(Exit::Done)
}
