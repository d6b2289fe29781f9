//! A border in this process that reads the chip of a file.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use authorization_pki::certificate_row;
use crypto::SecretBytes;
use inspection::{AccessChoice, Config, Outcome, Report, Terminal, TerminalKey, inspect};
use key_store::{KeyLocation, KeyProfile};
use pki::{Signer, TrustStore};
use protocols::Password;
use protocols::terminal_authentication::{Certificate, SignatureScheme};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;
use time::OffsetDateTime;
use transport::MemoryChannel;

use super::offices::Offices;

/// One authority and one reader for all tests.
pub static OFFICES: LazyLock<Offices> = LazyLock::new(|| {
    let offices = Offices::ready();
    offices.done("is export @is @reader.cvcert");
    offices
});

/// The reader's certificates and key.
struct Gate {
    certificates: Vec<Certificate>,
    key: Arc<dyn Signer>,
}

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let row = std::fs::read(OFFICES.file("reader.cvcert")).unwrap();
    let key = KeyLocation::File(OFFICES.file("is").join("key-1.key"));
    let profile = KeyProfile::by_word("ecdsa-p256").unwrap();
    let secret = SecretBytes::from("secret of the TEST keys".as_bytes());
    let rng = &mut StdRng::seed_from_u64(1);
    Gate {
        certificates: certificate_row::read(&row).unwrap(),
        key: key_store::open(&key, &profile, &secret, rng).unwrap(),
    }
});

impl TerminalKey for Gate {
    fn sign(
        &self,
        _: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let signature = self.key.sign(message)?;
        Ok(crypto::ecdsa_der_to_plain(crypto::Curve::P256, &signature)?)
    }
}

/// The password that `access.json` calls so.
pub fn password(access: &Value, word: &str) -> Password {
    let text = |name: &str| access[name].as_str().unwrap();
    match word {
        "can" => Password::can(text("can")).unwrap(),
        "pin" => Password::pin(text("pin")).unwrap(),
        "puk" => Password::puk(text("puk")).unwrap(),
        _ => {
            let parts = ["document_number", "date_of_birth", "date_of_expiry"].map(text);
            let information =
                mrz::MrzInformation::from_parts(parts[0], parts[1], parts[2]).unwrap();
            Password::mrz(&information)
        }
    }
}

/// An inspection with certificates for the fingers and trust in what the folder names.
pub fn inspected(folder: &Path, password: &Password) -> Report {
    let cells = Cells::from_octets(std::fs::read(folder.join("card.json")).unwrap());
    let rng = Box::new(StdRng::seed_from_u64(2));
    let chip = Chip::load(Box::new(cells), DataSheet::default(), rng).unwrap();
    let mut trust = TrustStore::new();
    let csca = std::fs::read(folder.join("csca.der")).unwrap();
    trust.add(&csca, "the issuer").unwrap();
    let gate = &*GATE;
    let config = Config {
        passwords: core::slice::from_ref(password),
        access: AccessChoice::Automatic,
        printed_mrz: None,
        terminal: Some(Terminal {
            certificates: &gate.certificates,
            name: &gate.certificates.last().unwrap().body().holder,
            key: gate,
        }),
        trust: &trust,
        now: OffsetDateTime::now_utc(),
        extended_length: true,
        clock: &|| core::time::Duration::ZERO,
    };
    let rng = &mut StdRng::seed_from_u64(3);
    inspect(&mut MemoryChannel::new(chip), &config, rng, &mut |_| {})
}

/// Every check that has not succeeded and is no protocol the card does not have. This border was given no revocation list.
pub fn faults(report: &Report) -> Vec<String> {
    let is_fault = |outcome| !matches!(outcome, Outcome::Successful | Outcome::NotSupported);
    let checks = report.checks.iter();
    let checks = checks.filter(|check| check.kind.id != "revocation");
    let faults = checks.filter(|check| is_fault(check.finding.outcome));
    faults
        .map(|check| format!("{}: {}", check.kind.id, check.finding.cause))
        .collect()
}
