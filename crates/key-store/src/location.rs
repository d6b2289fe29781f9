//! Where a key lives, in one line of text.
//!
//! | written | place |
//! |---|---|
//! | `file:keys/csca.key` | a PKCS#8 file |
//! | `pkcs11:token=Issuing;object=csca?module-path=/usr/lib/libpkcs11.so` | a key on a token (RFC 7512) |
//!
//! Of RFC 7512 this is the part that names one key on one token. What is not understood is refused: a condition that is
//! overlooked would lead to another key. A PIN never stands in it.

mod percent;

use core::fmt;
use core::str::FromStr;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Longest text that is read.
pub const MAX_LEN: usize = 4096;
const FILE: &str = "file:";
const TOKEN: &str = "pkcs11:";

/// The place of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyLocation {
    /// A file.
    File(PathBuf),
    /// A token behind PKCS#11.
    Token(TokenUri),
}

/// A key on a token, as RFC 7512 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenUri {
    /// Label of the token (CKA_LABEL of CK_TOKEN_INFO without its padding).
    pub token: Option<String>,
    /// Serial number of the token, where the label is not enough.
    pub serial: Option<String>,
    /// Label of the key (CKA_LABEL).
    pub object: Option<String>,
    /// Identifier of the key (CKA_ID).
    pub id: Option<Vec<u8>>,
    /// The PKCS#11 module.
    pub module_path: PathBuf,
    /// A file that holds the PIN.
    pub pin_source: Option<PathBuf>,
}

/// What can be wrong with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocationFault {
    /// Neither of the two forms.
    #[error("a key is named by `file:…` or `pkcs11:token=…;object=…?module-path=…`")]
    Scheme,
    /// A file on another machine.
    #[error("a file is named by its path on this machine")]
    Authority,
    /// Nothing where something must be.
    #[error("empty value")]
    Empty,
    /// Longer than [`MAX_LEN`].
    #[error("too long")]
    TooLong,
    /// `%` without two hexadecimal digits, or a sign that must be written with it.
    #[error("a sign that must be written as % and two hexadecimal digits")]
    Percent,
    /// Not UTF-8, or with control characters.
    #[error("not readable text")]
    Text,
    /// Not `name=value`.
    #[error("not `name=value`")]
    Attribute,
    /// An attribute that is not understood here.
    #[error(
        "an attribute that is not understood; known are token, serial, object, id, type, module-path, pin-source"
    )]
    Unknown,
    /// The same attribute twice.
    #[error("an attribute stands there twice")]
    Twice,
    /// A PIN in the text.
    #[error("a PIN does not belong into the name of a key; use pin-source=file:…")]
    Pin,
    /// No token or no key is named.
    #[error("a token (token or serial), a key (object or id) and a module-path must be named")]
    Incomplete,
    /// Something other than a private key.
    #[error("only type=private is a key that signs")]
    Type,
}

impl KeyLocation {
    /// The file that holds the PIN, where the text names one.
    #[must_use]
    pub fn pin_source(&self) -> Option<&Path> {
        match self {
            Self::File(_) => None,
            Self::Token(uri) => uri.pin_source.as_deref(),
        }
    }
}

impl FromStr for KeyLocation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() > MAX_LEN {
            return Err(fault(LocationFault::TooLong, MAX_LEN));
        }
        if let Some(rest) = text.strip_prefix(FILE) {
            return Ok(Self::File(file(rest, FILE.len())?));
        }
        match text.strip_prefix(TOKEN) {
            Some(rest) => token(rest).map(Self::Token),
            None => Err(fault(LocationFault::Scheme, 0)),
        }
    }
}

impl fmt::Display for KeyLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => {
                // An empty host, where the path itself would be taken for one.
                let host = if path.as_os_str().as_encoded_bytes().starts_with(b"//") {
                    "//"
                } else {
                    ""
                };
                write!(f, "{FILE}{host}{}", percent::encode_path(path))
            }
            Self::Token(uri) => uri.fmt(f),
        }
    }
}

impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = TOKEN;
        let texts = [
            ("token", self.token.as_deref().map(str::as_bytes)),
            ("serial", self.serial.as_deref().map(str::as_bytes)),
            ("object", self.object.as_deref().map(str::as_bytes)),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                write!(f, "{separator}{name}={}", percent::encode(value))?;
                separator = ";";
            }
        }
        if let Some(id) = &self.id {
            write!(f, "{separator}id={}", percent::encode_all(id))?;
        }
        write!(
            f,
            "?module-path={}",
            percent::encode_path(&self.module_path)
        )?;
        if let Some(path) = &self.pin_source {
            write!(f, "&pin-source={}", KeyLocation::File(path.clone()))?;
        }
        Ok(())
    }
}

const fn fault(why: LocationFault, at: usize) -> Error {
    Error::Location { why, at }
}

/// The path behind `file:`; `//` and an empty host may stand before it (RFC 8089 §2).
fn file(rest: &str, at: usize) -> Result<PathBuf> {
    let path = match rest.strip_prefix("//") {
        Some(local) if local.starts_with('/') => local,
        Some(_) => return Err(fault(LocationFault::Authority, at)),
        None => rest,
    };
    let start = at + rest.len() - path.len();
    Ok(PathBuf::from(percent::text(path, start, percent::PATH)?))
}

/// The attributes as they come in.
#[derive(Default)]
struct Found {
    token: Option<String>,
    serial: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    kind: Option<String>,
    module_path: Option<PathBuf>,
    pin_source: Option<PathBuf>,
}

fn token(rest: &str) -> Result<TokenUri> {
    let mut found = Found::default();
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let mut at = TOKEN.len();
    for attribute in path.split(';') {
        found.path_attribute(attribute, at)?;
        at += attribute.len() + 1;
    }
    for attribute in query
        .unwrap_or_default()
        .split('&')
        .filter(|_| query.is_some())
    {
        found.query_attribute(attribute, at)?;
        at += attribute.len() + 1;
    }
    let end = TOKEN.len() + rest.len();
    let key = found.object.is_some() || found.id.is_some();
    match found.module_path {
        Some(module_path) if key && (found.token.is_some() || found.serial.is_some()) => {
            Ok(TokenUri {
                token: found.token,
                serial: found.serial,
                object: found.object,
                id: found.id,
                module_path,
                pin_source: found.pin_source,
            })
        }
        _ => Err(fault(LocationFault::Incomplete, end)),
    }
}

impl Found {
    fn path_attribute(&mut self, attribute: &str, at: usize) -> Result<()> {
        let (name, value, start) = split(attribute, at)?;
        match name {
            "token" => once(
                &mut self.token,
                percent::text(value, start, percent::PATH)?,
                at,
            ),
            "serial" => once(
                &mut self.serial,
                percent::text(value, start, percent::PATH)?,
                at,
            ),
            "object" => once(
                &mut self.object,
                percent::text(value, start, percent::PATH)?,
                at,
            ),
            "id" => once(
                &mut self.id,
                percent::bytes(value, start, percent::PATH)?,
                at,
            ),
            "type" if value == "private" => once(&mut self.kind, value.to_owned(), at),
            "type" => Err(fault(LocationFault::Type, start)),
            "pin-value" => Err(fault(LocationFault::Pin, at)),
            _ => Err(fault(LocationFault::Unknown, at)),
        }
    }

    fn query_attribute(&mut self, attribute: &str, at: usize) -> Result<()> {
        let (name, value, start) = split(attribute, at)?;
        match name {
            "module-path" => {
                let path = percent::text(value, start, percent::QUERY)?;
                once(&mut self.module_path, PathBuf::from(path), at)
            }
            "pin-source" => {
                let path = value
                    .strip_prefix(FILE)
                    .ok_or(fault(LocationFault::Scheme, start))?;
                once(&mut self.pin_source, file(path, start + FILE.len())?, at)
            }
            "pin-value" => Err(fault(LocationFault::Pin, at)),
            _ => Err(fault(LocationFault::Unknown, at)),
        }
    }
}

/// Name, value and the offset of the value.
fn split(attribute: &str, at: usize) -> Result<(&str, &str, usize)> {
    let (name, value) = attribute
        .split_once('=')
        .ok_or(fault(LocationFault::Attribute, at))?;
    Ok((name, value, at + name.len() + 1))
}

fn once<T>(place: &mut Option<T>, value: T, at: usize) -> Result<()> {
    if place.is_some() {
        return Err(fault(LocationFault::Twice, at));
    }
    *place = Some(value);
    Ok(())
}

#[cfg(test)]
mod tests;
