//! What terminal authentication rests on: trust points and date, one value that changes as a whole ([ACCESS-042]).

use crypto::SecretBytes;
use protocols::terminal_authentication::TrustPoints;

use super::{Octets, Write};

/// What a chip knows for terminal authentication.
pub(crate) struct TerminalTrust {
    /// Keys of the CVCAs that it trusts, and what day it is.
    pub(crate) points: TrustPoints,
    /// ID_IC after BAC: the document number of the MRZ with its check digit (Doc 9303-11 §7.1.2).
    pub(crate) document_number: Option<SecretBytes>,
}

impl TerminalTrust {
    pub(crate) fn to_write(&self) -> Write {
        Write::TerminalTrust {
            points: self.points.to_bytes().as_slice().into(),
            document_number: self.document_number.as_ref().map(Octets::from),
        }
    }

    pub(super) fn from_write(write: &Write) -> core::result::Result<Self, &'static str> {
        let Write::TerminalTrust {
            points,
            document_number,
        } = write
        else {
            return Err("trust points");
        };
        Ok(Self {
            points: read(points)?,
            document_number: document_number.as_ref().map(Octets::to_secret),
        })
    }

    /// Trust points and date move on.
    pub(super) fn renew(&mut self, points: &Octets) -> core::result::Result<(), &'static str> {
        self.points = read(points)?;
        Ok(())
    }
}

fn read(points: &Octets) -> core::result::Result<TrustPoints, &'static str> {
    TrustPoints::from_bytes(points.as_slice()).map_err(|_| "trust points")
}

impl Write {
    /// Trust points and date that a certificate led to.
    pub(crate) fn trust_points(points: &TrustPoints) -> Self {
        Self::TrustPoints {
            points: points.to_bytes().as_slice().into(),
        }
    }
}
