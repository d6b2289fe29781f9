//! A card with everything of law 0101: every mapping, both kinds of agreement, PIN and PUK, terminal authentication.

use std::sync::OnceLock;

use applet_spec::memory::{Cells, NonVolatileMemory};
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::{AgreementDomain, AgreementKey, Cipher};
use iso7816::{Channel, CommandApdu, Ins, Le, ResponseApdu};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    KeyAgreement, PaceInfo, PaceMapping, PaceProtocol, SecurityInfo, TerminalAuthenticationInfo,
};
use lds::{Dg14, EfCom, File, FileContent, LdsVersion, SecurityInfos, UnicodeVersion};
use protocols::pace::terminal::{self, Established};
use protocols::secure_messaging::SecureChannel;
use protocols::terminal_authentication::Chat;
use protocols::{Password, PasswordKind, chip_authentication};

use crate::authorities::{State, TODAY, this_year};
use crate::host::{Host, JobOrder, Later, Wire, manifest_entry};
use crate::specimen::{
    CAN, KeyRing, SERIAL, UUID, agreement_key, filled, initialise, manufactured_in, mrz_seed, rng,
};

pub const PIN: &str = "475869";
pub const PUK: &str = "9182736450";
/// Start values of their counters.
pub const PIN_TRIES: u8 = 3;
pub const PUK_TRIES: u8 = 2;
/// ID_IC after BAC: the number of the MRZ behind [`mrz_seed`].
pub const DOCUMENT_NUMBER: &str = "X123456785";

/// Keys by id: for chip authentication a group of 1,024 bits and P-256; for chip authentication mapping alone brainpoolP256r1.
pub const GROUP_KEY: u8 = 1;
pub const CURVE_KEY: u8 = 12;
pub const MAPPING_KEY: u8 = 13;
const DOMAINS: [(u8, u8); 3] = [(GROUP_KEY, 0), (CURVE_KEY, 12), (MAPPING_KEY, 13)];

/// A card and what its owner knows.
pub struct FullCard {
    pub chip: Chip,
    /// The memory of the chip, seen from outside.
    pub cells: Cells,
    pub infos: SecurityInfos,
}

/// A card of the holder. It is personalised once and then copied.
pub fn full_card() -> FullCard {
    let cells = Cells::from_octets(made().octets.clone());
    full_card_in(cells.clone(), Box::new(cells))
}

/// The same in memory that may fail. `cells` must hold what [`octets`] gives.
pub fn full_card_in(cells: Cells, memory: Box<dyn NonVolatileMemory>) -> FullCard {
    let chip = Chip::load(memory, DataSheet::default(), Box::new(rng(2))).unwrap();
    let infos = made().infos.clone();
    FullCard { chip, cells, infos }
}

/// What the memory of the card holds.
pub fn octets() -> Vec<u8> {
    made().octets.clone()
}

struct Made {
    octets: Vec<u8>,
    infos: SecurityInfos,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let cells = Cells::new();
        let (mut chip, _) = with_keys(cells.clone(), DataSheet::default());
        let ring = KeyRing::of(SERIAL);
        let mut host = Host::open(&mut chip, &ring.personalisation);
        let job = order().octets(ring.personalisation.dek());
        assert_eq!(host.open_job(&job), 0x9000);
        for (file, content) in files() {
            host.write_all(file, &content);
        }
        assert_eq!(host.commit(&UUID).sw.0, 0x9000);
        let mut host = Host::open(&mut chip, &ring.quality);
        assert_eq!(host.lock(&UUID, &order().manifest_hash()).sw.0, 0x9000);
        assert_eq!(chip.memory().life_cycle(), LifeCycle::Operational);
        let octets = cells.octets().to_vec();
        Made {
            octets,
            infos: infos(),
        }
    })
}

/// A chip in state INITIALISED with its keys.
pub fn with_keys(cells: Cells, data_sheet: DataSheet) -> (Chip, Vec<AgreementKey>) {
    let ring = KeyRing::of(SERIAL);
    let mut chip = manufactured_in(cells, data_sheet);
    initialise(&mut chip, &ring);
    let mut host = Host::open(&mut chip, &ring.personalisation);
    let keys = DOMAINS.map(|(id, domain)| generate(&mut host, id, domain));
    (chip, keys.into())
}

