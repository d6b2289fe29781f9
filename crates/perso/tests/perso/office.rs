//! An issuing office in memory: certificates, master keys, register, and one holder whose record was accepted.
//!
//! The tests of `inspection` get their cards here as well.

use std::sync::{Arc, LazyLock};

use applet_spec::memory::Cells;
use applet_spec::{Chip, ChipMemory, DataSheet};
use biometrics::finger::FingerPosition;
use biometrics::image::{Colour, Image, encode_png};
use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SecretBytes, SignatureAlgorithm};
use enrolment::{
    AcceptedRecord, Field, Finger, HolderRecord, IssuerProfile, Print, profile, profiles,
};
use iso7816::Limits;
use lds::RecordEncoding;
use perso::{
    CardImage, EncodedBiometrics, HolderPin, MemoryRegister, Order, PreparedChip, Role, RoleKey,
    key_requests,
};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{DocumentSigner, Signer, SoftwareSigner, Validity};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use transport::MemoryChannel;
use uuid::Uuid;

/// When everything here happens.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
/// Serial number of the chip that most tests use.
pub(crate) const SERIAL: &[u8; 16] = b"SPECIMEN-TEST-01";
/// The job that most tests use.
pub(crate) const JOB: Uuid = Uuid::from_u128(0x0193_4f00_0000_7000_8000_0000_0000_0001);
/// The profiles of the cards.
pub(crate) const PASSPORT: &str = "uto-passport";
pub(crate) const CITIZEN_CARD: &str = "vn-cccd-2021";

/// The office of one issuer.
pub(crate) struct Office {
    pub(crate) csca: Vec<u8>,
    pub(crate) signer: DocumentSigner,
    pub(crate) keys: Keys,
    pub(crate) register: MemoryRegister,
    pub(crate) record: AcceptedRecord,
    pub(crate) biometrics: EncodedBiometrics,
    pub(crate) offers: profile::Chip<'static>,
    pub(crate) pin: Option<HolderPin>,
    pub(crate) trust_points: Vec<Vec<u8>>,
    pub(crate) rng: StdRng,
}

/// The master keys of the three roles.
pub(crate) struct Keys {
    pub(crate) transport: RoleKey,
    pub(crate) personalisation: RoleKey,
    pub(crate) quality: RoleKey,
}

impl Keys {
    /// Other seeds are other masters.
    pub(crate) fn of(seed: u8) -> Self {
        let key = |role, number: u8| {
            let master = (0..32u8).map(|n| n.wrapping_mul(29) ^ seed.wrapping_add(number));
            RoleKey::new(role, SecretBytes::new(master.collect())).unwrap()
        };
        Self {
            transport: key(Role::Transport, 1),
            personalisation: key(Role::Personalisation, 2),
            quality: key(Role::Quality, 3),
        }
    }
}

impl Office {
    /// The office that issues documents of this profile.
    pub(crate) fn of(profile: &str) -> Self {
        Self::new(profile, 1, |_| {})
    }

    /// Another office with the same names and other keys.
    pub(crate) fn stranger(profile: &str) -> Self {
        Self {
            keys: Keys::of(5),
            ..Self::new(profile, 9, |_| {})
        }
    }

    /// The same office with a document signer certificate that departs from the usual.
    pub(crate) fn with_signer(
        profile: &str,
        change: impl FnOnce(&mut DocumentSignerProfile),
    ) -> Self {
        Self::new(profile, 1, change)
    }

    fn new(profile: &str, seed: u64, change: impl FnOnce(&mut DocumentSignerProfile)) -> Self {
        let profile = profiles::by_id(profile).unwrap();
        let mut rng = StdRng::seed_from_u64(seed);
        let record = accepted(record(profile), profile);
        let (csca, signer) = certificates(profile, change, &mut rng);
        Self {
            csca,
            signer,
            keys: Keys::of(0),
            register: MemoryRegister::default(),
            biometrics: biometrics(&record),
            offers: profile.data().chip,
            pin: None,
            trust_points: Vec::new(),
            record,
            rng,
        }
    }

