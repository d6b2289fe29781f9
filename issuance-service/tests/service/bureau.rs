//! A bureau for one test: the folder of a PKI, records of specimen people, prepared chips.

use std::fs;
use std::path::{Path, PathBuf};

use biometrics::image::{Colour, Image, encode_jpeg, encode_png};
use crypto::{
    AgreementGenerator, AgreementKeyPair, Curve, EcParameters, HashAlgorithm, PrivateKey,
    SignatureAlgorithm,
};
use enrolment::profile::ProfileData;
use enrolment::profiles;
use perso::PreparedChip;
use perso::applet::{ChipKey, ChipPublicKey, KeyRequest, LawVersion, Receipt};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{SoftwareSigner, Validity};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

/// How CSCA and test signer sign.
pub const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
const YEAR: Duration = Duration::days(365);

/// A folder with everything that a service needs.
pub struct Bureau {
    root: PathBuf,
    /// The document that it issues.
    profile: &'static ProfileData,
    /// When it was opened.
    pub now: OffsetDateTime,
    /// Removes the folder when the test ends.
    _guard: Option<TempDir>,
}

impl Bureau {
    /// A bureau that issues passports of Utopia from now on.
    pub fn new() -> Self {
        Self::of("uto-passport", OffsetDateTime::now_utc())
    }

    /// A bureau that issues documents of a profile from a moment on.
    pub fn of(profile: &str, now: OffsetDateTime) -> Self {
        let guard = tempfile::tempdir().unwrap();
        let mut bureau = Self::at(guard.path().to_owned());
        bureau.profile = profiles::by_id(profile).unwrap().data();
        bureau.now = now.replace_nanosecond(0).unwrap();
        bureau._guard = Some(guard);
        bureau.make_pki();
        bureau
    }

    /// The passport bureau that another process has made.
    pub fn at(root: PathBuf) -> Self {
        Self {
            root,
            profile: profiles::by_id("uto-passport").unwrap().data(),
            now: OffsetDateTime::now_utc(),
            _guard: None,
        }
    }

    /// A path in the bureau.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The record of a passport with this number; written when it is asked for first.
    pub fn record(&self, number: &str) -> PathBuf {
        let folder = self.path(&format!("record-{number}"));
        if folder.exists() {
            return folder;
        }
        fs::create_dir(&folder).unwrap();
        let issue = self.now.date();
        let expiry = issue + YEAR * 9;
        let text = format!(
            "profile = \"uto-passport\"\nportrait = \"portrait.jpg\"\n[fields]\nsurname = \"Specimen\"\n\
             given_names = \"Test\"\ndate_of_birth = \"1990-01-01\"\nsex = \"female\"\nnationality = \"UTO\"\n\
             place_of_birth = \"Exampleton, UTO\"\ndocument_number = \"{number}\"\ndate_of_issue = \"{issue}\"\n\
             date_of_expiry = \"{expiry}\"\nissuing_authority = \"Department of Specimens\"\n\
             [[fingers]]\nposition = \"right-index\"\nimage = \"right-index.png\"\n\
             [[fingers]]\nposition = \"left-index\"\nmissing = \"bandaged\"\n"
        );
        fs::write(folder.join("record.toml"), text).unwrap();
        fs::write(folder.join("portrait.jpg"), portrait()).unwrap();
        fs::write(folder.join("right-index.png"), print()).unwrap();
        folder
    }

    /// The file of a chip, whose serial number and keys follow from two numbers; written when it is asked for first.
    pub fn chip(&self, serial: u16, keys: u64) -> PathBuf {
        let path = self.path(&format!("chip-{serial}-{keys}.json"));
        if path.exists() {
            return path;
        }
        let [high, low] = serial.to_be_bytes();
        let mut octets = [low; 16];
        octets[0] ^= high;
        let mut rng = StdRng::seed_from_u64(keys);
        let requests = perso::key_requests(&self.profile.chip).unwrap();
        let key = |(counter, request)| ChipKey {
            request,
            public: generate(request, &mut rng),
            receipt: Receipt {
                counter,
                mac: [low; 16],
            },
        };
        let chip = PreparedChip {
            serial: octets.to_vec(),
            law: LawVersion::V0101,
            keys: (1..).zip(requests).map(key).collect(),
        };
        fs::write(&path, perso::chip_file::write(&chip).unwrap()).unwrap();
        path
    }