fn generate(host: &mut Host<&mut Chip>, id: u8, domain: u8) -> AgreementKey {
    let answer = host.generate(0xA6, &[0x80, 1, domain, 0x84, 1, id]);
    agreement_key(
        &answer,
        AgreementDomain::from_standardized_id(domain).unwrap(),
    )
}

/// What the job asks the chip to offer.
pub fn offered() -> Vec<SecurityInfo> {
    use KeyAgreement::{Dh, Ecdh};
    use PaceMapping::{ChipAuthenticationMapping, GenericMapping, IntegratedMapping};
    let pace = [
        (GenericMapping, Ecdh, Cipher::Aes128, 12),
        (GenericMapping, Ecdh, Cipher::Aes128, 13),
        (IntegratedMapping, Ecdh, Cipher::Aes256, 12),
        (ChipAuthenticationMapping, Ecdh, Cipher::Aes128, MAPPING_KEY),
        (GenericMapping, Dh, Cipher::TripleDes, 0),
        (IntegratedMapping, Dh, Cipher::Aes128, 2),
    ];
    let chip = [
        (Ecdh, Cipher::TripleDes, CURVE_KEY),
        (Ecdh, Cipher::Aes128, CURVE_KEY),
        (Dh, Cipher::TripleDes, GROUP_KEY),
        (Dh, Cipher::Aes256, GROUP_KEY),
    ];
    let pace = pace.map(|(mapping, agreement, cipher, id)| {
        let protocol = PaceProtocol::new(mapping, agreement, cipher).unwrap();
        SecurityInfo::Pace(PaceInfo::new(protocol, id))
    });
    let chip = chip.map(|(agreement, cipher, id)| {
        let protocol = ChipAuthenticationProtocol { agreement, cipher };
        let info = ChipAuthenticationInfo::new(protocol, Some(id.into()));
        SecurityInfo::ChipAuthentication(info)
    });
    let terminal = SecurityInfo::TerminalAuthentication(TerminalAuthenticationInfo::new());
    pace.into_iter().chain(chip).chain([terminal]).collect()
}

/// Contents that a chip does not look into: what a terminal needs to know of the protocols is real, the rest is not.
pub fn files() -> Vec<(File, Vec<u8>)> {
    let security_infos = infos();
    let dg14 = Dg14 { security_infos };
    let data_groups = [File::Dg1, File::Dg2, File::Dg3, File::Dg4, File::Dg14];
    let com = EfCom::new(LdsVersion::v1_7(), UnicodeVersion::v4_0_0(), data_groups).unwrap();
    vec![
        (File::CardAccess, of_pace().to_der()),
        (File::CardSecurity, filled(0x30, 300, 11)),
        (File::Dir, test_support::unhex("61094F07A0000002471001")),
        (File::Dg1, filled(0x61, 93, 12)),
        (File::Dg2, filled(0x75, 400, 16)),
        (File::Dg3, filled(0x63, 200, 13)),
        (File::Dg4, filled(0x76, 150, 14)),
        (File::Dg14, dg14.to_bytes()),
        (File::Sod, filled(0x77, 250, 15)),
        (File::Com, com.to_bytes()),
    ]
}

/// What EF.CardAccess says.
fn of_pace() -> SecurityInfos {
    let pace = |info: &SecurityInfo| matches!(info, SecurityInfo::Pace(_));
    SecurityInfos::new(offered().into_iter().filter(pace))
}

/// Everything the card offers, with its public keys. A chip that draws from the same seed has the same keys.
fn infos() -> SecurityInfos {
    static KEYS: OnceLock<Vec<AgreementKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| with_keys(Cells::new(), DataSheet::default()).1);
    let keys = keys.iter().zip(DOMAINS).map(|(key, (id, _))| {
        let info = ChipAuthenticationPublicKeyInfo::of_agreement_key(key, Some(id.into()));
        SecurityInfo::ChipAuthenticationPublicKey(info.unwrap())
    });
    SecurityInfos::new(offered().into_iter().chain(keys))
}

