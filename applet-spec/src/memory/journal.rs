//! The journal: one transaction per line, each a JSON array of writes.
//!
//! The end of a line is what makes a transaction valid. A power cut leaves the last line without it; such a line is dropped.

use zeroize::Zeroizing;

use super::{ChipMemory, MemoryFault, Write};
use crate::{Error, Result};

const END: u8 = b'\n';

/// A transaction as it is appended.
pub(crate) fn line(writes: &[Write]) -> core::result::Result<Zeroizing<Vec<u8>>, MemoryFault> {
    let mut line = Zeroizing::new(serde_json::to_vec(writes).map_err(|_| MemoryFault)?);
    line.push(END);
    Ok(line)
}

/// A journal of one transaction that leads to these contents.
pub(crate) fn snapshot(
    contents: &ChipMemory,
) -> core::result::Result<Zeroizing<Vec<u8>>, MemoryFault> {
    line(&contents.writes().map_err(|_| MemoryFault)?)
}

/// The contents that a journal leads to, and how many of its octets count.
pub(crate) fn replay(journal: &[u8]) -> Result<(ChipMemory, usize)> {
    let mut contents = ChipMemory::unborn();
    let mut at = 0;
    for line in journal.split_inclusive(|octet| *octet == END) {
        let Some(transaction) = line.strip_suffix(&[END]) else {
            break;
        };
        let malformed = |what| Error::Malformed { what, at };
        let writes: Vec<Write> =
            serde_json::from_slice(transaction).map_err(|_| malformed("transaction"))?;
        for write in &writes {
            contents.apply(write).map_err(malformed)?;
        }
        at += line.len();
    }
    if contents.serial().is_empty() {
        return Err(Error::Malformed {
            what: "journal without a serial number",
            at,
        });
    }
    Ok((contents, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::LifeCycle;

    fn born() -> Vec<u8> {
        let chip = Write::Chip {
            format: 1,
            serial: [7u8; 16].as_slice().into(),
            state: 1,
        };
        line(&[chip]).unwrap().to_vec()
    }

    /// [SCOPE-004]: wherever the last line is cut, the transactions before it count and it does not.
    #[test]
    fn a_torn_line_does_not_count() {
        let first = born();
        let second = line(&[Write::State { code: 3 }]).unwrap();
        for cut in 0..=second.len() {
            let journal = [&first, &second[..cut]].concat();
            let (contents, kept) = replay(&journal).unwrap();
            let whole = cut == second.len();
            assert_eq!(kept, if whole { journal.len() } else { first.len() });
            let state = if whole {
                LifeCycle::Initialised
            } else {
                LifeCycle::Manufactured
            };
            assert_eq!(contents.life_cycle(), state);
        }
    }

    #[test]
    fn what_was_never_written_is_refused() {
        for journal in [
            b"".as_slice(),
            b"[]\n",
            b"{}\n",
            b"[{\"write\":\"state\",\"code\":2}]\n",
            b"[{\"write\":\"state\",\"code\":3,\"more\":1}]\n",
            b"[{\"write\":\"chip\",\"format\":2,\"serial\":\"BwcHBwcHBwcHBwcHBwcHBw==\",\"state\":1}]\n",
            b"[{\"write\":\"chip\",\"format\":1,\"serial\":\"BwcHBw==\",\"state\":1}]\n",
        ] {
            assert!(replay(journal).is_err());
        }
        let back = [born(), line(&[Write::State { code: 7 }]).unwrap().to_vec()].concat();
        assert!(replay(&back).is_err(), "a transition the law does not know");
    }

    proptest! {
        #[test]
        fn replaying_never_panics(journal in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = replay(&journal);
            let _ = replay(&[born(), journal].concat());
        }

        #[test]
        fn replaying_writes_that_make_no_sense_never_panics(
            kinds in proptest::collection::vec(0usize..20, 1..6),
            n in prop_oneof![Just(0u32), Just(1), Just(3), Just(7), Just(0x31), any::<u32>()],
            text in prop::sample::select(vec!["", "AA==", "BwcHBwcHBwcHBwcHBwcHBw=="]),
            file in prop::sample::select(vec!["", "dg1", "sod"]),
        ) {
            let octet = n % 256;
            let write = |kind| match kind {
                0 => json!({"write": "chip", "format": 1, "serial": text, "state": octet}),
                1 => json!({"write": "state", "code": octet}),
                2 => json!({"write": "key-set", "version": octet, "enc": text, "mac": text, "dek": text, "tries": 1, "counter": n}),
                3 => json!({"write": "destroy-key-set", "version": octet}),
                4 => json!({"write": "tries", "version": octet, "left": 1}),
                5 => json!({"write": "channel-counter", "version": octet, "value": n}),
                6 => json!({"write": "key", "purpose": 0xA4, "key_id": null, "hash": "SHA-256", "pkcs8": text}),
                7 => json!({"write": "destroy-keys"}),
                8 => json!({"write": "receipt-counter", "value": n}),
                9 => json!({"write": "job", "uuid": text, "digest": text, "manifest": text, "security_infos": text,
                    "bac": true, "mrz_seed": null, "can": text}),
                10 => json!({"write": "destroy-job"}),
                11 => json!({"write": "file", "file": file, "at": n, "octets": text}),
                12 => json!({"write": "content", "file": file, "mark": n, "octets": text}),
                13 => json!({"write": "mark", "file": file, "octets": n}),
                14 => json!({"write": "agreement-key", "key_id": null, "domain": octet, "secret": text}),
                15 => json!({"write": "counted-password", "reference": octet, "secret": text, "start": 3, "left": 3}),
                16 => json!({"write": "retries", "reference": octet, "left": 1}),
                17 => json!({"write": "terminal-trust", "points": text, "document_number": text}),
                18 => json!({"write": "trust-points", "points": text}),
                _ => json!({"write": "commit-receipt", "counter": n, "cmac": text}),
            };
            let writes: Vec<_> = kinds.into_iter().map(write).collect();
            let mut line = serde_json::to_vec(&writes).unwrap();
            prop_assert!(serde_json::from_slice::<Vec<Write>>(&line).is_ok());
            line.push(END);
            let _ = replay(&[born(), line].concat());
        }
    }
}
