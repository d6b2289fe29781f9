//! Specimen cards in every state, personalised by their own commands.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use applet_spec::conformance::{Feature, Knowledge};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::{
    AgreementDomain, AgreementKey, Cipher, Curve, EcPoint, HashAlgorithm, PublicKey, RsaPublicKey,
    SecretBytes,
};
use globalplatform::{Purpose, StaticKeys, diversify};
use iso7816::ResponseApdu;
use iso7816::tlv::{self, Tag};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    KeyAgreement, PaceInfo, PaceMapping, PaceProtocol, SecurityInfo,
};
use lds::{File, SecurityInfos};
use protocols::Password;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::host::{Host, JobOrder, manifest_entry};

pub const SERIAL: &[u8; 16] = b"SPECIMEN-TEST-01";
pub const UUID: [u8; 16] = [0xA5; 16];
pub const CAN: &str = "123456";
const MRZ_INFORMATION: &str = "X12345678590010113501014";
const CHIP_CURVE: Curve = Curve::BrainpoolP256r1;

/// The issuer's keys of one chip.
pub struct KeyRing {
    pub transport: StaticKeys,
    pub personalisation: StaticKeys,
    pub quality: StaticKeys,
}

impl KeyRing {
    pub fn of(serial: &[u8]) -> Self {
        let master = SecretBytes::new((1..=32u8).map(|n| n.wrapping_mul(73)).collect());
        let keys = |purpose, version| diversify(&master, purpose, version, serial).unwrap();
        Self {
            transport: keys(Purpose::Transport, 0x30),
            personalisation: keys(Purpose::Personalisation, 0x31),
            quality: keys(Purpose::QualityControl, 0x38),
        }
    }
}

/// A card with what its owner knows.
pub struct Specimen {
    pub chip: Chip,
    /// The memory of the chip, seen from outside.
    pub cells: Cells,
    pub keys: KeyRing,
    pub order: JobOrder,
    pub files: Vec<(File, Vec<u8>)>,
    pub knowledge: Knowledge,
    pub signer: Option<PublicKey>,
}

impl Specimen {
    /// What the job writes into a file.
    pub fn content(&self, file: File) -> Vec<u8> {
        let (_, content) = self.files.iter().find(|(name, _)| *name == file).unwrap();
        content.clone()
    }
}

/// Every feature, one data group of 40,000 octets.
pub fn card(state: LifeCycle) -> Specimen {
    card_without(state, &[])
}

/// A card that lacks some features. Cards of a kind are personalised once and then copied.
pub fn card_without(state: LifeCycle, lacks: &[Feature]) -> Specimen {
    type Made = BTreeMap<(u8, Vec<Feature>), (Vec<u8>, Generated)>;
    static MADE: OnceLock<Mutex<Made>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap();
    let (octets, generated) = made
        .entry((state.code(), lacks.to_vec()))
        .or_insert_with(|| personalised(state, lacks))
        .clone();
    let sheet = data_sheet(lacks);
    let cells = Cells::from_octets(octets);
    let chip = Chip::load(Box::new(cells.clone()), sheet, Box::new(rng(2))).unwrap();
    let keys = KeyRing::of(SERIAL);
    let files = files(&generated, lacks);
    Specimen {
        chip,
        cells,
        order: order(&files, lacks),
        knowledge: Knowledge {
            passwords: vec![
                Password::mrz_digest(&mrz_seed()).unwrap(),
                Password::can(CAN).unwrap(),
            ],
            security_infos: generated.security_infos(lacks),
            ..Knowledge::default()
        },
        signer: generated.signer.clone(),
        keys,
        files,
    }
}

/// A chip as the maker delivers it.
pub fn manufactured(data_sheet: DataSheet) -> Chip {
    manufactured_in(Cells::new(), data_sheet)
}

pub fn manufactured_in(cells: Cells, data_sheet: DataSheet) -> Chip {
    let keys = KeyRing::of(SERIAL);
    Chip::manufactured_in(
        Box::new(cells),
        SERIAL,
        &keys.transport,
        data_sheet,
        Box::new(rng(3)),
    )
    .unwrap()
}

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn mrz_seed() -> Vec<u8> {
    HashAlgorithm::Sha1.digest(MRZ_INFORMATION.as_bytes())
}

