//! Parameters of RSASSA-PSS (RFC 4055 §3.1). What has its default (SHA-1, MGF1 with SHA-1, 20 octets) is not written.

use crypto::{HashAlgorithm, SignatureAlgorithm};
use iso7816::tlv;

use super::{AlgorithmIdentifier, NULL, SEQUENCE, identifier};
use crate::ber::{Cursor, Tag};
use crate::deviation::Deviations;
use crate::oids;
use crate::{Error, Result};

const DEFAULT_HASH: HashAlgorithm = HashAlgorithm::Sha1;
const DEFAULT_SALT_LEN: usize = 20;

pub(super) fn read(parameters: Option<&[u8]>) -> Result<SignatureAlgorithm> {
    const WHAT: &str = "RSASSA-PSS parameters";
    let mut hash = DEFAULT_HASH;
    let mut mgf_hash = DEFAULT_HASH;
    let mut salt_len = DEFAULT_SALT_LEN;
    let deviations = Deviations::default();
    if let Some(parameters) = parameters {
        let mut fields = Cursor::new(parameters, &deviations)
            .expect(Tag::SEQUENCE, WHAT)?
            .children(WHAT)?;
        if let Some(field) = fields.optional(Tag::context(0), WHAT)? {
            let identifier = field.explicit(Tag::SEQUENCE, WHAT)?;
            hash = AlgorithmIdentifier::read(&identifier, WHAT)?.hash_algorithm()?;
        }
        if let Some(field) = fields.optional(Tag::context(1), WHAT)? {
            let identifier = field.explicit(Tag::SEQUENCE, WHAT)?;
            mgf_hash = read_mgf1(&AlgorithmIdentifier::read(&identifier, WHAT)?)?;
        }
        if let Some(field) = fields.optional(Tag::context(2), WHAT)? {
            let length = field.explicit(Tag::INTEGER, WHAT)?;
            salt_len =
                usize::try_from(length.small_integer(WHAT)?).map_err(|_| length.malformed(WHAT))?;
        }
        if let Some(field) = fields.optional(Tag::context(3), WHAT)? {
            let trailer = field.explicit(Tag::INTEGER, WHAT)?;
            if trailer.small_integer(WHAT)? != 1 {
                return Err(trailer.malformed("RSASSA-PSS trailer field"));
            }
        }
    }
    Ok(SignatureAlgorithm::RsaPss {
        hash,
        mgf_hash,
        salt_len,
    })
}

fn read_mgf1(identifier: &AlgorithmIdentifier) -> Result<HashAlgorithm> {
    const WHAT: &str = "MGF1 parameters";
    if identifier.oid != oids::MGF1 {
        return Err(Error::UnsupportedAlgorithm(identifier.oid));
    }
    let Some(parameters) = &identifier.parameters else {
        return Ok(DEFAULT_HASH);
    };
    let deviations = Deviations::default();
    let hash = Cursor::new(parameters, &deviations).next(WHAT)?;
    AlgorithmIdentifier::read(&hash, WHAT)?.hash_algorithm()
}

/// Whether these bytes are the DER form of the parameters, the hash identifiers with NULL or without
/// (RFC 4055 §2.1: both must be accepted).
pub(super) fn is_encoding_of(
    parameters: Option<&[u8]>,
    hash: HashAlgorithm,
    mgf_hash: HashAlgorithm,
    salt_len: usize,
) -> bool {
    let is = |hash_parameters| {
        write(hash, mgf_hash, salt_len, hash_parameters)
            .is_ok_and(|der| parameters == Some(der.as_slice()))
    };
    is(&NULL) || is(&[])
}

/// The parameters in DER, with these parameters in the hash identifiers: NULL in what we write.
///
/// # Errors
/// [`Error::Misuse`] for a salt longer than any hash needs.
pub(super) fn write(
    hash: HashAlgorithm,
    mgf_hash: HashAlgorithm,
    salt_len: usize,
    hash_parameters: &[u8],
) -> Result<Vec<u8>> {
    let short_salt_len = u8::try_from(salt_len).ok().filter(|len| *len < 0x80);
    let short_salt_len = short_salt_len.ok_or(Error::Misuse("salt of more than 127 octets"))?;
    let mut out = tlv::Writer::new();
    out.nest(SEQUENCE, |out| {
        if hash != DEFAULT_HASH {
            out.object(
                tlv::Tag::new(0xA0),
                &identifier(hash.oid(), hash_parameters),
            );
        }
        if mgf_hash != DEFAULT_HASH {
            let hash = identifier(mgf_hash.oid(), hash_parameters);
            out.object(tlv::Tag::new(0xA1), &identifier(oids::MGF1, &hash));
        }
        if salt_len != DEFAULT_SALT_LEN {
            out.nest(tlv::Tag::new(0xA2), |out| {
                out.object(tlv::Tag::new(0x02), &[short_salt_len]);
            });
        }
    });
    Ok(out.finish())
}
