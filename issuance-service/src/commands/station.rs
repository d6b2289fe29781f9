//! `station`: what an enrolment station does without its pages.

mod enrol;
mod operator;
mod outbox;
mod seal;
mod serve;

use std::path::Path;

use anyhow::Result;
use crypto::SecretBytes;
use issuance_service::station::{CaptureConfig, PublicKeyFile, ServiceFile, Station};
use serde_json::json;

use super::{Context, system_rng};
use crate::args::{OperatorVerb, StationArgs, StationVerb};
use crate::exit::Exit;
use crate::report;

/// Longest password.
const MAX_PASSWORD: u64 = 1024;

/// Runs the verb.
pub async fn run(args: StationArgs, context: &Context) -> Result<Exit> {
    let folder = &args.station;
    let password = password(args.password_file.as_deref())?;
    match args.verb {
        StationVerb::Init {
            name,
            service,
            profile,
            inbox,
        } => {
            let config = CaptureConfig {
                inbox,
                ..CaptureConfig::of(&profile)
            };
            config.profile()?;
            let service = ServiceFile::load(&service)?;
            let now = context.now;
            let mut rng = system_rng()?;
            let public = Station::init(folder, &name, &service, &password, now, &mut rng)?;
            config.write(folder)?;
            print_key(context, &public, &folder.join("station.json"))
        }
        StationVerb::Person {
            role,
            name,
            person_password_file,
        } => {
            let password = self::password(person_password_file.as_deref())?;
            let public = Station::add_person(folder, role, &name, &password, &mut system_rng()?)?;
            let path = folder.join("people").join(format!("{}.json", public.id()?));
            print_key(context, &public, &path)
        }
        StationVerb::Operator {
            verb: OperatorVerb::Add(args),
        } => operator::add(&args, folder, context),
        StationVerb::Enrol(args) => {
            let station = Station::open(folder, &password, context.now)?;
            enrol::run(&args, &station, context)
        }
        StationVerb::Serve(args) => {
            let station = Station::open(folder, &password, context.now)?;
            serve::run(&args, station, context).await
        }
        StationVerb::Seal(args) => {
            let station = Station::open(folder, &password, context.now)?;
            seal::run(&args, &station, context)
        }
        StationVerb::Outbox { verb } => {
            let station = Station::open(folder, &password, context.now)?;
            outbox::run(verb, &station, context).await
        }
    }
}

/// The password of a file, without the end of its line; empty without a file.
pub fn password(file: Option<&Path>) -> Result<SecretBytes> {
    use std::io::Read as _;
    let Some(path) = file else {
        return Ok(SecretBytes::new(Vec::new()));
    };
    let mut text = Vec::with_capacity(MAX_PASSWORD as usize + 1);
    let read =
        std::fs::File::open(path).and_then(|file| file.take(MAX_PASSWORD).read_to_end(&mut text));
    read.map_err(|source| issuance_service::Error::File {
        path: path.to_owned(),
        source,
    })?;
    while text.last().is_some_and(|last| b"\r\n".contains(last)) {
        text.pop();
    }
    Ok(SecretBytes::new(text))
}

fn print_key(context: &Context, public: &PublicKeyFile, path: &Path) -> Result<Exit> {
    let id = public.id()?;
    report::print(
        context.format,
        || json!({ "role": public.role, "name": public.name, "key_sha256": id, "file": path }),
        || {
            format!(
                "{} {}\nkey   {id}\nfile  {}  (for `issuance-service intake register`)",
                public.role,
                public.name,
                path.display()
            )
        },
    )?;
    Ok(Exit::Done)
}