    pub(crate) fn initialise(&mut self, line: &mut dyn iso7816::Channel) -> perso::Result<()> {
        let issuer = [&self.keys.quality, &self.keys.personalisation];
        perso::initialise(line, &self.keys.transport, issuer, &mut self.rng).map(drop)
    }

    pub(crate) fn prepare(
        &mut self,
        line: &mut dyn iso7816::Channel,
    ) -> perso::Result<PreparedChip> {
        let requests = key_requests(&self.offers).unwrap();
        let role = &self.keys.personalisation;
        perso::prepare(line, role, &requests, &mut self.rng, &mut |_| {})
    }

    pub(crate) fn issue(&mut self, chip: &PreparedChip, job: Uuid) -> perso::Result<CardImage> {
        let order = Order {
            offers: self.offers,
            pin: self.pin.as_ref(),
            trust_points: &self.trust_points,
            ..Order::new(&self.record, &self.biometrics, chip, job, NOW)
        };
        perso::issue(&order, &self.signer, &mut self.register)
    }

    pub(crate) fn write(
        &mut self,
        line: &mut dyn iso7816::Channel,
        image: &CardImage,
    ) -> perso::Result<perso::applet::Receipt> {
        let role = &self.keys.personalisation;
        perso::write_job(line, role, image, &mut self.rng, &mut |_| {})
    }

    pub(crate) fn lock(
        &mut self,
        line: &mut dyn iso7816::Channel,
        image: &CardImage,
    ) -> perso::Result<perso::applet::Receipt> {
        perso::lock(line, &self.keys.quality, image, &mut self.rng)
    }

    /// A chip of the maker, who has the same transport keys.
    pub(crate) fn manufacture(&self, serial: &[u8], kind: Kind) -> Socket {
        let cells = Cells::new();
        let keys = self.keys.transport.for_chip(serial).unwrap();
        let rng = Box::new(StdRng::seed_from_u64(2));
        Chip::manufactured_in(Box::new(cells.clone()), serial, &keys, kind.sheet(), rng).unwrap();
        Socket { cells, kind }
    }

    /// A chip that has its keys, with what the office knows of it.
    pub(crate) fn prepared(&mut self, kind: Kind) -> (Socket, PreparedChip) {
        let socket = self.manufacture(SERIAL, kind);
        self.initialise(&mut socket.power_on()).unwrap();
        let prepared = self.prepare(&mut socket.power_on()).unwrap();
        (socket, prepared)
    }

    /// A chip that was personalised and not locked.
    pub(crate) fn written(&mut self, kind: Kind) -> (Socket, CardImage) {
        let (socket, prepared) = self.prepared(kind);
        let image = self.issue(&prepared, JOB).unwrap();
        self.write(&mut socket.power_on(), &image).unwrap();
        (socket, image)
    }

    /// A card in the field.
    pub(crate) fn card(&mut self, kind: Kind) -> (Socket, CardImage) {
        let (socket, image) = self.written(kind);
        self.lock(&mut socket.power_on(), &image).unwrap();
        (socket, image)
    }
}

/// Chip and reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Extended length everywhere.
    Extended,
    /// A chip with nothing that a chip may lack, without extended length.
    Plainest,
    /// A chip without extended length in a reader that carries it.
    ShortChip,
    /// A chip without extended length in a reader without.
    Short,
}

impl Kind {
    fn sheet(self) -> DataSheet {
        match self {
            Self::Extended => DataSheet::default(),
            Self::Plainest => DataSheet::plainest(),
            Self::ShortChip | Self::Short => DataSheet::short_length_only(),
        }
    }

    fn reader(self) -> Limits {
        match self {
            Self::Extended | Self::ShortChip => Limits::EXTENDED,
            Self::Short | Self::Plainest => Limits::SHORT,
        }
    }
}

/// The memory of a chip, which stays when the chip loses power.
pub(crate) struct Socket {
    cells: Cells,
    kind: Kind,
}