/// The job of the card.
pub fn order() -> JobOrder {
    let class = |file| match file {
        File::CardAccess | File::Dir => 0,
        File::CardSecurity => 1,
        File::Dg3 => 3,
        File::Dg4 => 4,
        _ => 2,
    };
    let manifest = files()
        .iter()
        .flat_map(|(file, content)| manifest_entry(*file, content, class(*file)))
        .collect();
    let trust_point = State::new().cvca.self_signed(this_year()).to_bytes();
    JobOrder {
        uuid: UUID,
        version: [1, 1],
        manifest,
        security_infos: SecurityInfos::new(offered()).to_der(),
        access: 1,
        mrz_seed: Some(mrz_seed()),
        can: Some(CAN.as_bytes().to_vec()),
        later: vec![
            Later::UnderDek(0x87, PIN.as_bytes().to_vec()),
            Later::Plain(0x88, vec![PIN_TRIES]),
            Later::UnderDek(0x89, PUK.as_bytes().to_vec()),
            Later::Plain(0x8A, vec![PUK_TRIES]),
            Later::Plain(0x8B, TODAY.to_vec()),
            Later::Plain(0x8C, trust_point),
            Later::UnderDek(0x8D, DOCUMENT_NUMBER.as_bytes().to_vec()),
        ],
    }
}

pub fn password(kind: PasswordKind) -> Password {
    match kind {
        PasswordKind::Mrz => Password::mrz_digest(&mrz_seed()),
        PasswordKind::Can => Password::can(CAN),
        PasswordKind::Pin => Password::pin(PIN),
        PasswordKind::Puk => Password::puk(PUK),
        other => panic!("{other}"),
    }
    .unwrap()
    .spending_the_last_try()
}

/// A line to the chip that takes what it offers.
pub fn wire(chip: &mut Chip) -> Wire<&mut Chip> {
    let limits = DataSheet::default().limits();
    Wire { chip, limits }
}

/// The first PACEInfo of this mapping and agreement.
pub fn pace_info(infos: &SecurityInfos, mapping: PaceMapping, agreement: KeyAgreement) -> PaceInfo {
    *infos
        .pace()
        .find(|info| (info.protocol.mapping(), info.protocol.agreement()) == (mapping, agreement))
        .unwrap()
}

/// PACE from the beginning.
pub fn establish<C: Channel>(
    line: &mut C,
    info: &PaceInfo,
    password: &Password,
    chat: Option<&Chat>,
) -> protocols::Result<Established> {
    terminal::establish(line, info, password, chat, &mut rng(6))
}

/// A session of PACE with ID_IC.
pub struct Session<'a> {
    pub line: SecureChannel<Wire<&'a mut Chip>>,
    pub id_ic: Vec<u8>,
}

/// A session of generic mapping with one of the card's passwords.
pub fn open(card: &mut FullCard, kind: PasswordKind) -> Session<'_> {
    let info = pace_info(&card.infos, PaceMapping::GenericMapping, KeyAgreement::Ecdh);
    let mut line = wire(&mut card.chip);
    let established = establish(&mut line, &info, &password(kind), None).unwrap();
    let id_ic = established.id_ic();
    Session {
        line: SecureChannel::new(line, established.keys),
        id_ic,
    }
}

/// Chip authentication with a key of the card. Gives Comp(PK_IFD).
pub fn authenticate_chip<C: Channel>(
    line: &mut SecureChannel<C>,
    infos: &SecurityInfos,
    key_id: u8,
    cipher: Cipher,
) -> Vec<u8> {
    let wanted = |info: &SecurityInfo| match info {
        SecurityInfo::ChipAuthentication(info) => {
            info.key_id == Some(key_id.into()) && info.protocol.cipher == cipher
        }
        SecurityInfo::ChipAuthenticationPublicKey(info) => info.key_id == Some(key_id.into()),
        _ => false,
    };
    let infos = SecurityInfos::new(infos.iter().filter(|info| wanted(info)).cloned());
    let selection = chip_authentication::Selection::strongest(&infos)
        .unwrap()
        .unwrap();
    let agreed = chip_authentication::terminal::agree(line, &selection, &mut rng(5)).unwrap();
    let terminal_key = agreed.own_key.compressed();
    line.rekey(agreed.keys);
    terminal_key
}

pub fn select_application<C: Channel>(line: &mut C) {
    let select = CommandApdu::new(0, Ins::SELECT, 4, 0x0C).with_data(lds::APPLICATION_AID);
    assert_eq!(line.transmit(&select).unwrap().sw.0, 0x9000);
}

/// READ BINARY by short identifier in the current DF.
pub fn read<C: Channel>(line: &mut C, file: File) -> ResponseApdu {
    let command =
        CommandApdu::new(0, Ins::READ_BINARY, 0x80 | file.sfi().get(), 0).with_le(Le::SHORT_MAX);
    line.transmit(&command).unwrap()
}
