//! The groups by number, name and parameters.

use super::arithmetic::Modulus;
use crate::ec::hex;

/// Parameters of a multiplicative group modulo a prime. Big-endian, p and g of the prime's length, q of the order's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DhDomain {
    /// Prime of the field.
    pub p: &'static [u8],
    /// Generator of the subgroup.
    pub g: &'static [u8],
    /// Order of the generator, a prime.
    pub q: &'static [u8],
}

/// A group of Doc 9303-11 table 12 that is no curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DhGroup {
    /// 1,024 bits with a subgroup of 160 (RFC 5114 §2.1), standardised parameter id 0. Deprecated by TR-03110-3.
    Modp1024_160,
    /// 2,048 bits with a subgroup of 224 (RFC 5114 §2.2), id 1.
    Modp2048_224,
    /// 2,048 bits with a subgroup of 256 (RFC 5114 §2.3), id 2.
    Modp2048_256,
}

impl DhGroup {
    /// All of them, in the order of their standardised ids.
    pub const ALL: [Self; 3] = [Self::Modp1024_160, Self::Modp2048_224, Self::Modp2048_256];

    /// Number of the standardised domain parameters (Doc 9303-11 table 12).
    #[must_use]
    pub const fn standardized_id(self) -> u8 {
        match self {
            Self::Modp1024_160 => 0,
            Self::Modp2048_224 => 1,
            Self::Modp2048_256 => 2,
        }
    }

    /// The group of a number of table 12.
    #[must_use]
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|group| group.standardized_id() == id)
    }

    /// The known group whose numbers these are, big-endian, with or without leading zeros. PKCS #3 does not say q.
    ///
    /// Parameters that come with a key or over the line are never computed with, only recognised: a weak prime or a generator
    /// of small order would lay passwords and private numbers open (Doc 9303-11 §9.2.2).
    #[must_use]
    pub fn from_domain(p: &[u8], g: &[u8], q: Option<&[u8]>) -> Option<Self> {
        let same = |number: &[u8], known: &[u8]| {
            super::without_zeros(number) == super::without_zeros(known)
        };
        Self::ALL.into_iter().find(|group| {
            let known = group.domain();
            same(p, known.p) && same(g, known.g) && q.is_none_or(|q| same(q, known.q))
        })
    }

    /// Octets of a value: of the prime.
    #[must_use]
    pub const fn value_len(self) -> usize {
        self.domain().p.len()
    }

    /// Octets of a private number: of the order.
    #[must_use]
    pub const fn order_len(self) -> usize {
        self.domain().q.len()
    }

    /// Name as written in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Modp1024_160 => "MODP 1024/160",
            Self::Modp2048_224 => "MODP 2048/224",
            Self::Modp2048_256 => "MODP 2048/256",
        }
    }

    /// The domain parameters as numbers.
    #[must_use]
    pub const fn domain(self) -> &'static DhDomain {
        match self {
            Self::Modp1024_160 => &modp_1024_160::DOMAIN,
            Self::Modp2048_224 => &modp_2048_224::DOMAIN,
            Self::Modp2048_256 => &modp_2048_256::DOMAIN,
        }
    }
}

/// Runs `$body` with the numbers of the group as `$m`.
macro_rules! with_modulus {
    ($group:expr, $m:ident => $body:expr) => {
        match $group {
            $crate::DhGroup::Modp1024_160 => {
                let $m = &*$crate::dh::group::modp_1024_160::MODULUS;
                $body
            }
            $crate::DhGroup::Modp2048_224 => {
                let $m = &*$crate::dh::group::modp_2048_224::MODULUS;
                $body
            }
            $crate::DhGroup::Modp2048_256 => {
                let $m = &*$crate::dh::group::modp_2048_256::MODULUS;
                $body
            }
        }
    };
}
pub(super) use with_modulus;

/// A [`DhDomain`] and what is computed with out of one set of numbers. `q` is preceded by `pad`, the zeros that p is longer.
macro_rules! group {
    ($(#[$doc:meta])* $module:ident, $uint:ident, $p_len:literal, $q_len:literal, p: $p:literal, g: $g:literal, pad: $pad:literal, q: $q:literal) => {
        $(#[$doc])*
        pub(super) mod $module {
            use std::sync::LazyLock;

            use crypto_bigint::{$uint, NonZero, Odd};

            use super::{DhDomain, Modulus, hex};

            pub(super) const DOMAIN: DhDomain = DhDomain {
                p: &hex::<$p_len>($p),
                g: &hex::<$p_len>($g),
                q: &hex::<$q_len>($q),
            };

            const PRIME: Odd<$uint> = Odd::<$uint>::from_be_hex($p);
            const ORDER: NonZero<$uint> = NonZero::<$uint>::from_be_hex(concat!($pad, $q));

            pub(in crate::dh) static MODULUS: LazyLock<Modulus<{ $uint::LIMBS }>> =
                LazyLock::new(|| Modulus::new(PRIME, ORDER, $q_len));
        }
    };
}

group! {
    /// RFC 5114 §2.1.
    modp_1024_160, U1024, 128, 20,
    p: "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C013ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371",
    g: "A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28AD662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5",
    pad: "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    q: "F518AA8781A8DF278ABA4E7D64B7CB9D49462353"
}

group! {
    /// RFC 5114 §2.2.
    modp_2048_224, U2048, 256, 28,
    p: "AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75E6FA141DF95A56DBAF9A3C407BA1DF15EB3D688A309C180E1DE6B85A1274A0A66D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207C9F98D11ED34DBF6C6BA0B2C8BBC27BE6A00E0A0B9C49708B3BF8A317091883681286130BC8985DB1602E714415D9330278273C7DE31EFDC7310F7121FD5A07415987D9ADC0A486DCDF93ACC44328387315D75E198C641A480CD86A1B9E587E8BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29E3FB73C16B8E75B97EF363E2FFA31F71CF9DE5384E71B81C0AC4DFFE0C10E64F",
    g: "AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3A6824A4E10B9A6F0DD921F01A70C4AFAAB739D7700C29F52C57DB17C620A8652BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98AE247150422EA1ED409939D54DA7460CDB5F6C6B250717CBEF180EB34118E98D119529A45D6F834566E3025E316A330EFBB77A86F0C1AB15B051AE3D428C8F8ACB70A8137150B8EEB10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD7B5A0F1C71CFFF4C19C418E1F6EC017981BC087F2A7065B384B890D3191F2BFA",
    pad: "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    q: "801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB"
}

group! {
    /// RFC 5114 §2.3.
    modp_2048_256, U2048, 256, 32,
    p: "87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA3016C3D91134096FAA3BF4296D830E9A7C209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76B63ACAE1CAA6B7902D52526735488A0EF13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103A4B54330C198AF126116D2276E11715F693877FAD7EF09CADB094AE91E1A1597",
    g: "3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA12510DBC15077BE463FFF4FED4AAC0BB555BE3A6C1B0C6B47B1BC3773BF7E8C6F62901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B777DE62AAAB8A8628AC376D282D6ED3864E67982428EBC831D14348F6F2F9193B5045AF2767164E1DFC967C1FB3F2E55A4BD1BFFE83B9C80D052B985D182EA0ADB2A3B7313D3FE14C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C32F63078490F00EF8D647D148D47954515E2327CFEF98C582664B4C0F6CC41659",
    pad: "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    q: "8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3"
}
