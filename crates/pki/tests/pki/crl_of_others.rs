//! Revocation lists as the field writes them.

use crate::office::{Office, crl_profile};
use crate::test_pki::P256;
use crypto::EcParameters;
use iso7816::tlv::{Tag, Writer, encode};
use pki::crl::RevocationReason;
use pki::{Crl, DeviationKind, Error, Signer, oids};
use proptest::prelude::*;
use time::macros::datetime;

const REVOKED: [&[u8]; 3] = [&[0x51, 2, 3], &[0x42], &[0x51, 2, 2]];
const SEQUENCE: Tag = Tag::new(0x30);
const INTEGER: Tag = Tag::new(0x02);
const UTC_TIME: Tag = Tag::new(0x17);

/// A list as others write it: the parts that differ are given, in hexadecimal.
struct Foreign<'a> {
    version: &'a str,
    times: &'a [&'a [u8]],
    entries: Option<&'a str>,
    extensions: &'a str,
}

/// AuthorityKeyIdentifier and cRLNumber 1.
const GOOD_EXTENSIONS: &str = "300B 0603551D23 0404 30028000 300A 0603551D14 0403 020101";
const GOOD_TIMES: [&[u8]; 2] = [b"261121120000Z", b"270121120000Z"];

fn hex(text: &str) -> Vec<u8> {
    ::hex::decode(text.replace(' ', "")).unwrap()
}

impl Foreign<'_> {
    fn read(&self) -> (Crl, Vec<DeviationKind>) {
        let office = Office::new(P256, EcParameters::Explicit);
        let algorithm = hex("300A 0608 2A8648CE3D040302");
        let mut tbs = Writer::new();
        tbs.nest(SEQUENCE, |tbs| {
            tbs.raw(&hex(self.version)).raw(&algorithm);
            tbs.raw(office.certificate().subject().as_der());
            for time in self.times {
                tbs.object(UTC_TIME, time);
            }
            if let Some(entries) = self.entries {
                tbs.object(SEQUENCE, &hex(entries));
            }
            if !self.extensions.is_empty() {
                let extensions = encode(SEQUENCE, &hex(self.extensions));
                tbs.object(Tag::new(0xA0), &extensions);
            }
        });
        let tbs = tbs.finish();
        let signature = [vec![0], office.key.sign(&tbs).unwrap()].concat();
        let list = [tbs, algorithm, encode(Tag::new(0x03), &signature)].concat();
        let crl = Crl::parse(&encode(SEQUENCE, &list)).unwrap();
        assert_eq!(crl.verify_signature(&office.certificate()), Ok(vec![]));
        let kinds = crl.deviations().iter().map(|d| d.kind).collect();
        (crl, kinds)
    }
}

const GOOD: Foreign<'_> = Foreign {
    version: "020101",
    times: &GOOD_TIMES,
    entries: None,
    extensions: GOOD_EXTENSIONS,
};

/// What a foreign list looks like, whether its silence says that a certificate is good, and what is recorded.
fn check(what: &str, foreign: &Foreign<'_>, complete: bool, expected: &[DeviationKind]) {
    let (crl, kinds) = foreign.read();
    assert_eq!(kinds, expected, "{what}");
    assert_eq!(crl.is_complete(), complete, "{what}");
}

#[test]
fn fields_of_the_field() {
    use DeviationKind::{CrlExtensionMissing, CrlLifetime, CrlVersion, CrlWithoutNextUpdate};
    check("good", &GOOD, true, &[]);
    let version_1 = Foreign {
        version: "",
        extensions: "",
        ..GOOD
    };
    let expected = [
        CrlVersion(1),
        CrlExtensionMissing(oids::AUTHORITY_KEY_IDENTIFIER),
        CrlExtensionMissing(oids::CRL_NUMBER),
    ];
    check("version 1", &version_1, true, &expected);
    let endless = Foreign {
        times: &GOOD_TIMES[..1],
        ..GOOD
    };
    check("no nextUpdate", &endless, true, &[CrlWithoutNextUpdate]);
    let long: [&[u8]; 2] = [b"261121120000Z", b"270601120000Z"];
    let long = Foreign {
        times: &long,
        ..GOOD
    };
    check("192 days", &long, true, &[CrlLifetime(192)]);
}

