//! What a file is, from its first bytes: a certificate, a signed list or a revocation list.

use core::fmt;

use super::{is_csca, pem};
use crate::ber::{Cursor, Tag};
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::deviation::Deviations;
use crate::deviation_list::DeviationList;
use crate::master_list::MasterList;
use crate::{Error, Result, SignedData, oids};

/// The kinds of object that a trust store takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A CSCA certificate, root or link.
    Csca,
    /// A document signer certificate.
    DocumentSigner,
    /// A revocation list.
    Crl,
    /// A CSCA master list.
    MasterList,
    /// A deviation list.
    DeviationList,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csca => "CSCA certificate",
            Self::DocumentSigner => "document signer certificate",
            Self::Crl => "revocation list",
            Self::MasterList => "master list",
            Self::DeviationList => "deviation list",
        })
    }
}

/// An object that was read.
#[derive(Debug, Clone)]
pub(super) enum Object {
    Csca(Certificate),
    DocumentSigner(Certificate),
    Crl(Box<Crl>),
    MasterList(Box<MasterList>),
    DeviationList(Box<DeviationList>),
}

impl Object {
    pub(super) const fn kind(&self) -> ObjectKind {
        match self {
            Self::Csca(_) => ObjectKind::Csca,
            Self::DocumentSigner(_) => ObjectKind::DocumentSigner,
            Self::Crl(_) => ObjectKind::Crl,
            Self::MasterList(_) => ObjectKind::MasterList,
            Self::DeviationList(_) => ObjectKind::DeviationList,
        }
    }

    pub(super) fn of_certificate(certificate: Certificate) -> Self {
        // What names itself as issuer and is no CSCA is refused as one, not kept as somebody's signer.
        if is_csca(&certificate) || certificate.is_self_issued() {
            Self::Csca(certificate)
        } else {
            Self::DocumentSigner(certificate)
        }
    }

    /// Reads the objects of a file in DER, BER or PEM.
    pub(super) fn read_file(file: &[u8]) -> Result<Vec<(Vec<u8>, Self)>> {
        let blocks = pem::any_blocks(file)?;
        if blocks.is_empty() {
            return Ok(vec![(file.to_vec(), Self::read(file)?)]);
        }
        blocks
            .into_iter()
            .map(|block| {
                let object = Self::read(&block)?;
                Ok((block, object))
            })
            .collect()
    }

    /// Reads one object.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        match guess(bytes)? {
            Guess::Certificate => Certificate::parse(bytes).map(Self::of_certificate),
            Guess::CertificateOrCrl => {
                Self::crl(bytes).or_else(|_| Certificate::parse(bytes).map(Self::of_certificate))
            }
            Guess::BareMasterList => Self::master_list(bytes),
            Guess::SignedData => match SignedData::parse(bytes)?.content_type() {
                oids::DEVIATION_LIST => Self::deviation_list(bytes),
                _ => Self::master_list(bytes),
            },
        }
    }

    pub(super) fn crl(bytes: &[u8]) -> Result<Self> {
        Crl::parse(bytes).map(|crl| Self::Crl(Box::new(crl)))
    }

    pub(super) fn master_list(bytes: &[u8]) -> Result<Self> {
        MasterList::parse(bytes).map(|list| Self::MasterList(Box::new(list)))
    }

    pub(super) fn deviation_list(bytes: &[u8]) -> Result<Self> {
        DeviationList::parse(bytes).map(|list| Self::DeviationList(Box::new(list)))
    }
}

enum Guess {
    Certificate,
    CertificateOrCrl,
    BareMasterList,
    SignedData,
}

/// A certificate of version 3 begins its inside with `[0]`; what else begins with a SEQUENCE inside a SEQUENCE is tried.
fn guess(bytes: &[u8]) -> Result<Guess> {
    const WHAT: &str = "certificate, revocation list or signed list";
    let ignored = Deviations::default();
    let unknown = Error::Malformed { what: WHAT, at: 0 };
    let outer = Cursor::new(bytes, &ignored).next(WHAT)?;
    if outer.tag == Tag::SET {
        return Ok(Guess::BareMasterList);
    }
    if outer.tag != Tag::SEQUENCE {
        return Err(unknown);
    }
    let mut inside = outer.children(WHAT)?;
    match inside.peek().ok_or(unknown.clone())? {
        Tag::OBJECT_IDENTIFIER => Ok(Guess::SignedData),
        Tag::INTEGER => Ok(Guess::BareMasterList),
        Tag::SEQUENCE => {
            let signed = inside.next(WHAT)?.children(WHAT)?;
            Ok(if signed.peek() == Some(Tag::context(0)) {
                Guess::Certificate
            } else {
                Guess::CertificateOrCrl
            })
        }
        _ => Err(unknown),
    }
}
