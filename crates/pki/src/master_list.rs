//! CSCA master lists (Doc 9303-12 §9): the CSCA certificates that one state holds to be genuine, signed by it.

use iso7816::tlv;
use time::OffsetDateTime;

use crate::ber::{Cursor, Element, Tag};
use crate::certificate::Certificate;
use crate::cms::SignedData;
use crate::deviation::{Deviation, DeviationKind, Deviations, record_first};
use crate::list_signer::ListSigner;
use crate::profile::ListRole;
use crate::trust_store::is_csca;
use crate::{Error, Result, oids};

/// Longest master list that is read; the longest of the field have about 1 MB.
pub const MAX_MASTER_LIST_LEN: usize = 16 * 1024 * 1024;
/// Most certificates of one list, readable or not.
pub const MAX_LIST_CERTIFICATES: usize = 10_000;
/// The only version (Doc 9303-12 §9.2).
const VERSION: u8 = 0;

const INTEGER: tlv::Tag = tlv::Tag::new(0x02);
const SEQUENCE: tlv::Tag = tlv::Tag::new(0x30);
const SET: tlv::Tag = tlv::Tag::new(0x31);

/// Signs a master list: the CMS object of Doc 9303-12 §9 in DER. A certificate given twice stands in the list once.
///
/// # Errors
/// [`Error::Misuse`] for an empty list, a certificate that is not a CSCA's, or a signer of deviation lists;
/// [`Error::NotPermitted`] when the signer may not sign now; whatever the key answers.
pub fn sign(
    certificates: &[Certificate],
    signer: &ListSigner,
    now: OffsetDateTime,
) -> Result<Vec<u8>> {
    if !certificates.iter().all(is_csca) {
        return Err(Error::Misuse("a master list holds CSCA certificates"));
    }
    let mut set: Vec<&[u8]> = certificates.iter().map(Certificate::as_der).collect();
    set.sort_unstable();
    set.dedup();
    if !(1..=MAX_LIST_CERTIFICATES).contains(&set.len()) {
        return Err(Error::Misuse(
            "a master list holds 1 to 10,000 certificates",
        ));
    }
    let mut content = tlv::Writer::new();
    content.nest(SEQUENCE, |list| {
        list.object(INTEGER, &[VERSION]).object(SET, &set.concat());
    });
    signer.sign(
        ListRole::MasterList,
        oids::CSCA_MASTER_LIST,
        &content.finish(),
        now,
    )
}

/// A master list that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct MasterList {
    signed_data: Option<SignedData>,
    certificates: Vec<Certificate>,
    unreadable: Vec<(usize, Error)>,
    deviations: Vec<Deviation>,
}

impl MasterList {
    /// Reads a master list: the CMS object of Doc 9303-12 §9, or its content alone, as application bundles carry it. A
    /// certificate that cannot be read does not lose the others.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure around the certificates cannot be followed, or the content is another one.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_MASTER_LIST_LEN {
            return Err(Error::Malformed {
                what: "master list, too long",
                at: MAX_MASTER_LIST_LEN,
            });
        }
        if is_bare(bytes) {
            let mut list = Self::read_content(bytes)?;
            let kind = DeviationKind::MasterListWithoutSignature;
            record_first(&mut list.deviations, Deviation { kind, at: Some(0) });
            return Ok(list);
        }
        let signed_data = SignedData::parse(bytes)?;
        let content_type = signed_data.content_type();
        if ![oids::CSCA_MASTER_LIST, oids::DATA].contains(&content_type) {
            return Err(Error::Malformed {
                what: "content type, not that of a master list",
                at: 0,
            });
        }
        let mut list = Self::read_content(signed_data.content())?;
        if content_type != oids::CSCA_MASTER_LIST {
            let kind = DeviationKind::ListContentType(content_type);
            record_first(&mut list.deviations, kind.into());
        }
        list.signed_data = Some(signed_data);
        Ok(list)
    }

    /// The certificates that could be read, in the order of the list. What each of them does against the rules is said by
    /// [`Certificate::deviations`].
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificates that could not be read: place in the list, counted from 0, and why. Offsets are those in the
    /// certificate.
    #[must_use]
    pub fn unreadable(&self) -> &[(usize, Error)] {
        &self.unreadable
    }

    /// The CMS object with signature and signer; `None` for a bare list, which nobody vouches for.
    #[must_use]
    pub const fn signed_data(&self) -> Option<&SignedData> {
        self.signed_data.as_ref()
    }

    /// Whether this is the content of a master list without a signature.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.signed_data.is_none()
    }

    /// What was accepted against the rules while reading the content; what the CMS object does is said by
    /// [`SignedData::deviations`].
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Reads `SEQUENCE { INTEGER 0, SET OF Certificate }`, or the SET OF alone.
    fn read_content(content: &[u8]) -> Result<Self> {
        const WHAT: &str = "master list";
        let deviations = Deviations::default();
        let mut list = {
            let mut whole = Cursor::new(content, &deviations);
            let element = whole.next(WHAT)?;
            whole.finish_object();
            if element.tag == Tag::SET {
                Self::read_set(&element)?
            } else if element.tag == Tag::SEQUENCE {
                let mut fields = element.children(WHAT)?;
                let version = fields.expect(Tag::INTEGER, "version of master list")?;
                match version.small_integer("version of master list")? {
                    0 => {}
                    other => version.record(DeviationKind::ListVersion(other)),
                }
                let set = fields.expect(Tag::SET, WHAT)?;
                fields.finish();
                Self::read_set(&set)?
            } else {
                return Err(element.malformed(WHAT));
            }
        };
        list.deviations = deviations.into_vec();
        Ok(list)
    }

    fn read_set(set: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "certificates of master list";
        let mut list = Self {
            signed_data: None,
            certificates: Vec::new(),
            unreadable: Vec::new(),
            deviations: Vec::new(),
        };
        let mut row = set.children(WHAT)?;
        let mut before: &[u8] = &[];
        for index in 0.. {
            if row.is_empty() {
                break;
            }
            let element = row.next(WHAT)?;
            if index == MAX_LIST_CERTIFICATES {
                return Err(element.malformed("master list of too many certificates"));
            }
            if element.raw < before {
                set.record(DeviationKind::SetOrder);
            }
            before = element.raw;
            match Certificate::parse(element.raw) {
                Ok(certificate) => list.certificates.push(certificate),
                Err(error) => {
                    element.record(DeviationKind::UnreadableCertificate);
                    list.unreadable.push((index, error));
                }
            }
        }
        Ok(list)
    }
}

/// A CMS object begins with the identifier of its content type; a bare list does not.
fn is_bare(bytes: &[u8]) -> bool {
    let ignored = Deviations::default();
    let Ok(element) = Cursor::new(bytes, &ignored).next("master list") else {
        return false;
    };
    element.tag == Tag::SET
        || element
            .children("master list")
            .is_ok_and(|inside| inside.peek() == Some(Tag::INTEGER))
}
