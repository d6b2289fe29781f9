//! What a counter hears: a reader that is watched, and lines that somebody types. Each has its thread.

use std::io::{BufReader, Read};
use std::sync::mpsc::{SendError, Sender};
use std::thread;
use std::time::Duration;

use inspection::scan::MAX_SCAN;
use transport::ReaderSelector;
use transport::pcsc::{Monitor, Reader, Slot};
use zeroize::Zeroizing;

/// After the service or a reader was lost.
const BEFORE_NEXT_TRY: Duration = Duration::from_millis(500);

/// What happened at the counter.
pub enum Signal {
    /// A card lies in the reader of this name.
    Card(String),
    /// It was taken away.
    Gone,
    /// A line was typed or scanned.
    Typed(Zeroizing<String>),
    /// Nothing more will be typed.
    End,
    /// Something is wrong with the reader or the service; it is watched on.
    Trouble(anyhow::Error),
    /// That is over.
    Ready,
    /// Somebody ends the program.
    Interrupted,
}

/// What is seen in the readers.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    Nothing,
    Card(String),
    /// Why no card can be had.
    Trouble(String),
}

/// Watches a reader for ever: a service that is started anew, and a reader that is plugged in again, are found again.
pub fn watch(selector: ReaderSelector, out: Sender<Signal>) {
    thread::spawn(move || {
        let mut last = Sight::Nothing;
        loop {
            let error = match Monitor::new() {
                Ok(monitor) => match follow(&monitor, &selector, &mut last, &out) {
                    Ok(never) => match never {},
                    Err(Some(error)) => error,
                    Err(None) => return,
                },
                Err(error) => error,
            };
            let lost = Sight::Trouble(error.to_string());
            if last != lost {
                if tell(&last, Some(error.into()), &out).is_err() {
                    return;
                }
                last = lost;
            }
            thread::sleep(BEFORE_NEXT_TRY);
        }
    });
}

/// Tells every change until the service is lost; `None` when nobody listens any more.
fn follow(
    monitor: &Monitor,
    selector: &ReaderSelector,
    last: &mut Sight,
    out: &Sender<Signal>,
) -> Result<core::convert::Infallible, Option<transport::Error>> {
    loop {
        let seen = monitor.wait_until(None, |readers| {
            let seen = look(readers, selector);
            (seen.0 != *last).then_some(seen)
        });
        let (seen, error) = seen.map_err(Some)?;
        tell(last, error.map(Into::into), out).map_err(|()| None)?;
        if let Sight::Card(reader) = &seen {
            out.send(Signal::Card(reader.clone())).map_err(|_| None)?;
        }
        *last = seen;
    }
}

/// What went before is over.
fn tell(last: &Sight, trouble: Option<anyhow::Error>, out: &Sender<Signal>) -> Result<(), ()> {
    match last {
        Sight::Nothing => {}
        Sight::Card(_) => out.send(Signal::Gone).map_err(drop)?,
        Sight::Trouble(_) => out.send(Signal::Ready).map_err(drop)?,
    }
    trouble.map_or(Ok(()), |error| {
        out.send(Signal::Trouble(error)).map_err(drop)
    })
}

fn look(readers: &[Reader], selector: &ReaderSelector) -> (Sight, Option<transport::Error>) {
    let mute = |reader: &Reader| transport::Error::MuteCard {
        reader: reader.name.clone(),
    };
    let found = match selector.select(readers) {
        Ok(reader) if reader.has_card() => return (Sight::Card(reader.name.clone()), None),
        Ok(reader) => (reader.slot == Slot::Mute).then(|| mute(reader)),
        Err(transport::Error::NoCard { .. }) => readers
            .iter()
            .find(|reader| reader.slot == Slot::Mute)
            .map(mute),
        Err(error) => Some(error),
    };
    match found {
        None => (Sight::Nothing, None),
        Some(error) => (Sight::Trouble(error.to_string()), Some(error)),
    }
}

/// Reads lines until there are no more; a scanner may end them with a carriage return alone.
pub fn type_at(input: impl Read + Send + 'static, out: Sender<Signal>) {
    thread::spawn(move || {
        let mut lines = Lines {
            line: Zeroizing::new(Vec::with_capacity(MAX_SCAN)),
            is_too_long: false,
            out,
        };
        for byte in BufReader::new(input).bytes() {
            match byte {
                Ok(b'\n' | b'\r') => {
                    if lines.end().is_err() {
                        return;
                    }
                }
                Ok(byte) => lines.push(byte),
                Err(_) => break,
            }
        }
        // Nobody may be listening any more.
        let _ = lines.end().and_then(|()| lines.out.send(Signal::End));
    });
}

/// The line that is being typed.
struct Lines {
    line: Zeroizing<Vec<u8>>,
    is_too_long: bool,
    out: Sender<Signal>,
}

impl Lines {
    fn push(&mut self, byte: u8) {
        if self.line.len() < MAX_SCAN {
            self.line.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    /// The line is whole; one that is too long for anything is forgotten.
    fn end(&mut self) -> Result<(), SendError<Signal>> {
        let text = Zeroizing::new(String::from_utf8_lossy(&self.line).into_owned());
        let is_something = !text.is_empty() && !self.is_too_long;
        self.line.clear();
        self.is_too_long = false;
        if is_something {
            self.out.send(Signal::Typed(text))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn reader(name: &str, slot: Slot) -> Reader {
        Reader {
            name: name.to_owned(),
            slot,
        }
    }

    #[test]
    fn what_is_seen_in_the_readers() {
        let card = || Slot::Card {
            atr: vec![0x3B],
            usage: transport::pcsc::Usage::Free,
        };
        let named = ReaderSelector::Matching("B".to_owned());
        for (readers, selector, expected) in [
            (vec![], &ReaderSelector::WithCard, "trouble"),
            (
                vec![reader("A", Slot::Empty)],
                &ReaderSelector::WithCard,
                "",
            ),
            (vec![reader("A", card())], &ReaderSelector::WithCard, "A"),
            (
                vec![reader("A", Slot::Mute)],
                &ReaderSelector::WithCard,
                "trouble",
            ),
            (vec![reader("A", card())], &named, "trouble"),
            (
                vec![reader("A", card()), reader("B", Slot::Empty)],
                &named,
                "",
            ),
            (vec![reader("B", Slot::Mute)], &named, "trouble"),
            (vec![reader("B", card())], &named, "B"),
        ] {
            let (sight, error) = look(&readers, selector);
            let seen = match &sight {
                Sight::Nothing => "",
                Sight::Card(name) => name,
                Sight::Trouble(_) => "trouble",
            };
            assert_eq!(seen, expected, "{readers:?}");
            assert_eq!(error.is_some(), seen == "trouble");
        }
    }

    #[test]
    fn lines_end_as_the_scanner_likes() {
        let (out, lines) = mpsc::channel();
        let typed = format!("one\rtwo\r\nthree\n{}\nfour", "x".repeat(MAX_SCAN + 1));
        type_at(std::io::Cursor::new(typed), out);
        let lines: Vec<String> = lines
            .iter()
            .map(|signal| match signal {
                Signal::Typed(line) => line.to_string(),
                Signal::End => "the end".to_owned(),
                _ => panic!("nothing else is typed"),
            })
            .collect();
        assert_eq!(lines, ["one", "two", "three", "four", "the end"]);
    }
}