impl Socket {
    /// A chip that holds what [`Self::octets`] once gave.
    pub(crate) fn from_octets(octets: &[u8], kind: Kind) -> Self {
        Self {
            cells: Cells::from_octets(octets.to_vec()),
            kind,
        }
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        self.cells.octets().to_vec()
    }

    /// The chip with power, as if it had just been put on the reader.
    pub(crate) fn power_on(&self) -> MemoryChannel<Chip> {
        static DRAWS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(3);
        let draw = DRAWS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let rng = Box::new(StdRng::seed_from_u64(draw));
        let chip = Chip::load(Box::new(self.cells.clone()), self.kind.sheet(), rng).unwrap();
        MemoryChannel::new(chip).with_limits(self.kind.reader())
    }

    /// What the chip remembers.
    pub(crate) fn memory(&self) -> ChipMemory {
        ChipMemory::from_octets(&self.octets()).unwrap()
    }
}

/// The images of both holders, encoded once: that takes longer than all the rest.
fn biometrics(record: &AcceptedRecord) -> EncodedBiometrics {
    static ENCODED: LazyLock<EncodedBiometrics> = LazyLock::new(|| {
        let profile = profiles::by_id(PASSPORT).unwrap();
        let record = accepted(self::record(profile), profile);
        let rng = &mut StdRng::seed_from_u64(5);
        EncodedBiometrics::encode(&record, RecordEncoding::Iso19794, rng).unwrap()
    });
    let same_images =
        record.profile().data().portrait == profiles::by_id(PASSPORT).unwrap().data().portrait;
    assert!(same_images, "the profiles encode portraits alike");
    ENCODED.clone()
}

fn accepted(record: HolderRecord, profile: &'static dyn IssuerProfile) -> AcceptedRecord {
    let mut rng = StdRng::seed_from_u64(4);
    enrolment::accept(record, profile, NOW.date(), &mut rng).unwrap_or_else(|refusal| {
        let findings: Vec<String> = refusal.findings.iter().map(ToString::to_string).collect();
        panic!("{findings:#?}")
    })
}

