//! The issuing authority as certificates name it.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5String, PrintableString, PrintableStringRef, SetOfVec, Utf8StringRef};
use der::{Decode, Encode};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use crate::issuing_state;
use crate::{Error, Result, oids};

/// Longest commonName (RFC 5280 Appendix A, ub-common-name).
const MAX_COMMON_NAME: usize = 64;
/// Letters of the code of a state or organization (Doc 9303-3 §5).
const ORGANIZATION_CODE_LEN: usize = 3;

/// Country and issuing state of an authority, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    country: CountryCode,
    issuing_state: String,
    organization_code: Option<String>,
    contact: Contact,
}

/// Two upper-case letters: countryName (Doc 9303-12 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryCode([u8; 2]);

/// Where the authority can be reached: the contact in the alternative names (Doc 9303-12 §7.1.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// A mail address.
    Mail(String),
    /// A host name.
    DnsName(String),
    /// An address in the web.
    Uri(String),
}

impl CountryCode {
    /// A code from its text.
    ///
    /// # Errors
    /// [`Error::Misuse`] when it is not two letters of A to Z.
    pub fn new(code: &str) -> Result<Self> {
        let letters: [u8; 2] = code
            .as_bytes()
            .try_into()
            .map_err(|_| Error::Misuse("a country code has two letters"))?;
        if letters.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(letters))
        } else {
            Err(Error::Misuse("a country code is written in upper case"))
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Authority {
    /// The authority of an issuing state: its two-letter country, its code as in the machine readable zone, a contact.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the two codes are not those of one state, or the contact is empty.
    pub fn new(country: CountryCode, issuing_state: &str, contact: Contact) -> Result<Self> {
        if issuing_state::matches(issuing_state, country.as_str()) != Some(true) {
            return Err(Error::Misuse(
                "country and issuing state are codes of one state",
            ));
        }
        let (Contact::Mail(text) | Contact::DnsName(text) | Contact::Uri(text)) = &contact;
        if text.is_empty() {
            return Err(Error::Misuse("a contact is mandatory"));
        }
        Ok(Self {
            country,
            issuing_state: issuing_state.trim_end_matches('<').to_owned(),
            organization_code: None,
            contact,
        })
    }

    /// The same authority with the three-letter code of its state or organization, for those that share the code of the
    /// machine readable zone with another one (Doc 9303-12 §7.1.1.2).
    ///
    /// # Errors
    /// [`Error::Misuse`] when it is not three letters of A to Z.
    pub fn with_organization_code(mut self, code: &str) -> Result<Self> {
        let letters = code.bytes().all(|letter| letter.is_ascii_uppercase());
        if code.len() != ORGANIZATION_CODE_LEN || !letters {
            return Err(Error::Misuse(
                "the code of a state or organization is three letters of A to Z",
            ));
        }
        self.organization_code = Some(code.to_owned());
        Ok(self)
    }

    /// The country.
    #[must_use]
    pub const fn country(&self) -> CountryCode {
        self.country
    }

    /// `C`, `CN`: all that Doc 9303-12 §7.1 asks for.
    pub(super) fn name(&self, common_name: &str) -> Result<Name> {
        let length = common_name.chars().count();
        if !(1..=MAX_COMMON_NAME).contains(&length) {
            return Err(Error::Misuse("a common name has 1 to 64 characters"));
        }
        country_and_common_name(self.country, common_name)
    }

    /// SubjectAltName of the authority's certificates: the contact, and a directory name whose locality is the code of
    /// the machine readable zone (Doc 9303-12 §7.1.1.2).
    pub(super) fn alternative_names(&self) -> Result<GeneralNames> {
        let contact = match &self.contact {
            Contact::Mail(address) => GeneralName::Rfc822Name(Ia5String::new(address)?),
            Contact::DnsName(host) => GeneralName::DnsName(Ia5String::new(host)?),
            Contact::Uri(uri) => GeneralName::UniformResourceIdentifier(Ia5String::new(uri)?),
        };
        let mut attributes = vec![(oids::LOCALITY_NAME, self.issuing_state.as_str())];
        if let Some(code) = &self.organization_code {
            attributes.push((oids::STATE_OR_PROVINCE_NAME, code));
        }
        Ok(vec![
            contact,
            GeneralName::DirectoryName(name(&attributes)?),
        ])
    }
}

/// `C`, `CN` of a signer whose certificate names nothing else.
pub(super) fn country_and_common_name(country: CountryCode, common_name: &str) -> Result<Name> {
    name(&[
        (oids::COUNTRY_NAME, country.as_str()),
        (oids::COMMON_NAME, common_name),
    ])
}

/// A name of one attribute in each relative name: PrintableString where the text allows it, else UTF8String.
fn name(attributes: &[(ObjectIdentifier, &str)]) -> Result<Name> {
    let mut sequence = RdnSequence::default();
    for (oid, text) in attributes {
        let value = match PrintableString::new(text) {
            Ok(_) => Any::from(PrintableStringRef::new(text)?),
            Err(_) => Any::from(Utf8StringRef::new(text)?),
        };
        let attribute = AttributeTypeAndValue { oid: *oid, value };
        sequence.push(RelativeDistinguishedName::from(SetOfVec::try_from(vec![
            attribute,
        ])?));
    }
    Ok(Name::from_der(&sequence.to_der()?)?)
}
