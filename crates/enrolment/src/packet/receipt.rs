//! The service's answer: which packet, when, and what became of it.

use crypto::{CryptoRng, PublicKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::signing::{ALGORITHM, receipt_message};
use super::{Digest, MAX_RECEIPT_BYTES, PacketError, PacketSigner, VERSION};

/// What a service says of one packet. It has no data of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`VERSION`].
    pub version: u32,
    /// The packet.
    pub packet: Uuid,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// When the service decided.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What became of it.
    pub status: Status,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is in the register, on the disk: the station may erase it.
    Received,
    /// It is not taken: the station keeps it.
    Refused(RefusalReason),
}

/// Why a packet is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// It cannot be opened: damaged, altered, for another service.
    Unreadable,
    /// The key of station, operator or supervisor is not known.
    UnknownKey,
    /// A signature does not verify.
    BadSignature,
    /// There is another packet of the same id.
    OtherPacket,
}

/// A receipt as it travels: a line of JSON in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    receipt: Receipt,
    signature: String,
}

impl SignedReceipt {
    /// Signs a receipt.
    ///
    /// # Errors
    /// What the key answers.
    pub fn sign(
        receipt: &Receipt,
        signer: &dyn PacketSigner,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, PacketError> {
        let receipt = Receipt {
            version: VERSION,
            ..*receipt
        };
        let signature = signer.sign(&receipt_message(&digest(&receipt)?), rng)?;
        Ok(Self {
            receipt,
            signature: hex::encode(signature),
        })
    }

    /// The line, without its end.
    ///
    /// # Errors
    /// [`PacketError::NotAReceipt`] for a time without a year of four digits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PacketError> {
        serde_json::to_vec(self).map_err(|_| PacketError::NotAReceipt)
    }

    /// Reads a line; with or without its end.
    ///
    /// # Errors
    /// [`PacketError::NotAReceipt`], also for another spelling of the same.
    pub fn parse(bytes: &[u8]) -> Result<Self, PacketError> {
        if bytes.len() > MAX_RECEIPT_BYTES {
            return Err(PacketError::NotAReceipt);
        }
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let read: Self = serde_json::from_slice(bytes).map_err(|_| PacketError::NotAReceipt)?;
        if read.receipt.version != VERSION || read.to_bytes()? != bytes {
            return Err(PacketError::NotAReceipt);
        }
        Ok(read)
    }

    /// What it says, if the service has signed it.
    ///
    /// # Errors
    /// [`PacketError::ReceiptInvalid`].
    pub fn verify(&self, service: &PublicKey) -> Result<&Receipt, PacketError> {
        let signature = hex::decode(&self.signature).map_err(|_| PacketError::ReceiptInvalid)?;
        service
            .verify(
                &ALGORITHM,
                &receipt_message(&digest(&self.receipt)?),
                &signature,
            )
            .map_err(|_| PacketError::ReceiptInvalid)?;
        Ok(&self.receipt)
    }

    /// What it says, whoever wrote it: to name it in a message.
    #[must_use]
    pub const fn unverified(&self) -> &Receipt {
        &self.receipt
    }
}

fn digest(receipt: &Receipt) -> Result<Digest, PacketError> {
    let text = serde_json::to_vec(receipt).map_err(|_| PacketError::NotAReceipt)?;
    Ok(Digest::of(&text))
}

#[cfg(test)]
mod tests {
    use crypto::{Curve, PrivateKey};
    use rand::{SeedableRng as _, rngs::StdRng};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_receipt_holds_as_it_was_signed_and_no_other() {
        let rng = &mut StdRng::seed_from_u64(4);
        let service = PrivateKey::generate_ec(Curve::P256, rng).unwrap();
        for status in [
            Status::Received,
            Status::Refused(RefusalReason::OtherPacket),
        ] {
            let receipt = Receipt {
                version: VERSION,
                packet: Uuid::from_u128(7),
                digest: Digest::of(b"packet"),
                at: datetime!(2026-11-22 05:00 UTC),
                status,
            };
            let signed = SignedReceipt::sign(&receipt, &service, rng).unwrap();
            let line = signed.to_bytes().unwrap();
            let read = SignedReceipt::parse(&line).unwrap();
            assert_eq!(read.verify(&service.public()).unwrap(), &receipt);
            for place in 0..line.len() {
                let mut changed = line.clone();
                changed[place] ^= 1;
                let holds = SignedReceipt::parse(&changed)
                    .is_ok_and(|read| read.verify(&service.public()).is_ok());
                assert!(!holds, "byte {place}");
            }
            let other = PrivateKey::generate_ec(Curve::P256, rng).unwrap();
            assert!(matches!(
                read.verify(&other.public()),
                Err(PacketError::ReceiptInvalid)
            ));
        }
    }
}