fn certificates(
    profile: &dyn IssuerProfile,
    change: impl FnOnce(&mut DocumentSignerProfile),
    rng: &mut StdRng,
) -> (Vec<u8>, DocumentSigner) {
    let data = profile.data();
    let from = |begin: OffsetDateTime, days| Validity {
        not_before: begin,
        not_after: begin + Duration::days(days),
    };
    let begin = NOW - Duration::days(30);
    let authority = Authority::new(
        CountryCode::new(data.country).unwrap(),
        data.issuing_state,
        Contact::Mail("csca@test.example".to_owned()),
    )
    .unwrap();
    let csca = CscaProfile {
        authority: authority.clone(),
        common_name: "CSCA TEST 1".to_owned(),
        validity: from(begin, 40 * 365),
        private_key_usage: from(begin, 5 * 365),
        crl_distribution_points: vec!["http://crl.test.example/TEST.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let mut document_signer = DocumentSignerProfile {
        authority,
        common_name: "Document Signer TEST 1".to_owned(),
        validity: from(begin, 30 * 365),
        private_key_usage: from(begin, 90),
        document_types: vec!["P".to_owned(), "PP".to_owned(), "ID".to_owned()],
        crl_distribution_points: vec!["http://crl.test.example/TEST.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    change(&mut document_signer);
    let csca_key = software_signer(rng);
    let signer: Arc<dyn Signer> = Arc::new(software_signer(rng));
    let csca = csca.issue(&csca_key, rng).unwrap();
    let issuer = Issuer::new(&csca, &csca_key).unwrap();
    let certificate = document_signer
        .issue(signer.public_key(), &issuer, rng)
        .unwrap();
    (csca, DocumentSigner::new(&certificate, signer).unwrap())
}

fn software_signer(rng: &mut StdRng) -> SoftwareSigner {
    let key = PrivateKey::generate_ec(Curve::P256, rng).unwrap();
    let own = Box::new(StdRng::from_rng(rng));
    SoftwareSigner::new(key, SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256), own).unwrap()
}

fn record(profile: &dyn IssuerProfile) -> HolderRecord {
    let texts: &[(Field, &str)] = match profile.data().id {
        PASSPORT => &TRAVELLER,
        CITIZEN_CARD => &CITIZEN,
        other => panic!("no specimen of {other}"),
    };
    let mut record = HolderRecord::new();
    for (field, text) in texts {
        record.set(*field, *text);
    }
    record.set_portrait(portrait());
    for position in [FingerPosition::RIGHT_INDEX, FingerPosition::LEFT_INDEX] {
        let print = Print::Image(print());
        record.add_finger(Finger { position, print });
    }
    record
}

/// Light that falls from the left: not a face, but more than one colour.
fn portrait() -> Vec<u8> {
    let (width, height) = (300u32, 400u32);
    let samples = (0..width * height)
        .flat_map(|n| [200, 180, 160].map(|colour| if n % width < 150 { colour } else { 90 }))
        .collect();
    encode_png(&Image::new(Colour::Rgb8, width, height, samples).unwrap()).unwrap()
}

/// The grey of an empty scanner.
fn print() -> Vec<u8> {
    let side = 200u32;
    let image = Image::new(Colour::Grey8, side, side, vec![150; 200 * 200]).unwrap();
    encode_png(&image.with_ppi(500)).unwrap()
}

const TRAVELLER: [(Field, &str); 24] = [
    (Field::Surname, "Specimen"),
    (Field::GivenNames, "Anna Test"),
    (Field::OtherName, "Muster"),
    (Field::DateOfBirth, "1990-01-01"),
    (Field::Sex, "female"),
    (Field::Nationality, "UTO"),
    (Field::PersonalNumber, "UTO4711"),
    (Field::PlaceOfBirth, "Exampleton, UTO"),
    (Field::PermanentResidence, "1 Sample Road, Exampleton"),
    (Field::Height, "170"),
    (Field::EyeColour, "brown"),
    (Field::FatherName, "Specimen Father"),
    (Field::MotherName, "Specimen Mother"),
    (Field::SpouseName, "Specimen Spouse"),
    (Field::MaritalStatus, "married"),
    (Field::Telephone, "+0012025550100"),
    (Field::Mail, "specimen@test.example"),
    (Field::Profession, "Sample"),
    (Field::Title, "Dr"),
    (Field::PreviousDocumentNumber, "X00000001"),
    (Field::DocumentNumber, "X12345678"),
    (Field::DateOfIssue, "2026-11-21"),
    (Field::DateOfExpiry, "2036-11-21"),
    (Field::IssuingAuthority, "Department of Specimens"),
];

const CITIZEN: [(Field, &str); 21] = [
    (Field::PersonalNumber, "001099000001"),
    (Field::FullName, "Specimen Họ Tên Mẫu"),
    (Field::DateOfBirth, "1999-02-01"),
    (Field::Sex, "male"),
    (Field::Nationality, "VNM"),
    (Field::EthnicGroup, "Kinh"),
    (Field::Religion, "Không"),
    (Field::PlaceOfOrigin, "Ba Đình, Hà Nội"),
    (Field::PermanentResidence, "Số 1, Phố Mẫu, Ba Đình, Hà Nội"),
    (Field::CurrentResidence, "Số 1, Phố Mẫu, Ba Đình, Hà Nội"),
    (
        Field::IdentifyingMarks,
        "Sẹo chấm C:1cm trên sau đuôi mày trái",
    ),
    (Field::FatherName, "Tên Cha Mẫu"),
    (Field::MotherName, "Tên Mẹ Mẫu"),
    (Field::SpouseName, "Tên Vợ Mẫu"),
    (Field::MaritalStatus, "married"),
    (Field::Height, "170"),
    (Field::Telephone, "+84900000000"),
    (Field::Mail, "specimen@test.example"),
    (Field::PreviousDocumentNumber, "012345678"),
    (Field::DateOfIssue, "2026-11-21"),
    (Field::DateOfExpiry, "2039-02-01"),
];