#[test]
fn extensions_of_the_field() {
    use DeviationKind::{CrlExtension, CrlExtensionMissing, UnreadableExtension};
    let delta = CrlExtension(oids::DELTA_CRL_INDICATOR);
    let limited = CrlExtension(oids::ISSUING_DISTRIBUTION_POINT);
    let freshest = CrlExtension(oids::FRESHEST_CRL);
    for (what, more, complete, expected) in [
        (
            "delta",
            "300D 0603551D1B 0101FF 0403 020100",
            false,
            vec![delta],
        ),
        (
            "of a point",
            "300C 0603551D1C 0101FF 0402 3000",
            false,
            vec![limited],
        ),
        (
            "freshest",
            "3009 0603551D2E 0402 3000",
            true,
            vec![freshest],
        ),
        ("unknown", "3008 0602 2A03 0402 0500", true, vec![]),
        (
            "unknown, critical",
            "300B 0602 2A03 0101FF 0402 0500",
            false,
            vec![],
        ),
    ] {
        let extensions = &format!("{GOOD_EXTENSIONS} {more}");
        check(what, &Foreign { extensions, ..GOOD }, complete, &expected);
    }
    let extensions = "300B 0603551D23 0404 30028000 3009 0603551D14 0402 0500";
    let expected = [UnreadableExtension(oids::CRL_NUMBER)];
    check("number", &Foreign { extensions, ..GOOD }, true, &expected);
    let extensions = "300B 0603551D23 0404 30028000";
    let expected = [CrlExtensionMissing(oids::CRL_NUMBER)];
    check(
        "no number",
        &Foreign { extensions, ..GOOD },
        true,
        &expected,
    );
}

#[test]
fn entries_of_the_field() {
    use DeviationKind::{CrlEmptyEntries, CrlEntryExtension, CrlEntryTwice, TimeForm};
    let date = "170D 3236313132303132303030305A";
    let unknown = CrlEntryExtension(const_oid::ObjectIdentifier::new_unwrap("1.2.3"));
    let without_seconds = "3010 020105 170B 323631313230313230305A";
    for (what, entries, complete, expected) in [
        ("empty", String::new(), true, vec![CrlEmptyEntries]),
        (
            "twice",
            format!("3012 020105 {date}").repeat(2),
            true,
            vec![CrlEntryTwice],
        ),
        (
            "no seconds",
            without_seconds.to_owned(),
            true,
            vec![TimeForm],
        ),
        (
            "reason",
            format!("3020 020105 {date} 300C 300A 0603551D15 0403 0A0101"),
            true,
            vec![CrlEntryExtension(oids::CRL_REASON)],
        ),
        (
            "unknown, critical",
            format!("3021 020105 {date} 300D 300B 0602 2A03 0101FF 0402 0500"),
            false,
            vec![unknown],
        ),
    ] {
        let entries = Some(entries.as_str());
        check(what, &Foreign { entries, ..GOOD }, complete, &expected);
    }
}

