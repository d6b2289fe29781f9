//! What EF.DG8, EF.DG9 and EF.DG10 share: a number of templates and content of the issuer (Doc 9303-10 §4.7.8 to §4.7.10).

use iso7816::tlv::{Tlv, Writer};

use crate::asn1::INTEGER;
use crate::{Error, Result};

/// A number of templates, and their content as the issuer defined it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountedContent {
    /// Number of templates.
    pub count: u8,
    /// Everything behind the number, not interpreted.
    pub content: Vec<u8>,
}

impl CountedContent {
    pub(crate) fn read(outer: &Tlv<'_>) -> Result<Self> {
        // What follows the number need not be data objects, so the number is found by its octets.
        let [0x02, 0x01, count, content @ ..] = outer.value else {
            return Err(Error::Malformed {
                what: "number of templates",
                at: outer.at + outer.header_len(),
            });
        };
        Ok(Self {
            count: *count,
            content: content.to_vec(),
        })
    }

    pub(crate) fn value(&self) -> Vec<u8> {
        let mut value = Writer::new();
        value.object(INTEGER, &[self.count]).raw(&self.content);
        value.finish()
    }
}
