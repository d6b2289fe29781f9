//! Authentication tokens (Doc 9303-11 §4.4.3.4).

use crypto::AgreementKey;
use iso7816::tlv::{Tag, Writer};
use lds::security_info::PaceProtocol;

use crate::Result;
use crate::secure_messaging::SessionKeys;

/// Octets of a token.
pub(super) const TOKEN_LEN: usize = 8;

const PUBLIC_KEY: Tag = Tag::new(0x7F49);
const OBJECT_IDENTIFIER: Tag = Tag::new(0x06);
const PUBLIC_VALUE: Tag = Tag::new(0x84);
const POINT: Tag = Tag::new(0x86);

/// The token that the owner of the session proves itself with: MAC with KS_MAC over the key that the *other* end sent
/// for the agreement.
pub(super) fn token(
    keys: &SessionKeys,
    protocol: PaceProtocol,
    received: &AgreementKey,
) -> Result<[u8; TOKEN_LEN]> {
    keys.token(&input(protocol, received))
}

/// The public key as a data object without domain parameters (TR-03110-3 §D.3).
pub(super) fn input(protocol: PaceProtocol, key: &AgreementKey) -> Vec<u8> {
    let value = match key {
        AgreementKey::Dh(_) => PUBLIC_VALUE,
        AgreementKey::Ec(_) => POINT,
    };
    let mut object = Writer::new();
    object.nest(PUBLIC_KEY, |key_object| {
        key_object
            .object(OBJECT_IDENTIFIER, protocol.oid().as_bytes())
            .object(value, key.wire());
    });
    object.finish()
}
