//! Good objects to begin with: `fixtures/pki`, `test-vectors/pki`, and what we issue ourselves.

use fingerprints::minutiae::{Kind, Minutia, Minutiae};
use fingerprints::template::{self, Template};
use pki::{MasterList, SecurityObject};
use serde_json::Value;
use wsq_image::{Options, Picture};

mod biometric;

use crate::hostile::small;
use crate::world::WORLD;

/// The good objects for a target.
///
/// # Panics
/// There is no such target, or a file of the repository is gone.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let objects = match target {
        "certificate" => certificates(),
        "cms" => security_objects()
            .iter()
            .filter_map(|object| inside(object))
            .collect(),
        "security_object" => security_objects(),
        "crl" => vec![WORLD.crl.clone(), small::crl()],
        "master_list" => vec![
            WORLD.master_list.clone(),
            small::master_list(),
            small::full_list(),
            bare_list(),
        ],
        "deviation_list" => vec![WORLD.deviation_list.clone(), small::deviation_list()],
        "ldif" => vec![ldif(), changes()],
        "lint" => every_object(),
        "trust_file" => trust_files(),
        "packet" => crate::targets::packet_seeds(),
        "audit_log" => crate::targets::audit_log_seeds(),
        "status_list" => crate::targets::status_list_seeds(),
        "template" => templates(),
        "wsq" => fingerprints(),
        "iso19794" => biometric::iso19794(),
        "iso39794" => biometric::iso39794(),
        "jp2" => biometric::jp2(),
        "tlv" => whole_files(),
        "apdu" => commands(),
        "lds_file" => crate::targets::lds_file_seeds(),
        "security_infos" => security_infos(),
        "cvc" => crate::targets::cvc_seeds(),
        "secure_messaging" => crate::targets::secure_messaging_seeds(),
        "chip_session" => crate::targets::chip_session_seeds(),
        "terminal" => crate::targets::terminal_seeds(),
        other => panic!("no seeds for {other}"),
    };
    assert!(!objects.is_empty(), "no seeds for {target}");
    objects
}

fn given(field: &str) -> Vec<Vec<u8>> {
    let vectors = test_support::vectors("pki");
    let read = |path| -> Value { test_support::read_json(path) };
    let found = vectors
        .iter()
        .map(|(_, path)| read(path)["given"][field].clone());
    found
        .filter(Value::is_string)
        .map(|value| test_support::hex(&value))
        .collect()
}

fn security_objects() -> Vec<Vec<u8>> {
    let mut found = vec![WORLD.document.security_object.clone()];
    found.extend(given("security_object"));
    found
}

fn csca_certificates() -> Vec<Vec<u8>> {
    let mut found = vec![WORLD.csca.as_der().to_vec()];
    found.extend(given("csca"));
    let issuers = ["uto-passport", "vn-cccd-2021"];
    found.extend(issuers.map(|issuer| {
        test_support::read(&test_support::fixture(&format!("pki/{issuer}/csca.der")))
    }));
    found
}

fn certificates() -> Vec<Vec<u8>> {
    let mut found = csca_certificates();
    found.extend(WORLD.certificates.iter().cloned());
    for object in security_objects() {
        let Ok(object) = SecurityObject::parse(&object) else {
            continue;
        };
        let signers = object.signed_data().certificates().iter();
        found.extend(signers.map(|signer| signer.as_der().to_vec()));
    }
    found
}

/// What EF.SOD is around.
fn inside(security_object: &[u8]) -> Option<Vec<u8>> {
    let start = security_object
        .windows(2)
        .take(6)
        .skip(2)
        .position(|pair| pair[0] == 0x30)?;
    security_object.get(start + 2..).map(<[u8]>::to_vec)
}

fn trust_files() -> Vec<Vec<u8>> {
    let mut found = csca_certificates();
    let two: Vec<&[u8]> = found.iter().take(2).map(Vec::as_slice).collect();
    let text = two.iter().map(|der| pem(der)).collect::<String>();
    found.push(format!("subject=TEST\r\n{text}").into_bytes());
    found.extend([&WORLD.crl, &WORLD.master_list, &WORLD.deviation_list].map(Vec::clone));
    found.extend(WORLD.certificates.iter().cloned());
    found.push(ldif());
    found
}

fn pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        base64(der)
    )
}

/// Base64 in one line.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The content of the master list, without its signature.
fn bare_list() -> Vec<u8> {
    let list = MasterList::parse(&WORLD.master_list).unwrap();
    list.signed_data().unwrap().content().to_vec()
}

