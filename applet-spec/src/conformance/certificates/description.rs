//! What a case says of a certificate.

use std::collections::BTreeMap;

use crypto::{Curve, KeyKind};
use protocols::terminal_authentication::{Rights, Role};
use serde::Deserialize;

use super::edit::Edit;
use super::{CVCA, MAX_DEPTH};

/// The certificates of a file of cases by their names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct CertificateSet(BTreeMap<String, DescriptionText>);

/// One certificate: what is not said is as in the one it is `like`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DescriptionText {
    like: Option<String>,
    by: Option<String>,
    role: Option<RoleText>,
    rights: Option<Vec<RightText>>,
    days: Option<[i32; 2]>,
    authority: Option<String>,
    key: Option<KeyText>,
    #[serde(default)]
    edit: Vec<Edit>,
}

/// One certificate, everything said.
#[derive(Debug, Clone)]
pub struct Description {
    /// Who signs: `cvca`, or the certificate whose key does.
    pub(super) by: String,
    role: RoleText,
    rights: Vec<RightText>,
    /// From when to when, in days from the authority's.
    pub(super) days: [i32; 2],
    /// The name of the signing key, where it is not that of who signs.
    pub(super) authority: Option<String>,
    key: Option<KeyText>,
    /// What is done to the body before it is signed.
    pub(super) edit: Vec<Edit>,
    /// The certificate at the end of `like`: it is about the same key, unless another kind of key is asked for.
    first: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RoleText {
    Cvca,
    DomesticVerifier,
    ForeignVerifier,
    Terminal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RightText {
    Fingers,
    Irises,
}

/// A key that is not one of its own and of the authority's kind.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeyText {
    /// The authority's own key, under its own name.
    Authority,
    /// Another curve, and another length.
    OtherLength,
}

impl CertificateSet {
    /// The names of all.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A certificate with everything that it has from those it is `like`.
    pub(super) fn whole(&self, name: &str) -> Option<Description> {
        let mut text = self.0.get(name)?.clone();
        let mut first = name.to_owned();
        for _ in 0..MAX_DEPTH {
            let Some(like) = text.like.take() else {
                return text.complete(first);
            };
            let base = self.0.get(&like)?.clone();
            text = text.over(base);
            first = like;
        }
        None
    }
}

impl DescriptionText {
    fn over(self, base: Self) -> Self {
        Self {
            like: base.like,
            by: self.by.or(base.by),
            role: self.role.or(base.role),
            rights: self.rights.or(base.rights),
            days: self.days.or(base.days),
            authority: self.authority.or(base.authority),
            key: self.key.or(base.key),
            edit: [base.edit, self.edit].concat(),
        }
    }

    fn complete(self, first: String) -> Option<Description> {
        Some(Description {
            by: self.by?,
            role: self.role?,
            rights: self.rights.unwrap_or_default(),
            days: self.days?,
            authority: self.authority,
            key: self.key,
            edit: self.edit,
            first,
        })
    }
}

impl Description {
    pub(super) const fn role(&self) -> Role {
        match self.role {
            RoleText::Cvca => Role::Cvca,
            RoleText::DomesticVerifier => Role::DomesticVerifier,
            RoleText::ForeignVerifier => Role::ForeignVerifier,
            RoleText::Terminal => Role::Terminal,
        }
    }

    pub(super) fn rights(&self) -> Rights {
        Rights {
            fingers: self.rights.contains(&RightText::Fingers),
            irises: self.rights.contains(&RightText::Irises),
        }
    }

    /// Under which name the key of a certificate is kept.
    pub(super) fn key_of(&self, name: &str) -> String {
        match self.key {
            None => self.first.clone(),
            Some(KeyText::Authority) => CVCA.to_owned(),
            Some(KeyText::OtherLength) => name.to_owned(),
        }
    }

    /// The kind of key, where the authority's is this one.
    pub(super) fn kind(&self, authority: KeyKind) -> Option<KeyKind> {
        match (self.key, authority) {
            (None | Some(KeyText::Authority), kind) => Some(kind),
            (Some(KeyText::OtherLength), KeyKind::Ec(Curve::P384)) => {
                Some(KeyKind::Ec(Curve::P256))
            }
            (Some(KeyText::OtherLength), KeyKind::Ec(_)) => Some(KeyKind::Ec(Curve::P384)),
            (Some(KeyText::OtherLength), KeyKind::Rsa(_)) => None,
        }
    }
}