pub fn data_sheet(lacks: &[Feature]) -> DataSheet {
    if lacks.contains(&Feature::ExtendedLength) {
        DataSheet::short_length_only()
    } else {
        DataSheet::default()
    }
}

/// Public keys that came out of the chip.
#[derive(Clone, Default)]
pub struct Generated {
    chip_key: Option<EcPoint>,
    signer: Option<PublicKey>,
}

impl Generated {
    fn security_infos(&self, lacks: &[Feature]) -> SecurityInfos {
        let mut infos = offered(lacks);
        infos.extend(self.chip_key.clone().map(|key| {
            let info = ChipAuthenticationPublicKeyInfo::new(PublicKey::Ec(key), None).unwrap();
            SecurityInfo::ChipAuthenticationPublicKey(info)
        }));
        SecurityInfos::new(infos)
    }
}

fn personalised(state: LifeCycle, lacks: &[Feature]) -> (Vec<u8>, Generated) {
    let cells = Cells::new();
    let mut chip = manufactured_in(cells.clone(), data_sheet(lacks));
    let generated = personalise_to(&mut chip, state, lacks);
    (cells.octets().to_vec(), generated)
}

/// The whole way, or the first part of it.
pub fn personalise_to(chip: &mut Chip, state: LifeCycle, lacks: &[Feature]) -> Generated {
    let keys = KeyRing::of(SERIAL);
    let mut generated = Generated::default();
    if state == LifeCycle::Manufactured {
        return generated;
    }
    initialise(chip, &keys);
    if !lacks.contains(&Feature::ChipAuthentication) {
        generated.chip_key = Some(generate_chip_key(chip, &keys));
    }
    if !lacks.contains(&Feature::ActiveAuthentication) {
        generated.signer = Some(generate_signer(chip, &keys));
    }
    if state == LifeCycle::Initialised {
        return generated;
    }
    let files = files(&generated, lacks);
    let order = order(&files, lacks);
    let mut host = Host::open(&mut *chip, &keys.personalisation);
    assert_eq!(
        host.open_job(&order.octets(keys.personalisation.dek())),
        0x9000
    );
    if state == LifeCycle::Open {
        return generated;
    }
    for (file, content) in &files {
        host.write_all(*file, content);
    }
    assert_eq!(host.commit(&UUID).sw.0, 0x9000);
    if state == LifeCycle::Written {
        return generated;
    }
    let mut host = Host::open(&mut *chip, &keys.quality);
    assert_eq!(host.lock(&UUID, &order.manifest_hash()).sw.0, 0x9000);
    generated
}

pub fn initialise(chip: &mut Chip, keys: &KeyRing) {
    let mut host = Host::open(&mut *chip, &keys.transport);
    assert_eq!(host.put_key(&keys.quality, &keys.transport), 0x9000);
    assert_eq!(host.put_key(&keys.personalisation, &keys.transport), 0x9000);
}

fn generate_chip_key(chip: &mut Chip, keys: &KeyRing) -> EcPoint {
    let mut host = Host::open(&mut *chip, &keys.personalisation);
    let answer = host.generate(0xA6, &[0x80, 1, CHIP_CURVE.standardized_id()]);
    EcPoint::from_bytes(CHIP_CURVE, &public_key_part(&answer, 0x86)).unwrap()
}

fn generate_signer(chip: &mut Chip, keys: &KeyRing) -> PublicKey {
    let mut host = Host::open(&mut *chip, &keys.personalisation);
    let mut data = vec![0x81, 2, 0x08, 0x00];
    data.extend(tlv::encode(
        Tag::new(0x06),
        HashAlgorithm::Sha256.oid().as_bytes(),
    ));
    let answer = host.generate(0xA4, &data);
    let modulus = public_key_part(&answer, 0x81);
    let exponent = public_key_part(&answer, 0x82);
    PublicKey::Rsa(RsaPublicKey::from_parts(&modulus, &exponent).unwrap())
}

