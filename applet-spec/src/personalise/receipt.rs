//! Receipts: evidence for the issuer's audit log (chapter 05 §10).

use crypto::{SecretBytes, aes_cmac};
use iso7816::tlv::{Tag, Writer};
use zeroize::Zeroizing;

use crate::error::Refusal;
use crate::memory::{ChipMemory, KeySet, Receipt, Write};

const COUNTER: Tag = Tag::new(0xC1);
const CMAC: Tag = Tag::new(0xC2);

/// Derivation constant of K_receipt.
const CONSTANT: u8 = 0x52;
/// Octets of K_receipt.
const KEY_LEN: usize = 32;

/// What a receipt is for, with what it says about it.
pub(super) struct Statement<'a> {
    pub(super) kind: u8,
    pub(super) body: &'a [u8],
}

/// Makes the next receipt, and the write that keeps its counter from coming again ([PERSO-091]).
pub(super) fn issue(
    memory: &ChipMemory,
    keys: &KeySet,
    statement: &Statement<'_>,
) -> Result<(Receipt, Write), Refusal> {
    let counter = memory
        .receipt_counter()
        .checked_add(1)
        .ok_or(Refusal::State)?;
    let cmac = cmac(keys.keys.mac(), memory.serial(), counter, statement)?;
    let write = Write::ReceiptCounter { value: counter };
    Ok((Receipt { counter, cmac }, write))
}

/// The objects in an answer.
pub(super) fn answer(receipt: &Receipt) -> Vec<u8> {
    let mut objects = Writer::new();
    objects
        .object(COUNTER, &counter_octets(receipt.counter))
        .object(CMAC, &receipt.cmac);
    objects.finish()
}

pub(super) const fn counter_octets(counter: u32) -> [u8; 4] {
    counter.to_be_bytes()
}

fn cmac(
    mac_key: &SecretBytes,
    serial: &[u8],
    counter: u32,
    statement: &Statement<'_>,
) -> Result<[u8; 16], Refusal> {
    let key = receipt_key(mac_key, serial)?;
    let mut message = vec![statement.kind];
    message.extend(u8::try_from(serial.len()));
    message.extend(serial);
    message.extend(counter_octets(counter));
    message.extend(statement.body);
    aes_cmac(&key, &message).map_err(|_| Refusal::State)
}

/// K_receipt: the key derivation of SCP03 (Amendment D §4.1.5) in counter mode over two blocks.
fn receipt_key(mac_key: &SecretBytes, serial: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    const LABEL_PADDING: [u8; 11] = [0; 11];
    let [.., bits_high, bits_low] = (KEY_LEN * 8).to_be_bytes();
    let mut key = Zeroizing::new(Vec::with_capacity(KEY_LEN));
    for block in [1u8, 2] {
        let mut input = LABEL_PADDING.to_vec();
        input.extend([CONSTANT, 0, bits_high, bits_low, block]);
        input.extend(serial);
        key.extend(aes_cmac(mac_key.expose(), &input).map_err(|_| Refusal::State)?);
    }
    Ok(key)
}
