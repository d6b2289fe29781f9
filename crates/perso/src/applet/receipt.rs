//! Receipts: the chip's evidence for the issuer's audit log (chapter 05 §10 of the applet's law).

use crypto::{SecretBytes, constant_time_eq};
use globalplatform::StaticKeys;
use iso7816::tlv::{self, Tag, Tlv};
use zeroize::Zeroizing;

use crate::{Error, Result};

/// Derivation constant of the receipt key in the key derivation of SCP03.
const RECEIPT_CONSTANT: u8 = 0x52;

/// Octets of the receipt key: two CMACs.
const KEY_LEN: usize = 32;

/// What a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKind {
    /// GENERATE KEYS.
    GenerateKeys = 0x46,
    /// COMMIT.
    Commit = 0x0F,
    /// LOCK.
    Lock = 0x1F,
    /// VOID.
    Void = 0xFF,
}

/// A receipt as the chip gave it. Nothing is proved before [`ReceiptKey::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Number of the receipt on this chip; never repeats.
    pub counter: u32,
    /// CMAC.
    pub mac: [u8; 16],
}

impl Receipt {
    pub(super) fn parse(objects: &[Tlv<'_>]) -> Result<Self> {
        let value = |tag| tlv::find(objects, Tag::new(tag)).map(|object| object.value);
        let counter = value(0xC1).and_then(|octets| octets.try_into().ok());
        let mac = value(0xC2).and_then(|octets| octets.try_into().ok());
        match (counter, mac) {
            (Some(counter), Some(mac)) => Ok(Self {
                counter: u32::from_be_bytes(counter),
                mac,
            }),
            _ => Err(Error::Malformed { what: "receipt" }),
        }
    }
}

/// The key with which one role's receipts of one chip are checked.
pub struct ReceiptKey {
    key: SecretBytes,
    serial: Vec<u8>,
}

impl ReceiptKey {
    /// Derives the key from the MAC key of the role that commanded.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the key is no AES key.
    pub fn derive(keys: &StaticKeys, serial: &[u8]) -> Result<Self> {
        let mut key = Zeroizing::new(Vec::with_capacity(KEY_LEN));
        for counter in 1..=2 {
            key.extend(crypto::aes_cmac(
                keys.mac().expose(),
                &derivation_block(counter, serial),
            )?);
        }
        Ok(Self {
            key: key.as_slice().into(),
            serial: serial.to_vec(),
        })
    }

    /// Checks a receipt.
    ///
    /// # Errors
    /// [`Error::CardMisbehaved`] when the MAC is not the chip's over this body.
    pub fn check(&self, kind: ReceiptKind, body: &[u8], receipt: &Receipt) -> Result<()> {
        let serial_len = self.serial.len().to_le_bytes()[0];
        let message = [
            &[kind as u8, serial_len],
            &self.serial[..],
            &receipt.counter.to_be_bytes(),
            body,
        ]
        .concat();
        let expected = crypto::aes_cmac(self.key.expose(), &message)?;
        if constant_time_eq(&expected, &receipt.mac) {
            Ok(())
        } else {
            Err(Error::CardMisbehaved("a receipt does not verify"))
        }
    }
}

/// A block of the key derivation of SCP03 (GPC Amd D §4.1.5).
fn derivation_block(counter: u8, context: &[u8]) -> Vec<u8> {
    const LABEL_PADDING: [u8; 11] = [0; 11];
    let [.., high, low] = (KEY_LEN * 8).to_be_bytes();
    [
        &LABEL_PADDING[..],
        &[RECEIPT_CONSTANT, 0, high, low, counter],
        context,
    ]
    .concat()
}
