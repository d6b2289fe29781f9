//! The tables: names of tags, context by context, in the words of their standards.

mod biometric_data;
pub(super) mod certificates;
pub(super) mod files;
pub(super) mod keys;
pub(super) mod security_infos;
pub(super) mod terminals;
