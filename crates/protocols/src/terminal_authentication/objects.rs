//! The data objects of card verifiable certificates, in their fixed order (Doc 9303-12 §7.2.2; TR-03110-3 annex C).

use iso7816::tlv::{self, Tag, Tlv};

use super::fault::{CertificateFault, Deviation};

/// Tags of certificates, requests and commands.
pub(super) mod tag {
    use iso7816::tlv::Tag;

    pub(in super::super) const CERTIFICATE: Tag = Tag::new(0x7F21);
    pub(in super::super) const BODY: Tag = Tag::new(0x7F4E);
    pub(in super::super) const PROFILE: Tag = Tag::new(0x5F29);
    pub(in super::super) const AUTHORITY: Tag = Tag::new(0x42);
    pub(in super::super) const PUBLIC_KEY: Tag = Tag::new(0x7F49);
    pub(in super::super) const HOLDER: Tag = Tag::new(0x5F20);
    pub(in super::super) const AUTHORIZATION: Tag = Tag::new(0x7F4C);
    pub(in super::super) const EFFECTIVE: Tag = Tag::new(0x5F25);
    pub(in super::super) const EXPIRY: Tag = Tag::new(0x5F24);
    pub(in super::super) const EXTENSIONS: Tag = Tag::new(0x65);
    pub(in super::super) const SIGNATURE: Tag = Tag::new(0x5F37);
    pub(in super::super) const AUTHENTICATION: Tag = Tag::new(0x67);
    pub(in super::super) const OBJECT_IDENTIFIER: Tag = Tag::new(0x06);
    pub(in super::super) const DISCRETIONARY_DATA: Tag = Tag::new(0x53);
    pub(in super::super) const EXTENSION: Tag = Tag::new(0x73);
    /// MSE:Set DST and MSE:Set AT.
    pub(in super::super) const KEY_REFERENCE: Tag = Tag::new(0x83);
}

/// Whether an object must come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

/// The objects of a template that holds these and no others, in this order.
///
/// # Errors
/// [`CertificateFault::Encoding`], [`Duplicate`](CertificateFault::Duplicate), [`Surplus`](CertificateFault::Surplus),
/// [`Missing`](CertificateFault::Missing) and [`Order`](CertificateFault::Order), in this order.
pub(super) fn row<'a, const N: usize>(
    template: Tag,
    value: &'a [u8],
    expected: [(Tag, Presence); N],
    deviations: &mut Vec<Deviation>,
) -> Result<[Option<Tlv<'a>>; N], CertificateFault> {
    let objects = children(template, value, deviations)?;
    for (index, object) in objects.iter().enumerate() {
        if objects
            .iter()
            .skip(index + 1)
            .any(|other| other.tag == object.tag)
        {
            return Err(CertificateFault::Duplicate(object.tag));
        }
        if !expected.iter().any(|(tag, _)| *tag == object.tag) {
            return Err(CertificateFault::Surplus(object.tag));
        }
    }
    let missing = expected.iter().find(|(tag, presence)| {
        *presence == Presence::Required && tlv::find(&objects, *tag).is_none()
    });
    if let Some((tag, _)) = missing {
        return Err(CertificateFault::Missing(*tag));
    }
    let found = expected.map(|(tag, _)| tlv::find(&objects, tag));
    let in_order = found.iter().flatten().map(|object| object.tag);
    match objects
        .iter()
        .zip(in_order)
        .find(|(object, tag)| object.tag != *tag)
    {
        None => Ok(found),
        Some((object, _)) => Err(CertificateFault::Order(object.tag)),
    }
}

/// All objects of a template.
///
/// # Errors
/// [`CertificateFault::Encoding`].
pub(super) fn children<'a>(
    template: Tag,
    value: &'a [u8],
    deviations: &mut Vec<Deviation>,
) -> Result<Vec<Tlv<'a>>, CertificateFault> {
    let objects =
        tlv::read_all(value).map_err(|_| CertificateFault::Encoding { within: template })?;
    let long = objects
        .iter()
        .filter(|object| object.header_len() != tlv::header_len(object.tag, object.value.len()));
    deviations.extend(long.map(|object| Deviation::NonMinimalLength(object.tag)));
    Ok(objects)
}

/// The value of an object that [`row`] said to be there.
pub(super) fn value<'a>(object: Option<Tlv<'a>>, tag: Tag) -> Result<&'a [u8], CertificateFault> {
    object
        .map(|object| object.value)
        .ok_or(CertificateFault::Missing(tag))
}

/// An unsigned number without its leading zeros; such zeros are noted.
pub(super) fn unsigned<'a>(tag: Tag, value: &'a [u8], deviations: &mut Vec<Deviation>) -> &'a [u8] {
    let number = significant(value);
    if number.len() != value.len() {
        deviations.push(Deviation::LeadingZeros(tag));
    }
    number
}

/// The octets from the first that is not zero.
pub(super) fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Tag = Tag::new(0x81);
    const B: Tag = Tag::new(0x82);
    const C: Tag = Tag::new(0x83);

    fn check(value: &[u8], expected: Result<[bool; 3], CertificateFault>) {
        let order = [
            (A, Presence::Required),
            (B, Presence::Optional),
            (C, Presence::Required),
        ];
        let found = row(tag::BODY, value, order, &mut Vec::new());
        assert_eq!(
            found.map(|found| found.map(|object| object.is_some())),
            expected,
            "{value:02X?}"
        );
    }

    #[test]
    fn rows() {
        check(&[0x81, 0, 0x83, 0], Ok([true, false, true]));
        check(&[0x81, 0, 0x82, 0, 0x83, 0], Ok([true; 3]));
        check(&[0x81, 0], Err(CertificateFault::Missing(C)));
        check(&[0x83, 0], Err(CertificateFault::Missing(A)));
        check(&[0x83, 0, 0x81, 0], Err(CertificateFault::Order(C)));
        check(
            &[0x81, 0, 0x83, 0, 0x82, 0],
            Err(CertificateFault::Order(C)),
        );
        check(
            &[0x81, 0, 0x83, 0, 0x81, 0],
            Err(CertificateFault::Duplicate(A)),
        );
        check(
            &[0x81, 0, 0x83, 0, 0x84, 0],
            Err(CertificateFault::Surplus(Tag::new(0x84))),
        );
        check(
            &[0x81, 1],
            Err(CertificateFault::Encoding { within: tag::BODY }),
        );
    }

    #[test]
    fn deviations_are_noted() {
        let mut deviations = Vec::new();
        children(tag::BODY, &[0x81, 0x81, 1, 9, 0x82, 0], &mut deviations).unwrap();
        assert_eq!(unsigned(B, &[0, 0, 7], &mut deviations), [7]);
        assert_eq!(unsigned(B, &[7, 0], &mut deviations), [7, 0]);
        let noted = [Deviation::NonMinimalLength(A), Deviation::LeadingZeros(B)];
        assert_eq!(deviations, noted);
    }
}
