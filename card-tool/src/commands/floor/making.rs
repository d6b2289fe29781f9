//! `floor prepare`, `floor write`, `floor judge`, `floor void`: what is done with each card that is put in.

use std::cell::RefCell;
use std::path::PathBuf;

use anyhow::Result;
use crypto::CryptoRng;
use floor::lane::Pool;
use floor::quality::Border;
use floor::{ChipSerial, Lane, Person, Stage, State};
use perso::applet::Receipt;
use perso::{PreparedChip, Role, RoleKey};
use pki::trust_store::ObjectKind;
use serde_json::json;
use time::OffsetDateTime;
use transport::{Clock, PcscChannel};

use super::hall::{Hall, Work};
use super::show::{Finished, Show};
use super::station;
use crate::args::{FloorJudge, FloorPrepare, FloorStationWrite, FloorWrite, LineArgs};
use crate::commands::{Context, note, print, print_json};
use crate::exit::Exit;
use crate::floor_folder::FloorFolder;
use crate::{keys, record_folder, trust_folder};

/// `floor prepare`.
pub fn prepare(args: &FloorPrepare, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.line.dry_run)?;
    let [transport, personalisation, quality] =
        [Role::Transport, Role::Personalisation, Role::Quality]
            .map(|role| keys::load(&args.keys, role));
    let offers = record_folder::profile(&args.profile)?.data().chip;
    let requests = perso::key_requests(&offers)?;
    let (transport, personalisation, quality) = (transport?, personalisation?, quality?);
    let pool = Pool {
        transport: &transport,
        personalisation: &personalisation,
        quality: &quality,
        requests: &requests,
    };
    let goal = floor.with(|state| state.numbers().received)? + args.count;
    let run = Run {
        floor: &floor,
        args: &args.line,
        what: "prepare",
        waits: &|state| {
            let left = goal.saturating_sub(state.numbers().received);
            usize::try_from(left).unwrap_or(usize::MAX)
        },
    };
    run.all(context, &|show, reader, channel, rng| {
        let lane = Lane {
            reader,
            by: &by,
            desk: &floor,
        };
        let keep = |chip: &PreparedChip| -> floor::Result<()> {
            let serial = ChipSerial::new(&chip.serial)?;
            let text = perso::chip_file::write(chip)?;
            let kept = floor.keep_chip(&serial, &text);
            kept.map_err(|error| {
                floor::JournalFault::Storage(std::io::Error::other(format!("{error:#}"))).into()
            })
        };
        let watch = &mut |card: &floor::Card, step| show.step(reader, card, step);
        let card = lane.prepare(channel, &pool, rng, &keep, watch)?;
        Ok(finished(card, "prepared", None))
    })
}

/// `floor write`.
pub fn write(args: &FloorStationWrite, context: &mut Context) -> Result<Exit> {
    let FloorStationWrite { write, station } = args;
    match station.is_empty() {
        true => write_at_readers(write, context),
        false => station::write(write, station, context),
    }
}

fn write_at_readers(args: &FloorWrite, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.line.dry_run)?;
    let role = keys::load(&args.keys, Role::Personalisation)?;
    let run = Run {
        floor: &floor,
        args: &args.line,
        what: "write",
        waits: &|state| state.cards().filter(|card| card.stage.waits()).count(),
    };
    run.all(context, &|show, reader, channel, rng| {
        let lane = Lane {
            reader,
            by: &by,
            desk: &floor,
        };
        let watch = &mut |card: &floor::Card, step| show.step(reader, card, step);
        let done = lane.write(channel, &role, rng, watch)?;
        Ok(finished(
            done.card,
            "written",
            Some(("commit", &done.commit)),
        ))
    })
}

/// `floor judge`.
pub fn judge(args: &FloorJudge, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.line.dry_run)?;
    let role = keys::load(&args.keys, Role::Quality)?;
    let lists: Vec<(PathBuf, ObjectKind)> = args
        .crl
        .iter()
        .map(|path| (path.clone(), ObjectKind::Crl))
        .collect();
    let trusted = trust_folder::load_with_lists(&args.trust, &lists)?;
    let run = Run {
        floor: &floor,
        args: &args.line,
        what: "judge",
        // Cards that are still to be written will have to be judged.
        waits: &|state| {
            let waits = |card: &&floor::Card| card.stage.waits() || card.stage == Stage::Written;
            state.cards().filter(waits).count()
        },
    };
    run.all(context, &|show, reader, channel, rng| {
        let lane = Lane {
            reader,
            by: &by,
            desk: &floor,
        };
        let clock = RefCell::new(Clock::monotonic());
        let border = Border {
            trust: &trusted.trust,
            now: OffsetDateTime::now_utc(),
            clock: &|| clock.borrow_mut().now(),
        };
        let watch = &mut |card: &floor::Card, step| show.step(reader, card, step);
        let judged = lane.judge(channel, &role, &border, rng, watch)?;
        if let Some(Err(error)) = judged.card.job().map(|job| floor.forget(job)) {
            note(&format!("{error:#}"));
        }
        let lock = judged.lock.as_ref().map(|lock| ("lock", lock));
        Ok(finished(judged.card, "passed", lock))
    })
}

