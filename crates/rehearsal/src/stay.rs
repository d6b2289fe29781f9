//! After the story everything stays up for a person who wants to look: the pages, as everybody of the office sees them.

use std::{
    io::{BufRead as _, stdin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::Result;
use comfy_table::{Table, presets};
use time::OffsetDateTime;

use crate::{client::Person, house::House, server::Server};

/// How often is looked whether somebody has pressed Ctrl-C.
const PAUSE: Duration = Duration::from_millis(200);

/// Says who can come in and with what, again at each Enter, until Ctrl-C or the end of the input.
///
/// # Errors
/// There is no code for this moment.
pub fn stay(server: &Server, house: &House, people: &[Person], stop: &AtomicBool) -> Result<()> {
    let (enter, ended) = (
        Arc::new(AtomicBool::new(true)),
        Arc::new(AtomicBool::new(false)),
    );
    let (pressed, over) = (Arc::clone(&enter), Arc::clone(&ended));
    thread::spawn(move || {
        for line in stdin().lock().lines() {
            if line.is_err() {
                break;
            }
            pressed.store(true, Ordering::Relaxed);
        }
        over.store(true, Ordering::Relaxed);
    });
    println!("\nThe pages:        {}/", server.address);
    println!(
        "Their authority:  {}",
        house.path("site/authority.crt").display()
    );
    while !stop.load(Ordering::Relaxed) && !ended.load(Ordering::Relaxed) {
        if enter.swap(false, Ordering::Relaxed) {
            println!("\n{}", codes(people, OffsetDateTime::now_utc())?);
            println!("Each code works once. Enter: the codes of that moment. Ctrl-C: the end.");
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn codes(people: &[Person], now: OffsetDateTime) -> Result<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["login", "password", "code now"]);
    for person in people {
        let code = person.code(now)?;
        table.add_row([person.login.as_str(), person.password(), &code]);
    }
    Ok(table.trim_fmt())
}
