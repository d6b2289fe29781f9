//! What we issue and what others issued, verified by us and by OpenSSL.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod card_security;
mod crl;
mod crl_of_others;
mod deviation_lists;
mod forge;
mod hostile;
mod known_deviations;
mod lists;
mod master_lists;
mod office;
mod openssl;
mod openssl_issuing;
mod passive_authentication;
mod profile_refusals;
mod profiles;
mod quirks;
mod quirks_in_context;
mod revocation;
mod test_pki;
mod vectors;