/// Records as the PKD has them, lines folded.
fn ldif() -> Vec<u8> {
    let values = [
        ("userCertificate;binary", WORLD.certificates[2].as_slice()),
        ("cACertificate;binary", WORLD.certificates[1].as_slice()),
        ("certificateRevocationList;binary", WORLD.crl.as_slice()),
        ("CscaMasterListData", WORLD.master_list.as_slice()),
    ];
    let record = |(number, (name, value)): (usize, (&str, &[u8]))| {
        let mut text = String::new();
        for (at, letter) in format!("{name}:: {}", base64(value)).chars().enumerate() {
            if at > 0 && at % 76 == 0 {
                text.push_str("\n ");
            }
            text.push(letter);
        }
        format!("dn: cn={number},o=test,c=UT,dc=data,dc=download\nobjectClass: top\n{text}\n\n")
    };
    let records = values
        .into_iter()
        .enumerate()
        .map(record)
        .collect::<String>();
    format!("# TEST\nversion: 1\n\n{records}").into_bytes()
}

fn changes() -> Vec<u8> {
    let crl = base64(&WORLD.crl);
    format!("dn: c=UT\r\nchangetype: modify\r\nreplace: certificateRevocationList\r\ncertificateRevocationList;binary:: {crl}\r\n-\r\ndelete: x\r\nx: 1\r\n-\r\n\r\ndn:: Yz1VVA==\r\nchangetype: delete\r\n\r\n").into_bytes()
}

/// Stripes of some sizes and rates, the smallest without a subband.
fn fingerprints() -> Vec<Vec<u8>> {
    let drawn = |(width, height, bit_rate): (u16, u16, f32)| {
        let stripes =
            (0..u32::from(width) * u32::from(height)).map(|place| (place * 37 % 256) as u8);
        let pixels: Vec<u8> = stripes.collect();
        let picture = Picture::new(&pixels, width, height).unwrap();
        let options = Options {
            bit_rate,
            ppi: Some(500),
            ..Options::default()
        };
        wsq_image::encode(&picture, &options).unwrap()
    };
    let kinds = [
        (1, 1, 0.75),
        (17, 9, 0.75),
        (40, 33, 0.75),
        (33, 40, 2.25),
        (64, 65, 4.0),
    ];
    kinds.map(drawn).to_vec()
}

/// Records of no, of some and of as many minutiae as a view holds.
fn templates() -> Vec<Vec<u8>> {
    let record = |count: u16| {
        let minutia = |number: u16| Minutia {
            x: f32::from(number * 37 % 400),
            y: f32::from(number * 53 % 500),
            angle: f32::from(number % 6),
            kind: [Kind::Ending, Kind::Bifurcation, Kind::Other][usize::from(number % 3)],
            quality: (number % 101) as u8,
        };
        let minutiae = Minutiae {
            width: 400,
            height: 500,
            ppi: 500,
            area: 0,
            points: (0..count).map(minutia).collect(),
        };
        template::write(&Template::of(&minutiae, 2, 60).unwrap()).unwrap()
    };
    [0, 1, 30, 255].map(record).to_vec()
}

/// The files of `test-vectors/lds`.
fn whole_files() -> Vec<Vec<u8>> {
    let files = crate::targets::lds_file_seeds();
    files.iter().map(|file| file[1..].to_vec()).collect()
}

/// Commands of every form (ISO 7816-4 §5.1), and an answer.
fn commands() -> Vec<Vec<u8>> {
    let texts = [
        "00A40000",
        "00B09E0008",
        "00A4040C07A0000002471001",
        "0084000008",
        "8082000003010203",
        "00B000000001F4",
        "00B1000000000454020100",
        "00B10000000004540201000000",
        "0CB09E000D9701048E08ED6705417E96BA5500",
        "6F8407A0000002471001A5009000",
    ];
    texts
        .map(|text| hex::decode(text).unwrap_or_default())
        .to_vec()
}

/// The SecurityInfos of `test-vectors/lds`, out of EF.CardAccess and EF.DG14 too.
fn security_infos() -> Vec<Vec<u8>> {
    let files = whole_files();
    let bare = files.iter().filter(|file| file[0] == 0x31).cloned();
    let inside = files.iter().filter(|file| file[0] == 0x6E);
    bare.chain(inside.map(|file| file[4..].to_vec())).collect()
}

/// One of each kind.
fn every_object() -> Vec<Vec<u8>> {
    let mut found = certificates();
    found.extend(security_objects());
    found.extend([&WORLD.crl, &WORLD.master_list, &WORLD.deviation_list].map(Vec::clone));
    found
}