/// `floor void`.
pub fn void(args: &FloorWrite, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.line.dry_run)?;
    let role: RoleKey = keys::load(&args.keys, Role::Personalisation)?;
    let run = Run {
        floor: &floor,
        args: &args.line,
        what: "void",
        waits: &|state| state.cards().filter(|card| card.waits_for_void()).count(),
    };
    run.all(context, &|_, reader, channel, rng| {
        let lane = Lane {
            reader,
            by: &by,
            desk: &floor,
        };
        let (card, receipt) = lane.void(channel, &role, rng)?;
        let receipt = receipt.as_ref().map(|receipt| ("void", receipt));
        Ok(finished(card, "voided", receipt))
    })
}

pub(super) fn finished(
    card: floor::Card,
    what: &'static str,
    receipt: Option<(&'static str, &Receipt)>,
) -> Finished {
    Finished {
        card,
        what,
        receipt: receipt.map(crate::commands::personalise::receipt_word),
    }
}

/// What is done with one card, and what is shown of it.
type Act<'a> = dyn Fn(&Show, &str, &mut PcscChannel, &mut dyn CryptoRng) -> floor::Result<Finished>
    + Sync
    + 'a;

/// A run over all cards that wait.
pub(super) struct Run<'a> {
    pub(super) floor: &'a FloorFolder,
    pub(super) args: &'a LineArgs,
    pub(super) what: &'static str,
    pub(super) waits: &'a (dyn Fn(&State) -> usize + Sync),
}

impl Run<'_> {
    fn all(&self, context: &mut Context, act: &Act<'_>) -> Result<Exit> {
        if self.floor.with(|state| state.open_shift().is_none())? {
            return Err(floor::Refused::NoShift.into());
        }
        if self.args.dry_run {
            return self.rehearse(context);
        }
        self.floor.forget_finished()?;
        let show = Show::new(context);
        let work: &Work<'_> = &|reader, channel, rng| act(&show, reader, channel, rng);
        let ended = Hall::new(self.args, &show, work, &mut *context.rng)?.run(&|| self.waiting());
        self.tell_end(&show, context, &ended)?;
        ended
    }

    pub(super) fn waiting(&self) -> Result<u64> {
        let count = self.floor.with(self.waits)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    pub(super) fn tell_end(
        &self,
        show: &Show,
        context: &Context,
        ended: &Result<Exit>,
    ) -> Result<()> {
        let waiting = self.waiting().unwrap_or_default();
        let (lines, link) = self.floor.head();
        if context.json() {
            let outcome = ended.as_ref().ok().map(|exit| exit.word());
            let value = json!({
                "event": "end", "done": show.done(), "waiting": waiting, "journal_lines": lines, "journal_link": link,
                "outcome": outcome,
            });
            return print(&crate::printable::json(&value.to_string()));
        }
        print(&show.rate(waiting))?;
        if waiting > 0 {
            note(
                "cards that were begun go on where their chips stand: the same command takes them up again",
            );
        }
        Ok(())
    }

    /// Looks at everything that is needed, and touches nothing.
    pub(super) fn rehearse(&self, context: &Context) -> Result<Exit> {
        let waiting = self.waiting()?;
        let jobs: Vec<uuid::Uuid> = self.floor.with(|state| {
            state
                .next()
                .into_iter()
                .filter_map(floor::Card::job)
                .collect()
        })?;
        for job in &jobs {
            floor::Desk::image(self.floor, *job)?;
        }
        let readers = transport::pcsc::readers()?;
        let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
        if context.json() {
            print_json(
                &json!({ "dry_run": true, "would": self.what, "cards": waiting, "readers": names, "outcome": Exit::Done.word() }),
            )?;
        } else {
            print(&format!(
                "would {} {waiting} cards at {} readers",
                self.what,
                names.len()
            ))?;
        }
        super::dry(context);
        Ok(Exit::Done)
    }
}
