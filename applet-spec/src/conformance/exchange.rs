//! A command and its answer, and what of the answer is somebody's.

use iso7816::{CommandApdu, Ins, tlv};

/// A command and its answer, as they were on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// To the card.
    pub sent: Vec<u8>,
    /// From the card.
    pub received: Vec<u8>,
}

/// Commands whose answers are content.
const READING: [Ins; 5] = [
    Ins::READ_BINARY,
    Ins::READ_BINARY_ODD,
    Ins::GET_RESPONSE,
    Ins(0xCA),
    Ins(0xCB),
];
/// Objects of a protected answer that hide what it says (Doc 9303-11 §9.8.4): two with a cryptogram, status word and MAC.
const PROTECTED: [u32; 4] = [0x85, 0x87, 0x99, 0x8E];
const PROTECTED_CLASS: u8 = 0x0C;
const MAC_OBJECT: u32 = 0x8E;
const MAC_LEN: usize = 8;
/// Tag of the data in the answer to the odd READ BINARY.
const DATA_OBJECT: u32 = 0x53;
const STATUS_LEN: usize = 2;

impl Exchange {
    /// What the card gave of a file without protection, status word left out: it may be the holder's, and a report goes to others.
    /// `None` for what anybody may know: the beginning of EF.CardAccess, EF.DIR or EF.COM, and answers that are no content.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        let instruction = Ins(*self.sent.get(1)?);
        let length = self.received.len().checked_sub(STATUS_LEN)?;
        let data = self.received.get(..length)?;
        let is_content = READING.contains(&instruction) && !is_protected(data);
        (is_content && !self.is_public(instruction, data)).then_some(data)
    }

    /// Whether it is of BAC: a challenge, or a cryptogram. By these who guesses the printed zone learns whether the guess is right,
    /// without the card (Doc 9303-11 §4.3.1). What PACE says tells nobody so much, nor does what goes on under its keys or those
    /// of BAC, as long as the cryptograms are not there.
    #[must_use]
    pub fn confirms_guesses(&self) -> bool {
        let instruction = self.sent.get(1).map(|ins| Ins(*ins));
        matches!(
            instruction,
            Some(Ins::GET_CHALLENGE | Ins::EXTERNAL_AUTHENTICATE)
        ) && !self.is_sent_protected()
    }

    /// Class and MAC of secure messaging: those of terminal authentication.
    fn is_sent_protected(&self) -> bool {
        let Ok(command) = CommandApdu::parse(&self.sent) else {
            return false;
        };
        let objects = tlv::read_all(&command.data).unwrap_or_default();
        let has_mac = objects
            .last()
            .is_some_and(|object| object.tag.get() == MAC_OBJECT && object.value.len() == MAC_LEN);
        command.cla & PROTECTED_CLASS == PROTECTED_CLASS && has_mac
    }

    /// Known by how it begins, so that a card that takes one file for another gives nothing away.
    fn is_public(&self, instruction: Ins, data: &[u8]) -> bool {
        let begins = match (instruction, self.sent.get(2), self.sent.get(3)) {
            (Ins::READ_BINARY, Some(0 | 0x80..), Some(0)) => Some(data),
            (Ins::READ_BINARY_ODD, ..) => self.read_oddly_from_zero(data),
            _ => None,
        };
        begins.is_some_and(|begins| {
            matches!(
                begins,
                [0x31 | 0x60, ..] | [0x61, 0..=0x7F, 0x4F, ..] | [0x61, 0x81, _, 0x4F, ..]
            )
        })
    }

    /// The data inside the object of an odd READ BINARY whose offset is zero.
    fn read_oddly_from_zero<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let offset = self.sent.get(5..)?;
        if !matches!(offset, [0x54, 1, 0, ..] | [0x54, 2, 0, 0, ..]) {
            return None;
        }
        let (object, _) = tlv::read(data).ok()?;
        (object.tag.get() == DATA_OBJECT).then_some(object.value)
    }
}

fn is_protected(data: &[u8]) -> bool {
    let objects = tlv::read_all(data).unwrap_or_default();
    let hides = |object: &tlv::Tlv<'_>| PROTECTED.contains(&object.tag.get());
    data.is_empty() || !objects.is_empty() && objects.iter().all(hides)
}

#[cfg(test)]
mod tests {
    use test_support::unhex;

    use super::*;

    /// Doc 9303-11 §4.3.1 in plain; terminal authentication has the same instructions, protected.
    #[test]
    fn what_confirms_guesses() {
        let cryptogram = "52".repeat(40);
        for (sent, confirms) in [
            ("0084000008".to_owned(), true),
            (format!("0082000028{cryptogram}28"), true),
            (format!("0C82000028{cryptogram}28"), true),
            (format!("8082000028{cryptogram}"), true),
            ("008200".to_owned(), true),
            (
                "0C840000 0D 970108 8E081122334455667788 00".to_owned(),
                false,
            ),
            (
                "0C820000 17 870B0111223344556677889910 8E081122334455667788 00".to_owned(),
                false,
            ),
            ("00B09C0008".to_owned(), false),
            ("1086000002 7C00 00".to_owned(), false),
        ] {
            let exchange = Exchange {
                sent: unhex(&sent),
                received: unhex("9000"),
            };
            assert_eq!(exchange.confirms_guesses(), confirms, "{sent}");
        }
    }

    #[test]
    fn what_is_somebodys() {
        for (sent, received, is_content) in [
            // EF.DG1 in plain, whole and from the middle on, by every way to read.
            ("00B08100 00", "615B5F1F58503C 9000", true),
            ("00B00000 00", "615B5F1F58503C 9000", true),
            ("00B00005 00", "503C55544F3C 9000", true),
            ("00B10000 03 540100 00", "5307615B5F1F58503C 9000", true),
            ("00C00000 00", "503C55544F3C 9000", true),
            ("0CB08100 0D 97015D 00", "615B5F1F58503C 9000", true),
            ("80B08100 00", "615B5F1F58503C 6282", true),
            // A digit of a zone is not the tag of EF.CardAccess.
            ("00B00050 00", "313233343536 9000", true),
            ("00B10000 03 540150 00", "5306313233343536 9000", true),
            // Files that speak of nobody.
            ("00B09C00 00", "3181C13012 9000", false),
            ("00B00000 00", "60145F0104 9000", false),
            ("00B09E00 00", "61094F07A0000002471001 9000", false),
            (
                "00B1001E 04 54020000 00",
                "530B61094F07A0000002471001 9000",
                false,
            ),
            // Protected, empty, and no content.
            (
                "0CB08100 0D 97015D 00",
                "8709011122334455667788 99029000 9000",
                false,
            ),
            ("00B08100 00", "6982", false),
            ("00840000 08", "0102030405060708 9000", false),
            ("00", "6700", false),
        ] {
            let exchange = Exchange {
                sent: unhex(sent),
                received: unhex(received),
            };
            assert_eq!(
                exchange.content().is_some(),
                is_content,
                "{sent} {received}"
            );
        }
    }
}
