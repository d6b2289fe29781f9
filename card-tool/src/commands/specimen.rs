//! `specimen`: a card to order, for who writes readers. It goes the way of every card: prepared, issued, written, read back,
//! locked; only its master keys and, unless a folder was named, its issuer exist for this one card.
//!
//! | file | content |
//! |---|---|
//! | `card.json` | the chip, for `card-tool emulate --card` |
//! | `access.json`, `mrz.txt`, `can.txt`, `pin.txt`, `puk.txt` | what opens it |
//! | `csca.der` | what a reader trusts |

mod protocols;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use applet_spec::DataSheet;
use applet_spec::memory::Cells;
use crypto::{CryptoRng, SecretBytes};
use enrolment::AcceptedRecord;
use lds::RecordEncoding;
use perso::{
    CardImage, CountedPassword, EncodedBiometrics, HolderPin, MemoryRegister, Order, Role,
};
use pki::DocumentSigner;
use serde_json::json;
use transport::MemoryChannel;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::protocols::{PIN_DIGITS, PUK_DIGITS, Protocols};
use super::personalise::station::Station;
use super::pki::TestIssuer;
use super::{Context, note, print, print_json};
use crate::access_files::{AccessFiles, MRZ_FILE};
use crate::args::Specimen;
use crate::exit::{Exit, Problem};
use crate::extras::{PIN_TRIES, PUK_TRIES};
use crate::files::{self, Secrecy};
use crate::keys::Masters;
use crate::pki_folder::signer_secret::SignerSecretSource;
use crate::pki_folder::{self, CSCA_CERTIFICATE, Settings};
use crate::progress::Progress;
use crate::{chip_file, eac_folder, record_folder};

const CARD: &str = "card.json";
/// The mark that every specimen carries in its holder's name.
pub const MARK: &str = "SPECIMEN";
/// The algorithm of a test issuer.
const ALGORITHM: &str = "ecdsa-p256";
/// How long its certificates let a document live: the longest of the profiles.
const DOCUMENT_YEARS: i32 = 21;

/// Runs the verb.
pub fn run(args: &Specimen, context: &mut Context) -> Result<Exit> {
    refuse_existing(&args.out)?;
    let record = match &args.record {
        Some(folder) => record_folder::load(folder)?,
        None => record_folder::specimen()?.issued_on(context.now.date()),
    };
    let profile = record_folder::profile(&record.profile)?;
    let protocols = Protocols::of(args, &profile.data().chip)?;
    let trust_points = match &args.eac {
        Some(path) => eac_folder::trust_points(path, context.now)?,
        None => Vec::new(),
    };
    let record = record_folder::accept(record, profile, context.now, &mut *context.rng)?;
    refuse_unmarked(&record)?;
    let numbers = Numbers::draw(args, &mut *context.rng);
    let card = Ordered {
        record: &record,
        issuer: Issuer::of(args, &record, context)?,
        pin: numbers.holder_pin()?,
        trust_points,
        protocols: &protocols,
    };
    let (chip, image) = card.make(context)?;
    let files = leave(&args.out, &record, &numbers, &card.issuer, &chip)?;
    tell(&args.out, &files, &protocols, &image, context)
}

fn refuse_existing(out: &Path) -> Result<()> {
    if out.join(CARD).exists() {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} holds a card already", out.display()),
            "a chip is not overwritten; choose another folder",
        ));
    }
    Ok(())
}

/// A record of somebody who exists belongs to `personalise`.
fn refuse_unmarked(record: &AcceptedRecord) -> Result<()> {
    let name = record.text(record.profile().data().name_field);
    let is_marked = |name: &str| name.to_uppercase().contains(MARK);
    if name.is_some_and(is_marked) {
        return Ok(());
    }
    Err(Problem::of(
        Exit::Policy,
        format!("the holder's name does not say {MARK}"),
        "specimens are of people who do not exist; `card-tool personalise` makes cards of others",
    ))
}

/// PIN and PUK in the clear: what opens a specimen is no secret.
struct Numbers {
    pin: Option<Zeroizing<String>>,
    puk: Option<Zeroizing<String>>,
}

impl Numbers {
    fn draw(args: &Specimen, rng: &mut dyn CryptoRng) -> Self {
        Self {
            pin: args.pin.then(|| digits(PIN_DIGITS, rng)),
            puk: args.puk.then(|| digits(PUK_DIGITS, rng)),
        }
    }

    fn holder_pin(&self) -> Result<Option<HolderPin>> {
        let secret = |digits: &Zeroizing<String>| SecretBytes::from(digits.as_bytes());
        let pin = self
            .pin
            .as_ref()
            .map(|pin| CountedPassword::pin(secret(pin), PIN_TRIES));
        let puk = self
            .puk
            .as_ref()
            .map(|puk| CountedPassword::puk(secret(puk), PUK_TRIES));
        let puk = puk.transpose()?;
        Ok(pin.transpose()?.map(|pin| HolderPin { pin, puk }))
    }
}

/// Digits, each as likely as the others.
fn digits(count: usize, rng: &mut dyn CryptoRng) -> Zeroizing<String> {
    const EVEN: u8 = 250;
    let mut text = Zeroizing::new(String::with_capacity(count));
    while text.len() < count {
        let mut octet = [0];
        rng.fill_bytes(&mut octet);
        let [octet] = octet;
        if octet < EVEN {
            text.push(char::from(b'0' + octet % 10));
        }
    }
    text
}