    /// The folder that `card-tool pki init` makes.
    fn make_pki(&self) {
        let folder = self.path("pki");
        fs::create_dir(&folder).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let mut key = || PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
        let (csca_key, signer_key) = (key(), key());
        fs::write(
            folder.join("csca.key"),
            csca_key.to_pkcs8().unwrap().expose(),
        )
        .unwrap();
        let csca = SoftwareSigner::new(csca_key, ALGORITHM, Box::new(StdRng::from_rng(&mut rng)));
        let csca = csca.unwrap();
        let certificate = CscaProfile {
            authority: self.authority(),
            common_name: "TEST CSCA".into(),
            validity: self.starting_now(YEAR * 31),
            private_key_usage: self.starting_now(YEAR * 5),
            crl_distribution_points: vec!["https://pki.example/csca.crl".into()],
            ec_parameters: EcParameters::Explicit,
        };
        let certificate = certificate.issue(&csca, &mut rng).unwrap();
        let issuer = Issuer::new(&certificate, &csca).unwrap();
        let signer = self
            .document_signer("TEST Document Signer")
            .issue(&signer_key.public(), &issuer, &mut rng)
            .unwrap();
        let write = |name: &str, content: &[u8]| fs::write(folder.join(name), content).unwrap();
        write("csca.der", &certificate);
        write("document-signer.der", &signer);
        write(
            "document-signer.key",
            signer_key.to_pkcs8().unwrap().expose(),
        );
        write("pki.toml", b"algorithm = \"ecdsa-p256\"\n");
    }

    /// What a document signer's certificate says.
    pub fn document_signer(&self, common_name: &str) -> DocumentSignerProfile {
        DocumentSignerProfile {
            authority: self.authority(),
            common_name: common_name.into(),
            validity: self.starting_now(YEAR * 25 + YEAR / 4),
            private_key_usage: self.starting_now(YEAR / 4),
            document_types: vec![self.profile.document_code.into()],
            crl_distribution_points: vec!["https://pki.example/csca.crl".into()],
            ec_parameters: EcParameters::Explicit,
        }
    }

    fn authority(&self) -> Authority {
        let contact = Contact::Uri("https://pki.example/".into());
        let country = CountryCode::new(self.profile.country).unwrap();
        Authority::new(country, self.profile.issuing_state, contact).unwrap()
    }

    fn starting_now(&self, length: Duration) -> Validity {
        Validity {
            not_before: self.now,
            not_after: self.now + length,
        }
    }
}

/// What a chip does when it is asked for a key.
pub fn generate(request: KeyRequest, rng: &mut StdRng) -> ChipPublicKey {
    let signing = match request {
        KeyRequest::ChipAuthentication { domain, .. } => {
            let generator = AgreementGenerator::standard(domain);
            let pair = AgreementKeyPair::generate(&generator, rng).unwrap();
            return ChipPublicKey::Agrees(pair.public());
        }
        KeyRequest::ActiveAuthenticationEc { curve, .. } => PrivateKey::generate_ec(curve, rng),
        KeyRequest::ActiveAuthenticationRsa { bits, .. } => {
            PrivateKey::generate_rsa(bits.into(), rng)
        }
    };
    ChipPublicKey::Signs(signing.unwrap().public())
}

/// Reads a whole file.
pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A picture of the least size that the profile takes, without a face.
fn portrait() -> Vec<u8> {
    let image = Image::new(Colour::Rgb8, 300, 400, vec![180; 300 * 400 * 3]);
    encode_jpeg(&image.unwrap(), 60).unwrap()
}

/// A grey picture of a resolution, without ridges.
fn print() -> Vec<u8> {
    let image = Image::new(Colour::Grey8, 300, 400, vec![90; 300 * 400]);
    encode_png(&image.unwrap().with_ppi(500)).unwrap()
}
