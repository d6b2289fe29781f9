//! Enrolment packets and receipts: as a file, as what is inside one, as a manifest, as a receipt.
//!
//! Whoever knows the public key of a service can encrypt anything to it: what is inside is as foreign as the file.

use std::sync::LazyLock;

use crypto::{Curve, PrivateKey};
use enrolment::packet::{
    Attachment, Identity, KeyRing, Manifest, PacketError, Purpose, Role, SignedReceipt, Signers,
    Subject, encrypt, open, seal,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::assert_printable;

/// A manifest in its one spelling, but for what `seal` sets.
const MANIFEST: &str = concat!(
    r#"{"version":1,"packet":"0192f0c1-2b3c-7d4e-8f50-617283940a1b","service":"age1","#,
    r#""sealed_at":"2026-11-22T05:00:00Z","clock":"unsynchronised","#,
    r#""station":{"name":"TEST Station","key":"0000000000000000000000000000000000000000000000000000000000000000","#,
    r#""software":"fuzz","book":{"line":1,"link":"00"}},"#,
    r#""operator":{"name":"TEST Operator","key":"0000000000000000000000000000000000000000000000000000000000000001"},"#,
    r#""supervisor":null,"profile":"uto-passport","fields":{"surname":"Specimen"},"can":null,"#,
    r#""missing_fingers":[{"finger":"left-index","reason":"bandaged"}],"attachments":[],"#,
    r#""devices":[{"maker":"TEST","model":"Camera","serial":null,"software":null}],"#,
    r#""tries":[{"subject":"portrait","number":1,"at":"2026-11-22T05:00:00Z","device":0,"#,
    r#""quality":[{"measure":"Sharpness","score":71}],"findings":["eyes"],"outcome":"rejected"}],"overrides":[]}"#,
);

struct World {
    service: Identity,
    known: KeyRing,
    file: Vec<u8>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut StdRng::seed_from_u64(9303);
    let mut key = || PrivateKey::generate_ec(Curve::P256, rng).unwrap();
    let (station, operator) = (key(), key());
    let mut known = KeyRing::new();
    known
        .add(Role::Station, "TEST Station", station.public())
        .unwrap();
    known
        .add(Role::Operator, "TEST Operator", operator.public())
        .unwrap();
    let service = Identity::generate();
    let manifest = Manifest::parse(MANIFEST.as_bytes()).unwrap();
    let attachment = Attachment {
        name: "portrait",
        subject: &Subject::Portrait,
        purpose: Purpose::Record,
        media_type: "image/png",
        content: &[7; 100],
    };
    let signers = Signers {
        station: &station,
        operator: &operator,
        supervisor: None,
    };
    let mut file = Vec::new();
    seal(
        manifest,
        &[attachment],
        &service.recipient(),
        signers,
        &mut file,
        rng,
    )
    .unwrap();
    World {
        service,
        known,
        file,
    }
});

/// A packet, what is inside it, a manifest and a receipt.
///
/// # Panics
/// The good packet cannot be opened.
pub fn seeds() -> Vec<Vec<u8>> {
    use std::io::Read as _;
    let mut content = Vec::new();
    let mut reader = enrolment::packet::decrypt(&WORLD.service, &WORLD.file[..]).unwrap();
    reader.read_to_end(&mut content).unwrap();
    vec![
        WORLD.file.clone(),
        content,
        MANIFEST.as_bytes().to_vec(),
        receipt(),
    ]
}

fn receipt() -> Vec<u8> {
    let text = concat!(
        r#"{"receipt":{"version":1,"packet":"0192f0c1-2b3c-7d4e-8f50-617283940a1b","#,
        r#""digest":"0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""at":"2026-11-22T05:00:00Z","status":{"refused":"other-packet"}},"signature":"3045"}"#,
    );
    SignedReceipt::parse(text.as_bytes()).unwrap();
    text.as_bytes().to_vec()
}

/// What must hold of every byte string.
pub fn packet(bytes: &[u8]) {
    if bytes != WORLD.file {
        refused(
            open(bytes, &WORLD.service, &WORLD.known).map(|_| ()),
            bytes.len(),
        );
    }
    let write = |writer: &mut dyn std::io::Write| Ok(writer.write_all(bytes)?);
    let file = encrypt(&WORLD.service.recipient(), Vec::new(), write).unwrap();
    match open(&file[..], &WORLD.service, &WORLD.known) {
        // Only what the keys have signed: the seed.
        Ok(opened) => assert_eq!(opened.attachment("portrait"), Some(&[7; 100][..])),
        Err(error) => refused(Err(error), bytes.len()),
    }
    match Manifest::parse(bytes) {
        Ok(manifest) => assert_eq!(manifest.to_bytes().unwrap(), bytes),
        Err(error) => refused(Err(error), bytes.len()),
    }
    if let Ok(receipt) = SignedReceipt::parse(bytes) {
        let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        assert_eq!(receipt.to_bytes().unwrap(), line);
    }
}

/// What is wrong lies inside, or right behind; and is said so that it cannot steer a terminal.
fn refused(result: Result<(), PacketError>, len: usize) {
    let error = result.expect_err("a packet that nobody has signed");
    if let PacketError::Malformed { at, .. } | PacketError::Truncated { at, .. } = error {
        assert!(at <= len as u64, "{error}: behind octet {len}");
    }
    assert_printable(&error.to_string());
    assert_printable(error.advice());
}