/// Who signs.
struct Issuer {
    signer: Arc<DocumentSigner>,
    /// The certificate in use first.
    csca: Vec<Vec<u8>>,
}

impl Issuer {
    fn of(args: &Specimen, record: &AcceptedRecord, context: &mut Context) -> Result<Self> {
        let data = record.profile().data();
        let Some(folder) = &args.pki else {
            let settings = Settings {
                country: data.country.to_owned(),
                state: data.issuing_state.to_owned(),
                algorithm: ALGORITHM.to_owned(),
                document_types: vec![data.document_code.to_owned()],
                document_years: DOCUMENT_YEARS,
                ec_parameters: "explicit".to_owned(),
            };
            let made = TestIssuer::make(&settings, context.now, &mut *context.rng)?;
            return Ok(Self {
                signer: Arc::new(made.signer),
                csca: vec![made.csca],
            });
        };
        let secret = SignerSecretSource {
            file: args.signer_secret_file.as_deref(),
            asking: context.asking,
            new: false,
        };
        let signer = pki_folder::current_document_signer(
            folder,
            data.document_code,
            context.now,
            &secret,
            &mut *context.rng,
        )?;
        Ok(Self {
            signer,
            csca: pki_folder::csca_certificates(folder)?,
        })
    }
}

/// A card, before it is made.
struct Ordered<'a> {
    record: &'a AcceptedRecord,
    issuer: Issuer,
    pin: Option<HolderPin>,
    trust_points: Vec<Vec<u8>>,
    protocols: &'a Protocols,
}

impl Ordered<'_> {
    /// From the maker's chip to the field: the chip's memory, and what was written.
    fn make(&self, context: &mut Context) -> Result<(Zeroizing<Vec<u8>>, CardImage)> {
        let progress = Progress::new(!context.json());
        let masters = Masters::draw(&mut *context.rng);
        let cells = Cells::new();
        let chip = chip_file::manufacture_in(
            Box::new(cells.clone()),
            &masters.key(Role::Transport)?,
            DataSheet::default(),
            &mut *context.rng,
        )?;
        let mut channel = MemoryChannel::new(chip);
        let station = Station {
            masters: &masters,
            csca: &self.issuer.csca,
        };
        let encoding = RecordEncoding::default();
        let biometrics = EncodedBiometrics::encode(self.record, encoding, &mut *context.rng)?;
        let image = self.protocols.with(|offers| -> Result<CardImage> {
            let prepared = station.prepare(offers, &mut channel, context, &progress)?;
            progress.step("build and sign");
            let order = Order {
                offers: *offers,
                pin: self.pin.as_ref(),
                trust_points: &self.trust_points,
                ..Order::new(
                    self.record,
                    &biometrics,
                    &prepared,
                    Uuid::now_v7(),
                    context.now,
                )
            };
            let mut register = MemoryRegister::default();
            Ok(perso::issue(&order, &self.issuer.signer, &mut register)?)
        })?;
        station.deliver(&image, true, &mut channel, context, &progress)?;
        Ok((cells.octets(), image))
    }
}

/// The folder: all of it, or nothing. Gives the names of its files.
fn leave(
    out: &Path,
    record: &AcceptedRecord,
    numbers: &Numbers,
    issuer: &Issuer,
    chip: &[u8],
) -> Result<Vec<String>> {
    let access = AccessFiles {
        mrz: &record.mrz()?,
        can: record.can().expose(),
        pin: numbers.pin.as_ref().map(|pin| pin.as_str()),
        puk: numbers.puk.as_ref().map(|puk| puk.as_str()),
        csca: Path::new(CSCA_CERTIFICATE),
    };
    let access = access.files()?;
    let csca = issuer.csca.first().map_or(&[][..], Vec::as_slice);
    let mut all: Vec<(&str, &[u8], Secrecy)> = access
        .iter()
        .map(|(name, content)| (*name, content.as_slice(), Secrecy::OwnerOnly))
        .collect();
    all.push((CSCA_CERTIFICATE, csca, Secrecy::Open));
    all.push((CARD, chip, Secrecy::OwnerOnly));
    files::write_all(out, &all)?;
    all.sort_by_key(|(name, ..)| *name);
    Ok(all.iter().map(|(name, ..)| (*name).to_owned()).collect())
}

fn tell(
    out: &Path,
    files: &[String],
    protocols: &Protocols,
    image: &CardImage,
    context: &Context,
) -> Result<Exit> {
    let card = out.join(CARD);
    if context.json() {
        print_json(&json!({
            "card": card,
            "files": files,
            "chip": hex::encode_upper(image.chip_serial()),
            "bytes": image.total_len(),
            "offers": protocols.json(),
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        let lines = protocols.lines();
        print(&format!(
            "{}: {} bytes\n  {}",
            card.display(),
            image.total_len(),
            lines.join("\n  ")
        ))?;
        print(&format!("files in {}: {}", out.display(), files.join(", ")))?;
        let path = |name: &str| out.join(name).display().to_string();
        note(&format!(
            "next: card-tool emulate --card {}\nthen: card-tool verify --trust {} --mrz-file {}",
            path(CARD),
            path(CSCA_CERTIFICATE),
            path(MRZ_FILE)
        ));
    }
    Ok(Exit::Done)
}