/// The key of an agreement in the object 7F49 of an answer: a public value of a group, or a point.
pub fn agreement_key(answer: &ResponseApdu, domain: AgreementDomain) -> AgreementKey {
    let tag = match domain {
        AgreementDomain::Dh(_) => 0x84,
        AgreementDomain::Ec(_) => 0x86,
    };
    AgreementKey::from_wire(domain, &public_key_part(answer, tag)).unwrap()
}

/// A part of the object 7F49 of an answer.
pub fn public_key_part(answer: &ResponseApdu, tag: u32) -> Vec<u8> {
    assert_eq!(answer.sw.0, 0x9000);
    let objects = tlv::read_all(&answer.data).unwrap();
    let key = tlv::find(&objects, Tag::new(0x7F49)).unwrap();
    let parts = key.children().unwrap();
    tlv::find(&parts, Tag::new(tag)).unwrap().value.to_vec()
}

/// A data object whose content differs from place to place and from seed to seed.
pub fn filled(tag: u32, len: usize, seed: u8) -> Vec<u8> {
    let content: Vec<u8> = (0..len)
        .map(|n| (n * 7 + n / 256).to_le_bytes()[0] ^ seed)
        .collect();
    tlv::encode(Tag::new(tag), &content)
}

/// Contents that a chip does not look into; lengths and first octets are those of real ones.
fn files(generated: &Generated, lacks: &[Feature]) -> Vec<(File, Vec<u8>)> {
    let com = test_support::unhex("60165F0104303130375F36063034303030305C046175636E");
    let mut files = vec![
        (File::CardAccess, SecurityInfos::new(offered(&[])).to_der()),
        (File::CardSecurity, filled(0x30, 500, 1)),
        (File::Dir, test_support::unhex("61094F07A0000002471001")),
        (File::Dg1, filled(0x61, 93, 2)),
        (File::Dg2, filled(0x75, 40_000, 3)),
        (File::Dg3, filled(0x63, 2_000, 4)),
        (File::Dg14, filled(0x6E, 386, 5)),
        (File::Dg15, filled(0x6F, 262, 6)),
        (File::Sod, filled(0x77, 1_850, 7)),
        (File::Com, com),
    ];
    files.retain(|(file, _)| match file {
        File::CardAccess => !lacks.contains(&Feature::Pace),
        File::Dg15 => generated.signer.is_some(),
        _ => true,
    });
    files
}

fn order(files: &[(File, Vec<u8>)], lacks: &[Feature]) -> JobOrder {
    let manifest = files
        .iter()
        .flat_map(|(file, content)| manifest_entry(*file, content, class(*file)))
        .collect();
    JobOrder {
        uuid: UUID,
        version: [1, 0],
        manifest,
        security_infos: SecurityInfos::new(offered(lacks)).to_der(),
        access: u8::from(!lacks.contains(&Feature::Bac)),
        mrz_seed: Some(mrz_seed()),
        can: Some(CAN.as_bytes().to_vec()),
        later: Vec::new(),
    }
}

fn class(file: File) -> u8 {
    match file {
        File::CardAccess | File::Dir => 0,
        File::CardSecurity => 1,
        File::Dg3 => 3,
        _ => 2,
    }
}

/// What the job asks the chip to offer.
pub fn offered(lacks: &[Feature]) -> Vec<SecurityInfo> {
    let mut infos = Vec::new();
    if !lacks.contains(&Feature::Pace) {
        for cipher in [Cipher::Aes128, Cipher::Aes256] {
            let protocol =
                PaceProtocol::new(PaceMapping::GenericMapping, KeyAgreement::Ecdh, cipher).unwrap();
            infos.push(SecurityInfo::Pace(PaceInfo::new(
                protocol,
                Curve::BrainpoolP256r1.standardized_id(),
            )));
        }
    }
    if !lacks.contains(&Feature::ChipAuthentication) {
        let protocol = ChipAuthenticationProtocol {
            agreement: KeyAgreement::Ecdh,
            cipher: Cipher::Aes128,
        };
        let info = ChipAuthenticationInfo::new(protocol, None);
        infos.push(SecurityInfo::ChipAuthentication(info));
    }
    infos
}
