//! What we issue and what others issued, verified by us and by OpenSSL.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod hostile;
mod openssl;
mod passive_authentication;
mod profiles;
mod test_pki;
mod vectors;
