//! What a rack is told: `in SLOT FILE`, `out SLOT`. Slots are numbered from 1.

use core::fmt;

/// One order; slots are numbered from 0 in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Put the chip of a file in.
    In {
        /// Where.
        slot: usize,
        /// Which.
        file: String,
    },
    /// Pull the chip.
    Out {
        /// Where.
        slot: usize,
    },
}

/// Why a line is no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoOrder {
    /// Another verb, or words that are missing or too many.
    Grammar,
    /// No slot of the rack.
    Slot {
        /// How many there are.
        slots: usize,
    },
}

impl fmt::Display for NoOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grammar => f.write_str("an order is `in SLOT FILE` or `out SLOT`"),
            Self::Slot { slots } => write!(f, "the slots are 1 to {slots}"),
        }
    }
}

impl Order {
    /// Reads a line; an empty one says nothing. A file may have spaces in its name.
    pub fn parse(line: &str, slots: usize) -> Option<Result<Self, NoOrder>> {
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (slot, file) = rest
            .trim_start()
            .split_once(' ')
            .unwrap_or((rest.trim(), ""));
        let file = file.trim_start();
        Some(match (verb, file) {
            ("in", "") => Err(NoOrder::Grammar),
            ("in", file) => number(slot, slots).map(|slot| Self::In {
                slot,
                file: file.to_owned(),
            }),
            ("out", "") => number(slot, slots).map(|slot| Self::Out { slot }),
            _ => Err(NoOrder::Grammar),
        })
    }
}

fn number(text: &str, slots: usize) -> Result<usize, NoOrder> {
    let number: usize = text.parse().map_err(|_| NoOrder::Slot { slots })?;
    match number.checked_sub(1) {
        Some(slot) if slot < slots => Ok(slot),
        _ => Err(NoOrder::Slot { slots }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_order() {
        let put = |slot, file: &str| {
            Some(Ok(Order::In {
                slot,
                file: file.to_owned(),
            }))
        };
        let pull = |slot| Some(Ok(Order::Out { slot }));
        let no_slot = Some(Err(NoOrder::Slot { slots: 4 }));
        for (line, order) in [
            ("in 1 a.json", put(0, "a.json")),
            ("  in  4  /tmp/a b.json \r", put(3, "/tmp/a b.json")),
            ("out 2", pull(1)),
            ("", None),
            ("   ", None),
            ("in 1", Some(Err(NoOrder::Grammar))),
            ("out", no_slot.clone()),
            ("out 0", no_slot.clone()),
            ("out 5", no_slot.clone()),
            ("out x", no_slot.clone()),
            ("in 5 a", no_slot),
            ("out 1 a", Some(Err(NoOrder::Grammar))),
            ("turn 1", Some(Err(NoOrder::Grammar))),
        ] {
            assert_eq!(Order::parse(line, 4), order, "{line}");
        }
    }
}
