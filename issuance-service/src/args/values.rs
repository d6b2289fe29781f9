//! Values of arguments.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use enrolment::packet::Role;
use perso::applet::Receipt;
use register::{Officer, OfficerRefusal};

/// A name of staff.
pub fn officer(text: &str) -> Result<Officer, OfficerRefusal> {
    Officer::new(text)
}

/// One of the words of a type, which `--help` lists.
pub fn words<T, const N: usize>(
    words: [&'static str; N],
    of: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(move |word| of(&word).ok_or("unknown word"))
}

/// As what a person signs packets.
pub fn person_role(word: &str) -> Option<Role> {
    [Role::Operator, Role::Supervisor]
        .into_iter()
        .find(|role| role.word() == word)
}

/// What a receipt is said to be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptName {
    /// COMMIT.
    Commit,
    /// LOCK.
    Lock,
    /// VOID.
    Void,
}

/// `KIND:COUNTER:MAC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptArg {
    /// What it is about.
    pub name: ReceiptName,
    /// The receipt.
    pub receipt: Receipt,
}

impl FromStr for ReceiptArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some(name), Some(counter), Some(mac), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("a receipt is KIND:COUNTER:MAC");
        };
        let name = match name {
            "commit" => ReceiptName::Commit,
            "lock" => ReceiptName::Lock,
            "void" => ReceiptName::Void,
            _ => return Err("a receipt is of commit, lock or void"),
        };
        let counter = counter.parse();
        let counter = counter.map_err(|_| "the counter of a receipt is a number of 32 bits")?;
        let mut octets = [0; 16];
        hex::decode_to_slice(mac, &mut octets)
            .map_err(|_| "the MAC of a receipt has 16 octets in hexadecimal")?;
        Ok(Self {
            name,
            receipt: Receipt {
                counter,
                mac: octets,
            },
        })
    }
}

/// `STATE:NUMBER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberArg {
    /// Issuing state of the MRZ.
    pub issuing_state: String,
    /// Document number of the MRZ.
    pub number: String,
}

impl FromStr for NumberArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (state, number) = text
            .split_once(':')
            .ok_or("a number is STATE:NUMBER, such as UTO:X00000001")?;
        Ok(Self {
            issuing_state: state.to_owned(),
            number: number.to_owned(),
        })
    }
}

/// A serial number in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialArg(pub Vec<u8>);

impl FromStr for SerialArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::decode(text)
            .map(Self)
            .map_err(|_| "a serial number is hexadecimal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_read_and_refused() {
        let mac = "0102030405060708090a0b0c0d0e0f10";
        let check = |text: &str| text.parse::<ReceiptArg>();
        let lock = check(&format!("lock:7:{mac}")).unwrap();
        assert_eq!((lock.name, lock.receipt.counter), (ReceiptName::Lock, 7));
        assert_eq!(lock.receipt.mac[15], 0x10);
        for text in [
            "",
            "lock:7",
            "lock:7:00",
            &format!("lock:-1:{mac}"),
            &format!("sign:1:{mac}"),
            &format!("lock:7:{mac}:"),
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
