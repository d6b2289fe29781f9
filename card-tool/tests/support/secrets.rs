//! Known secrets, searched for in every form in which they could leak.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

/// A secret and what to call it when it was found.
#[derive(Default)]
pub struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    /// Adds one.
    pub fn add(&mut self, name: &str, octets: &[u8]) {
        assert!(octets.len() >= 6, "{name} is too short to be looked for");
        self.0.push((name.to_owned(), octets.to_vec()));
    }

    /// The master keys and the private keys of an issuer's folder.
    pub fn add_folder(&mut self, folder: &Path) {
        let mut keys = 0;
        for (path, content) in super::tree(folder) {
            if path.extension().is_none_or(|extension| extension != "key") {
                continue;
            }
            let name = path.display().to_string();
            keys += 1;
            match hex::decode(&content) {
                Ok(key) => self.add(&name, &key),
                Err(_) => self.add(&name, private_part(&content)),
            }
        }
        assert!(keys > 0, "no key in {}", folder.display());
    }

    /// The secrets in the memory of a chip.
    pub fn add_chip(&mut self, file: &Path) {
        let content = std::fs::read(file).unwrap();
        let memory = serde_json::Deserializer::from_slice(&content).into_iter::<Value>();
        let mut keys = 0;
        for writes in memory {
            let writes = writes.unwrap();
            for write in writes.as_array().unwrap_or(&vec![writes.clone()]) {
                if let Some(key) = write["pkcs8"].as_str() {
                    keys += 1;
                    let key = BASE64.decode(key).unwrap();
                    self.add("private key of the chip", private_part(&key));
                }
                if let Some(seed) = write["mrz_seed"].as_str() {
                    self.add("seed of the MRZ password", &BASE64.decode(seed).unwrap());
                }
            }
        }
        assert!(keys > 0, "no key in {}", file.display());
    }

    /// The CAN, and what BAC and PACE make of the machine readable zone, which are secrets of an inspection.
    pub fn add_passwords(&mut self, can: &str, zone: &str) {
        self.add("CAN", can.trim().as_bytes());
        let (mrz, findings) = mrz::Mrz::parse(zone.trim()).unwrap();
        assert!(findings.is_empty());
        self.add("MRZ password", mrz.information().as_bytes());
    }

    /// Fails when one of them stands in the text.
    #[track_caller]
    pub fn must_not_be_in(&self, what: &str, text: &[u8]) {
        assert!(!self.0.is_empty() && !text.is_empty(), "{what}");
        let found = self.found_in(text);
        assert!(found.is_empty(), "{what} holds {found:?}");
    }

    /// The names of those that stand in the text.
    pub fn found_in(&self, text: &[u8]) -> Vec<&str> {
        let text = String::from_utf8_lossy(text);
        self.0
            .iter()
            .filter(|(_, secret)| forms(secret).iter().any(|form| stands_in(&text, form)))
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

/// As it is, in hexadecimal of both cases, with spaces, as Rust shows it, and in base64 wherever it begins.
fn forms(secret: &[u8]) -> Vec<String> {
    let spaced = secret.iter().map(|octet| format!("{octet:02X}"));
    let mut forms = vec![
        hex::encode(secret),
        hex::encode_upper(secret),
        spaced.collect::<Vec<_>>().join(" "),
        format!("{secret:?}"),
    ];
    // Three octets are four characters; a few characters alone would be found by chance.
    let parts = (0..3).filter_map(|skipped| secret.get(skipped..));
    let parts = parts.map(|part| &part[..part.len() / 3 * 3]);
    forms.extend(
        parts
            .filter(|part| part.len() >= 6)
            .map(|part| BASE64.encode(part)),
    );
    forms.extend(String::from_utf8(secret.to_vec()).ok());
    forms
}

/// Six digits may be a part of any longer number, so a number counts only by itself.
fn stands_in(text: &str, form: &str) -> bool {
    let numeric = form.bytes().all(|octet| octet.is_ascii_digit()) && form.len() < 12;
    text.match_indices(form).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + form.len()..].chars().next();
        let joined = |c: char| c.is_ascii_alphanumeric() || "./+=".contains(c);
        !numeric || (!before.is_some_and(joined) && !after.is_some_and(joined))
    })
}

/// The octets of a private key that are not public: an elliptic curve's number, or the last of RSA's.
fn private_part(pkcs8: &[u8]) -> &[u8] {
    const EC_PRIVATE_KEY: [u8; 4] = [2, 1, 1, 4];
    let at = pkcs8
        .windows(EC_PRIVATE_KEY.len())
        .position(|window| window == EC_PRIVATE_KEY);
    match at {
        Some(at) => {
            let (length, rest) = pkcs8[at + EC_PRIVATE_KEY.len()..].split_first().unwrap();
            &rest[..usize::from(*length)]
        }
        None => &pkcs8[pkcs8.len() - 64..],
    }
}
