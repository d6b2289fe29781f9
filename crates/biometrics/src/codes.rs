//! Code tables of the record formats: a number with names for the values that have one.

/// Declares a code as a newtype over its number, so that an unknown value survives reading and
/// writing; prints its name, or the number when it has none.
macro_rules! codes {
    (
        $(#[$about:meta])*
        $name:ident($repr:ty) {
            $($(#[$doc:meta])* $constant:ident = $value:literal => $text:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $repr);

        impl $name {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $text, ".")]
                $(#[$doc])*
                pub const $constant: Self = Self($value);
            )*
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match *self {
                    $(Self::$constant => f.write_str($text),)*
                    Self(code) => write!(f, "code {code}"),
                }
            }
        }
    };
}

pub(crate) use codes;
