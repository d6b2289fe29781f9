//! The `openssl` command judges the multiplicative groups, for two of which there is no worked example. A missing `openssl` is a
//! failure, not a skip.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::path::Path;
use std::process::Command;

use crypto::{AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, DhGroup};
use rand::{SeedableRng, rngs::StdRng};

/// What openssl has printed, when it was content.
fn openssl(folder: &Path, arguments: &str) -> Option<Vec<u8>> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs the openssl command (Debian: openssl): {error}")
        });
    output.status.success().then_some(output.stdout)
}

/// The private number of a PrivateKeyInfo: an INTEGER at its end, in an OCTET STRING of fewer than 128 octets.
fn private_number(der: &[u8], group: DhGroup) -> Vec<u8> {
    let starts = |at: &usize| {
        let rest = der.len() - at;
        der[*at] == 0x04
            && usize::from(der[at + 1]) == rest - 2
            && der[at + 2] == 0x02
            && usize::from(der[at + 3]) == rest - 4
    };
    let longest = group.order_len() + 5;
    let at = (der.len() - longest..der.len() - 4).find(starts).unwrap();
    der[at + 4..].to_vec()
}

#[test]
fn the_groups_are_those_of_openssl() {
    for (number, group) in (1..).zip(DhGroup::ALL) {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &str| openssl(folder.path(), arguments).unwrap();
        let draw = |name: &str| {
            run(&format!(
                "genpkey -algorithm DHX -pkeyopt dh_rfc5114:{number} -out {name}.pem"
            ));
            run(&format!("pkey -in {name}.pem -pubout -out {name}.pub"));
            let public = run(&format!("pkey -in {name}.pem -pubout -outform DER"));
            let private = run(&format!("pkey -in {name}.pem -outform DER"));
            (
                AgreementKey::from_spki(&public).unwrap(),
                private_number(&private, group),
            )
        };
        let [(a, _), (b, secret)] = ["a", "b"].map(draw);
        assert_eq!(a.domain(), AgreementDomain::Dh(group));
        let standard = AgreementGenerator::standard(AgreementDomain::Dh(group));
        let ours = AgreementKeyPair::from_secret(&standard, &secret).unwrap();
        assert_eq!(ours.public(), b, "{}", group.name());
        let theirs = run("pkeyutl -derive -inkey a.pem -peerkey b.pub -pkeyopt pad:1");
        assert_eq!(ours.agree(&a).unwrap().secret(), theirs, "{}", group.name());
    }
}

#[test]
fn what_we_write_is_a_key_to_openssl() {
    let mut rng = StdRng::seed_from_u64(9303);
    for group in DhGroup::ALL {
        let folder = tempfile::tempdir().unwrap();
        let standard = AgreementGenerator::standard(AgreementDomain::Dh(group));
        let key = AgreementKeyPair::generate(&standard, &mut rng)
            .unwrap()
            .public();
        let write = |der: &[u8]| std::fs::write(folder.path().join("key.der"), der).unwrap();
        let read = || {
            openssl(
                folder.path(),
                "pkey -pubin -inform DER -in key.der -text -noout",
            )
        };
        let der = key.to_spki().unwrap();
        write(&der);
        let text = String::from_utf8(read().unwrap()).unwrap();
        let bits = format!("DH Public-Key: ({} bit)", 8 * group.value_len());
        assert!(text.starts_with(&bits), "{text}");
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        assert!(digits.contains(&hex::encode(key.wire())), "{text}");
        write(&der[..der.len() - 1]);
        assert!(read().is_none(), "openssl reads anything");
    }
}
