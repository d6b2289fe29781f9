//! Data fields that are rows of data objects: each tag once, nothing unknown, nothing surplus.

use iso7816::tlv::{self, Tag, Tlv};

use crate::error::Refusal;

/// The objects of a data field, taken out one by one.
pub(super) struct Objects<'a>(Vec<Tlv<'a>>);

impl<'a> Objects<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, Refusal> {
        let objects = tlv::read_all(data).map_err(|_| Refusal::Content("data objects"))?;
        Ok(Self(objects))
    }

    /// An object that may be there.
    pub(super) fn take(&mut self, tag: u32) -> Option<&'a [u8]> {
        let place = self
            .0
            .iter()
            .position(|object| object.tag == Tag::new(tag))?;
        Some(self.0.remove(place).value)
    }

    /// An object of fixed length that may be there.
    pub(super) fn take_array<const N: usize>(
        &mut self,
        tag: u32,
    ) -> Result<Option<&'a [u8; N]>, Refusal> {
        self.take(tag)
            .map(|value| {
                value
                    .try_into()
                    .map_err(|_| Refusal::Content("length of a data object"))
            })
            .transpose()
    }

    /// An object that must be there.
    pub(super) fn require(&mut self, tag: u32) -> Result<&'a [u8], Refusal> {
        self.take(tag)
            .ok_or(Refusal::Content("missing data object"))
    }

    /// An object of fixed length that must be there.
    pub(super) fn require_array<const N: usize>(
        &mut self,
        tag: u32,
    ) -> Result<&'a [u8; N], Refusal> {
        self.take_array(tag)?
            .ok_or(Refusal::Content("missing data object"))
    }

    /// Nothing must be left: neither strangers nor second ones.
    pub(super) fn end(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Content("surplus data object"))
        }
    }
}