#[test]
fn reasons_dates_and_other_issuers() {
    // C=XU, in GeneralNames as directoryName; entry 6 has it, entry 7 inherits it, entry 8 goes back to the list's issuer.
    let other = "300D 310B 3009 0603550406 1302 5855";
    let other = format!("300F A40F {other}").replacen("300F", "3011", 1);
    let office = Office::new(P256, EcParameters::Explicit);
    let own = ::hex::encode(office.certificate().subject().as_der());
    let own = wrap("30", &wrap("A4", &own));
    let time = "170D 3236313132303132303030305A";
    let extension = |oid: &str, value: &str| wrap("30", &format!("0603{oid}{}", wrap("04", value)));
    let entry = |serial: &str, extensions: &str| {
        let extensions = if extensions.is_empty() {
            String::new()
        } else {
            wrap("30", extensions)
        };
        wrap("30", &format!("0201{serial}{time}{extensions}"))
    };
    let entries = [
        entry("05", &extension("551D15", "0A0101")),
        entry("06", &extension("551D1D", &other)),
        entry("07", &extension("551D15", "0A0163")),
        entry("08", &extension("551D1D", &own)),
        entry(
            "09",
            &extension("551D18", "180F 32303236313132303132303030305A"),
        ),
    ]
    .concat();
    let (crl, _) = Foreign {
        entries: Some(&entries),
        ..GOOD
    }
    .read();
    let reasons: Vec<_> = crl.entries().iter().map(|entry| entry.reason).collect();
    assert_eq!(
        reasons,
        [
            Some(RevocationReason::KeyCompromise),
            None,
            Some(RevocationReason::Unknown(0x63)),
            None,
            None
        ]
    );
    assert_eq!(
        crl.entries()[4].invalidity_date,
        Some(datetime!(2026-11-20 12:00 UTC))
    );
    let country = |index: usize| {
        let issuer = crl.entries()[index].certificate_issuer.as_ref();
        issuer.and_then(|name| name.country().map(str::to_owned))
    };
    assert_eq!(
        [1, 2].map(country),
        [Some("XU".to_owned()), Some("XU".to_owned())]
    );
    assert_eq!([0, 3, 4].map(country), [None, None, None]);
    // Certificates of another issuer with the same serial number are not revoked by this.
    let revoked = [5, 6, 7, 8, 9].map(|serial| crl.revoked(&[serial]).is_some());
    assert_eq!(revoked, [true, false, false, true, true]);
}

fn wrap(tag: &str, content: &str) -> String {
    let tag = Tag::new(u32::from_str_radix(tag, 16).unwrap());
    ::hex::encode(encode(tag, &hex(content)))
}

#[test]
fn a_list_with_a_bad_entry_is_not_read_at_all() {
    let office = Office::new(P256, EcParameters::Explicit);
    let good = crl_profile(&REVOKED).issue(&office.issuer()).unwrap();
    let at = good.windows(3).position(|w| w == REVOKED[2]).unwrap();
    let mut bad = good.clone();
    bad[at - 2] = 0x04; // no INTEGER
    assert!(matches!(Crl::parse(&bad), Err(Error::Malformed { .. })));
    for cut in [0, 1, good.len() / 2, good.len() - 1] {
        assert!(Crl::parse(&good[..cut]).is_err(), "{cut}");
    }
    let longer = [&good[..], &[0, 0]].concat();
    let kinds: Vec<_> = Crl::parse(&longer)
        .unwrap()
        .deviations()
        .iter()
        .map(|d| d.kind)
        .collect();
    assert_eq!(kinds, [DeviationKind::TrailingBytes(2)]);
}

#[test]
fn what_is_too_long() {
    let too_long = vec![0x30; pki::crl::MAX_CRL_LEN + 1];
    assert!(matches!(
        Crl::parse(&too_long),
        Err(Error::Malformed { .. })
    ));
}

/// A long list is found through by halving, not by reading it all: as many questions as entries end soon.
#[test]
fn a_list_of_two_hundred_thousand_entries() {
    const ENTRIES: u32 = 200_000;
    let mut entries = Writer::new();
    for serial in 0..ENTRIES {
        entries.nest(SEQUENCE, |entry| {
            let serial = (0x4000_0000 | serial.wrapping_mul(2_654_435_761) >> 4).to_be_bytes();
            entry
                .object(INTEGER, &serial)
                .object(UTC_TIME, GOOD_TIMES[0]);
        });
    }
    let entries = ::hex::encode(entries.finish());
    let (crl, kinds) = Foreign {
        entries: Some(&entries),
        ..GOOD
    }
    .read();
    assert_eq!(kinds, []);
    assert_eq!(crl.entries().len(), ENTRIES as usize);
    assert!(
        crl.entries()
            .iter()
            .all(|entry| crl.revoked(&entry.serial_number).is_some())
    );
}

proptest! {
    #[test]
    fn a_good_list_with_changes(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        static GOOD: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
            let office = Office::new(P256, EcParameters::Explicit);
            crl_profile(&[&[1], &[2, 3]]).issue(&office.issuer()).unwrap()
        });
        let mut bytes = GOOD.clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            let _ = Crl::parse(bytes).map(|crl| (crl.is_complete(), crl.revoked(&[1]).is_some()));
        }
    }
}
