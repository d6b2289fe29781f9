//! The line between a reader and a chip: how long octets take on it.

use core::time::Duration;

/// Carrier of a contactless reader, in hertz (ISO 14443-2).
const CARRIER: u32 = 13_560_000;
/// A contactless octet: start bit and eight; what separates octets is left out.
const CONTACTLESS_BITS: u32 = 9;
/// A block of ISO 14443-4 §7.1: prologue of one octet, two of EDC; 256 octets in all at most.
const CONTACTLESS_BLOCK: Block = Block {
    payload: 253,
    overhead: 3,
};
/// An octet of T=1: start bit, eight, parity, and the least of guard time (ISO 7816-3 §11.2).
const CONTACT_BITS: u32 = 11;
/// A block of ISO 7816-3 §11.3: three octets of prologue, one of epilogue; 254 octets of payload at most.
const CONTACT_BLOCK: Block = Block {
    payload: 254,
    overhead: 4,
};

/// One kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    bits_per_second: u32,
    bits_per_octet: u32,
    block: Block,
}

/// How a line cuts an APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    /// Most octets of the APDU.
    payload: usize,
    /// Octets that are the line's own. A block that says "received, go on" has nothing else.
    overhead: usize,
}

impl Link {
    /// Contactless, 106 kbit/s: where every chip begins.
    pub const CONTACTLESS_106: Self = Self::contactless(128);
    /// Contactless, 212 kbit/s.
    pub const CONTACTLESS_212: Self = Self::contactless(64);
    /// Contactless, 424 kbit/s.
    pub const CONTACTLESS_424: Self = Self::contactless(32);
    /// Contactless, 848 kbit/s.
    pub const CONTACTLESS_848: Self = Self::contactless(16);
    /// Contacts, T=1 with TA1 = 96 at 5 MHz: 312.5 kbit/s.
    pub const T1: Self = Self::contact(5_000_000 * 32 / 512);
    /// Contacts, T=1 at 4 MHz where nobody has asked for more than 372 clocks a bit: 10.75 kbit/s.
    pub const T1_DEFAULT: Self = Self::contact(4_000_000 / 372);

    /// A bit takes so many periods of the carrier.
    const fn contactless(periods: u32) -> Self {
        Self {
            bits_per_second: CARRIER / periods,
            bits_per_octet: CONTACTLESS_BITS,
            block: CONTACTLESS_BLOCK,
        }
    }

    const fn contact(bits_per_second: u32) -> Self {
        Self {
            bits_per_second,
            bits_per_octet: CONTACT_BITS,
            block: CONTACT_BLOCK,
        }
    }

    /// How long an APDU of so many octets is on its way. In several blocks, each but the last is acknowledged.
    #[must_use]
    pub fn carries(&self, octets: usize) -> Duration {
        let blocks = octets.div_ceil(self.block.payload).max(1);
        let acknowledgements = blocks - 1;
        let all = octets + (blocks + acknowledgements) * self.block.overhead;
        let bits = all as u64 * u64::from(self.bits_per_octet);
        Duration::from_nanos(bits * 1_000_000_000 / u64::from(self.bits_per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bounds that are known of each line: its rate, and what of it is left for octets.
    #[test]
    fn each_line_is_as_fast_as_it_can_be() {
        for (link, bits_per_second, octets_per_second) in [
            (Link::CONTACTLESS_106, 105_937, 11_770),
            (Link::CONTACTLESS_212, 211_875, 23_541),
            (Link::CONTACTLESS_424, 423_750, 47_083),
            (Link::CONTACTLESS_848, 847_500, 94_166),
            (Link::T1, 312_500, 28_409),
            (Link::T1_DEFAULT, 10_752, 977),
        ] {
            assert_eq!(link.bits_per_second, bits_per_second);
            assert_eq!(
                link.bits_per_second / link.bits_per_octet,
                octets_per_second
            );
        }
    }

    #[test]
    fn octets_on_the_way() {
        let octet = |link: Link| f64::from(link.bits_per_octet) / f64::from(link.bits_per_second);
        for (link, octets, all) in [
            (Link::CONTACTLESS_848, 0, 3),
            (Link::CONTACTLESS_848, 2, 5),
            (Link::CONTACTLESS_848, 253, 256),
            (Link::CONTACTLESS_848, 254, 254 + 3 * 3),
            (Link::CONTACTLESS_106, 2_048, 2_048 + 9 * 3 + 8 * 3),
            (Link::T1, 254, 258),
            (Link::T1, 255, 255 + 3 * 4),
        ] {
            let expected = f64::from(all) * octet(link);
            let took = link.carries(octets).as_secs_f64();
            assert!(
                (took - expected).abs() < 1e-8,
                "{octets}: {took} {expected}"
            );
        }
    }
}
