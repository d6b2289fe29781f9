//! The record of a ceremony: who was there, what was done, with the hash of every object that went in or out. Each record
//! names the hash of the one before, so that a stack of signed paper proves the whole journal.

use core::fmt::Write as _;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::octets::Digest;
use crate::two_persons::TwoPersons;

/// Width of a printed page in characters.
const WIDTH: usize = 88;

/// What a ceremony happens in: who sits there, when, with which tool.
#[derive(Debug, Clone, Copy)]
pub struct Sitting<'a> {
    /// Who.
    pub persons: &'a TwoPersons,
    /// When.
    pub now: OffsetDateTime,
    /// Name and version of the program.
    pub tool: &'a str,
}

/// The record of one ceremony. Stored records load for ever: fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Number, from 1.
    pub number: u64,
    /// SHA-256 of the journal's line before; zeros in the first.
    pub previous: Digest,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who.
    pub persons: TwoPersons,
    /// Name and version of the program.
    pub tool: String,
    /// What was done.
    pub act: Act,
    /// What it was done with.
    pub facts: Vec<Fact>,
    /// What went in and out.
    pub objects: Vec<Object>,
}

/// Kinds of ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// The first key and certificate of the CSCA.
    Create,
    /// A registrar's key is trusted from here on.
    Admit,
    /// A registrar's key is trusted no more.
    Dismiss,
    /// A request was answered.
    Answer,
    /// A new key, with a link certificate.
    Link,
    /// A certificate was revoked.
    Revoke,
    /// A revocation list was issued.
    Crl,
    /// A copy of the root was made.
    Backup,
    /// The root was brought back from a copy.
    Restore,
    /// The deletion of keys was decided and begun.
    Destroy,
    /// The keys are gone.
    Destroyed,
    /// Keys that never came into use are gone.
    Discard,
    /// Keys were not found, and two persons declare them lost. Nothing shows that they are destroyed.
    Lost,
}

impl Act {
    /// The word in file names.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Admit => "admit",
            Self::Dismiss => "dismiss",
            Self::Answer => "answer",
            Self::Link => "link",
            Self::Revoke => "revoke",
            Self::Crl => "crl",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Destroy => "destroy",
            Self::Destroyed => "destroyed",
            Self::Discard => "discard",
            Self::Lost => "lost",
        }
    }

    /// Vietnamese and English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Create => "Tạo khóa CSCA / Generation of the CSCA key",
            Self::Admit => "Công nhận khóa đăng ký / Admission of a registrar",
            Self::Dismiss => "Bãi bỏ khóa đăng ký / Dismissal of a registrar",
            Self::Answer => "Trả lời yêu cầu / Answer to a request",
            Self::Link => "Thay khóa CSCA / Change of the CSCA key",
            Self::Revoke => "Thu hồi chứng thư / Revocation of a certificate",
            Self::Crl => "Danh sách thu hồi / Revocation list",
            Self::Backup => "Sao lưu / Backup",
            Self::Restore => "Phục hồi / Restoration",
            Self::Destroy => "Bắt đầu hủy khóa / Deletion of keys begun",
            Self::Destroyed => "Đã hủy khóa / Keys deleted",
            Self::Discard => "Đã hủy khóa chưa dùng / Keys deleted that never came into use",
            Self::Lost => "Khai báo mất khóa / Keys declared lost",
        }
    }
}

/// Something that was done or decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is about.
    pub what: String,
    /// What holds.
    pub says: String,
}

/// Something that went in or out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Which way.
    pub direction: Direction,
    /// What.
    pub what: String,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// Which way an object went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Into the root.
    In,
    /// Out of it.
    Out,
}

impl Fact {
    /// A fact.
    pub(crate) fn new(what: &str, says: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            says: says.into(),
        }
    }
}

impl Object {
    /// Something that came in.
    pub(crate) fn incoming(what: &str, sha256: Digest) -> Self {
        Self {
            direction: Direction::In,
            what: what.to_owned(),
            sha256,
        }
    }

    /// Something that went out.
    pub(crate) fn outgoing(what: &str, sha256: Digest) -> Self {
        Self {
            direction: Direction::Out,
            what: what.to_owned(),
            sha256,
        }
    }
}

impl Direction {
    /// Vietnamese and English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::In => "Vào / In",
            Self::Out => "Ra / Out",
        }
    }
}

impl Record {
    /// When, in the form of the page.
    #[must_use]
    pub fn moment(&self) -> String {
        moment(self.at)
    }

    /// The page to print and sign. `own` is the hash of the journal's line with this record.
    #[must_use]
    pub fn page(&self, own: &Digest) -> String {
        let mut page = String::new();
        // Writing to a text cannot fail.
        let _ = self.write_page(&mut page, own);
        page
    }

    fn write_page(&self, page: &mut String, own: &Digest) -> core::fmt::Result {
        let rule = "=".repeat(WIDTH);
        writeln!(page, "{rule}")?;
        writeln!(
            page,
            "BIÊN BẢN NGHI THỨC KHÓA CSCA / RECORD OF A CSCA KEY CEREMONY"
        )?;
        writeln!(page, "{rule}")?;
        writeln!(page, "Số / Number           {}", self.number)?;
        writeln!(page, "Việc / Act            {}", self.act.title())?;
        writeln!(page, "Thời điểm / Time      {}", self.moment())?;
        writeln!(page, "Phần mềm / Tool       {}", self.tool)?;
        writeln!(page, "\nNội dung / Facts")?;
        for fact in &self.facts {
            writeln!(page, "  {}", fact.what)?;
            writeln!(page, "      {}", fact.says)?;
        }
        writeln!(page, "\nĐối tượng / Objects (SHA-256)")?;
        if self.objects.is_empty() {
            writeln!(page, "  không có / none")?;
        }
        for object in &self.objects {
            writeln!(page, "  {:9} {}", object.direction.title(), object.what)?;
            write_digest(page, &object.sha256)?;
        }
        writeln!(page, "\nBiên bản trước / Previous record (SHA-256)")?;
        write_digest(page, &self.previous)?;
        writeln!(page, "Biên bản này / This record (SHA-256)")?;
        write_digest(page, own)?;
        writeln!(page, "\nNgười tham dự / Present")?;
        for person in self.persons.both() {
            writeln!(page, "\n  {}", person.name())?;
            writeln!(page, "  {}", person.role().title())?;
            writeln!(page, "  Chữ ký / Signature  {}", "_".repeat(40))?;
        }
        writeln!(page, "{rule}")
    }
}

/// A moment as every record and report writes it (RFC 3339).
#[must_use]
pub fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// Two lines of groups of four digits.
fn write_digest(page: &mut String, digest: &Digest) -> core::fmt::Result {
    let spoken = digest.spoken();
    let (first, second) = spoken.split_at(spoken.len() / 2);
    writeln!(page, "      {}", first.trim())?;
    writeln!(page, "      {}", second.trim())
}
