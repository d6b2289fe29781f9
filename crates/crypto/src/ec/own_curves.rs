//! Curves of Doc 9303-11 table 12 for which there is no released crate: field, scalars and points put together from
//! `primefield` and `primeorder`, whose arithmetic is constant-time.
//!
//! Field and scalars lie in modules of their own because both macros define the same names.

/// A curve type and its [`EcDomain`](super::EcDomain) out of one set of numbers. `p` and `n` are preceded by `pad`, the zeros that
/// the integer type is wider than they are. The generators are quadratic non-residues: that is what roots are drawn with, and all
/// they are for.
macro_rules! own_curve {
    (
        $(#[$doc:meta])*
        $module:ident::$name:ident, $oid:literal, $uint:ident, $size:ident, $len:literal,
        pad: $pad:literal, p: $p:literal, field generator: $field_generator:literal,
        a: $a:literal, b: $b:literal, x: $x:literal, y: $y:literal,
        n: $n:literal, scalar generator: $scalar_generator:literal
    ) => {
        pub(crate) mod $module {
            use elliptic_curve::bigint::{$uint, ArrayEncoding as _, Odd, Reduce};
            use elliptic_curve::ff::PrimeField as _;
            use elliptic_curve::ops::BatchInvert;
            use elliptic_curve::scalar::{FromUintUnchecked, IsHigh};
            use elliptic_curve::subtle::{Choice, ConstantTimeGreater as _};
            use elliptic_curve::{CurveArithmetic, FieldBytes, PrimeCurve, PrimeCurveArithmetic};
            use primeorder::{PrimeCurveParams, mul_backend, point_arithmetic};

            use crate::ec::EcDomain;
            use crate::ec::domain::hex;

            use field::FieldElement;
            use scalar::Scalar;

            pub(in crate::ec) const DOMAIN: EcDomain = EcDomain {
                p: &hex::<$len>($p),
                a: &hex::<$len>($a),
                b: &hex::<$len>($b),
                gx: &hex::<$len>($x),
                gy: &hex::<$len>($y),
                n: &hex::<$len>($n),
            };

            const ORDER: Odd<$uint> = Odd::<$uint>::from_be_hex(concat!($pad, $n));

            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
            pub struct $name;

            mod field {
                use elliptic_curve::ff::PrimeField as _;
                use elliptic_curve::subtle::{Choice, ConstantTimeEq as _, CtOption};

                primefield::monty_field_params! {
                    name: FieldParams,
                    modulus: concat!($pad, $p),
                    uint: primefield::bigint::$uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $field_generator,
                    doc: "Numbers modulo the prime of the curve"
                }
                primefield::monty_field_element! {
                    name: FieldElement, params: FieldParams, uint: primefield::bigint::$uint, doc: "A coordinate"
                }
                primefield::monty_field_arithmetic! {
                    name: FieldElement, params: FieldParams, uint: primefield::bigint::$uint
                }
            }

            mod scalar {
                use elliptic_curve::ff::PrimeField as _;
                use elliptic_curve::subtle::{Choice, ConstantTimeEq as _, CtOption};

                primefield::monty_field_params! {
                    name: ScalarParams,
                    modulus: concat!($pad, $n),
                    uint: primefield::bigint::$uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $scalar_generator,
                    doc: "Numbers modulo the order of the base point"
                }
                primefield::monty_field_element! {
                    name: Scalar, params: ScalarParams, uint: primefield::bigint::$uint, doc: "A factor of points"
                }
                primefield::monty_field_arithmetic! {
                    name: Scalar, params: ScalarParams, uint: primefield::bigint::$uint
                }

                impl Scalar {
                    pub(super) fn reduced(number: &primefield::bigint::$uint) -> Self {
                        Self(primefield::bigint::Reduce::reduce(number))
                    }
                }
            }

            impl BatchInvert for FieldElement {}

            elliptic_curve::scalar_impls!($name, Scalar);
            primeorder::wnaf::impl_wnaf_size_for_scalar!(Scalar);

            impl Reduce<$uint> for Scalar {
                fn reduce(number: &$uint) -> Self {
                    Self::reduced(number)
                }
            }

            impl Reduce<FieldBytes<$name>> for Scalar {
                fn reduce(bytes: &FieldBytes<$name>) -> Self {
                    let mut wide = $uint::default().to_be_byte_array();
                    for (to, from) in wide.iter_mut().rev().zip(bytes.iter().rev()) {
                        *to = *from;
                    }
                    Self::reduced(&$uint::from_be_byte_array(wide))
                }
            }

            impl AsRef<Scalar> for Scalar {
                fn as_ref(&self) -> &Scalar {
                    self
                }
            }

            impl FromUintUnchecked for Scalar {
                type Uint = $uint;

                fn from_uint_unchecked(uint: Self::Uint) -> Self {
                    Self::from_uint_unchecked(uint)
                }
            }

            impl IsHigh for Scalar {
                fn is_high(&self) -> Choice {
                    const HALF: $uint = ORDER.as_ref().shr_vartime(1);
                    self.to_canonical().ct_gt(&HALF)
                }
            }

            impl elliptic_curve::Curve for $name {
                type FieldBytesSize = elliptic_curve::consts::$size;
                type Uint = $uint;
                const ORDER: Odd<$uint> = ORDER;
            }

            impl PrimeCurve for $name {}

            impl elliptic_curve::point::PointCompression for $name {
                const COMPRESS_POINTS: bool = false;
            }

            impl pkcs8::AssociatedOid for $name {
                const OID: pkcs8::ObjectIdentifier = crate::dotted($oid);
            }

            impl CurveArithmetic for $name {
                type AffinePoint = primeorder::AffinePoint<Self>;
                type ProjectivePoint = primeorder::ProjectivePoint<Self>;
                type Scalar = Scalar;
            }

            impl elliptic_curve::hazmat::FieldArithmetic for $name {
                type FieldElement = FieldElement;
            }

            impl PrimeCurveArithmetic for $name {
                type CurveGroup = primeorder::ProjectivePoint<Self>;
            }

            impl PrimeCurveParams for $name {
                type PointArithmetic = point_arithmetic::EquationAIsGeneric;
                type Backend = mul_backend::VariableOnly;
                const EQUATION_A: FieldElement = FieldElement::from_hex_vartime($a);
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($b);
                const GENERATOR: (FieldElement, FieldElement) = (
                    FieldElement::from_hex_vartime($x),
                    FieldElement::from_hex_vartime($y),
                );
            }

            impl ecdsa::EcdsaCurve for $name {
                const NORMALIZE_S: bool = false;
            }
        }
    };
}

own_curve! {
    /// NIST P-192, secp192r1 (FIPS 186-4 §D.1.2.1).
    p192::NistP192, "1.2.840.10045.3.1.1", U192, U24, 24,
    pad: "",
    p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFF",
    field generator: 11,
    a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFC",
    b: "64210519E59C80E70FA7E9AB72243049FEB8DEECC146B9B1",
    x: "188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012",
    y: "07192B95FFC8DA78631011ED6B24CDD573F977A11E794811",
    n: "FFFFFFFFFFFFFFFFFFFFFFFF99DEF836146BC9B1B4D22831",
    scalar generator: 3
}

own_curve! {
    /// NIST P-224, secp224r1 (FIPS 186-4 §D.1.2.2).
    p224::NistP224, "1.3.132.0.33", U256, U28, 28,
    pad: "00000000",
    p: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000000000000000000001",
    field generator: 22,
    a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFE",
    b: "B4050A850C04B3ABF54132565044B0B7D7BFD8BA270B39432355FFB4",
    x: "B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21",
    y: "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34",
    n: "FFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D",
    scalar generator: 2
}

own_curve! {
    /// brainpoolP192r1 (RFC 5639 §3.2).
    brainpool_p192r1::BrainpoolP192r1, "1.3.36.3.3.2.8.1.1.3", U192, U24, 24,
    pad: "",
    p: "C302F41D932A36CDA7A3463093D18DB78FCE476DE1A86297",
    field generator: 3,
    a: "6A91174076B1E0E19C39C031FE8685C1CAE040E5C69A28EF",
    b: "469A28EF7C28CCA3DC721D044F4496BCCA7EF4146FBF25C9",
    x: "C0A0647EAAB6A48753B033C56CB0F0900A2F5C4853375FD6",
    y: "14B690866ABD5BB88B5F4828C1490002E6773FA2FA299B8F",
    n: "C302F41D932A36CDA7A3462F9E9E916B5BE8F1029AC4ACC1",
    scalar generator: 7
}

own_curve! {
    /// brainpoolP224r1 (RFC 5639 §3.3).
    brainpool_p224r1::BrainpoolP224r1, "1.3.36.3.3.2.8.1.1.5", U256, U28, 28,
    pad: "00000000",
    p: "D7C134AA264366862A18302575D1D787B09F075797DA89F57EC8C0FF",
    field generator: 3,
    a: "68A5E62CA9CE6C1C299803A6C1530B514E182AD8B0042A59CAD29F43",
    b: "2580F63CCFE44138870713B1A92369E33E2135D266DBB372386C400B",
    x: "0D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D",
    y: "58AA56F772C0726F24C6B89E4ECDAC24354B9E99CAA3F6D3761402CD",
    n: "D7C134AA264366862A18302575D0FB98D116BC4B6DDEBCA3A5A7939F",
    scalar generator: 3
}

own_curve! {
    /// brainpoolP320r1 (RFC 5639 §3.5).
    brainpool_p320r1::BrainpoolP320r1, "1.3.36.3.3.2.8.1.1.9", U384, U40, 40,
    pad: "0000000000000000",
    p: "D35E472036BC4FB7E13C785ED201E065F98FCFA6F6F40DEF4F92B9EC7893EC28FCD412B1F1B32E27",
    field generator: 5,
    a: "3EE30B568FBAB0F883CCEBD46D3F3BB8A2A73513F5EB79DA66190EB085FFA9F492F375A97D860EB4",
    b: "520883949DFDBC42D3AD198640688A6FE13F41349554B49ACC31DCCD884539816F5EB4AC8FB1F1A6",
    x: "43BD7E9AFB53D8B85289BCC48EE5BFE6F20137D10A087EB6E7871E2A10A599C710AF8D0D39E20611",
    y: "14FDD05545EC1CC8AB4093247F77275E0743FFED117182EAA9C77877AAAC6AC7D35245D1692E8EE1",
    n: "D35E472036BC4FB7E13C785ED201E065F98FCFA5B68F12A32D482EC7EE8658E98691555B44C59311",
    scalar generator: 3
}

own_curve! {
    /// brainpoolP512r1 (RFC 5639 §3.7).
    brainpool_p512r1::BrainpoolP512r1, "1.3.36.3.3.2.8.1.1.13", U512, U64, 64,
    pad: "",
    p: "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
    field generator: 2,
    a: "7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
    b: "3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CADC083E67984050B75EBAE5DD2809BD638016F723",
    x: "81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D50D1687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
    y: "7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111B2DCDE494A5F485E5BCA4BD88A2763AED1CA2B2FA8F0540678CD1E0F3AD80892",
    n: "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA92619418661197FAC10471DB1D381085DDADDB58796829CA90069",
    scalar generator: 7
}
