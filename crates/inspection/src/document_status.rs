//! What the issuer says of a document today: whether it may still be used. No chip knows that; somebody has to be asked, on line or in
//! a list that was fetched before.
//!
//! Who asks is not known here: a library opens no socket. An [`Answer`] becomes a check of the report by [`Report::take_status`].

use core::time::Duration;

use lds::File;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::check::{Check, CheckKind, Finding, Weight};
use crate::report::Report;
use crate::{Outcome, Source};

/// The check. What nobody could be asked does not count, like a revocation list that is not there; it stands beside the verdict.
pub const DOCUMENT_STATUS: CheckKind = CheckKind {
    id: "document-status",
    title: "Status of the document at its issuer",
    clause: "draft-ietf-oauth-status-list-21 §7",
    weight: Weight::WhereKnown,
};

/// What the issuer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It may be used.
    Valid,
    /// Not for the moment.
    Suspended,
    /// Not any more.
    Revoked(Revoked),
    /// It was never handed out.
    NotInField,
    /// It was issued there, and is not as it was issued.
    Changed,
    /// It was not issued there.
    Unknown,
}

/// Why a document may not be used any more, as far as others are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// Nothing is said of it.
    Unsaid,
    /// Lost or stolen.
    LostOrStolen,
    /// Another one has taken its place.
    Replaced,
    /// Taken from the holder, or the holder has died.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Damaged, or never collected.
    Unusable,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This terminal asks nobody.
    Offline,
    /// There was no need to: the document is not in order, or could not be read.
    Needless,
    /// The issuer's service has answered.
    Service {
        /// What.
        said: Said,
        /// When it was asked.
        at: OffsetDateTime,
    },
    /// A signed list says it.
    List {
        /// What.
        said: Said,
        /// When the list was made: it knows nothing of later days.
        made: OffsetDateTime,
    },
    /// Nothing can be said.
    Silence {
        /// When somebody was asked.
        at: OffsetDateTime,
        /// Why.
        why: String,
    },
}

impl Said {
    /// Stable word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked(_) => "revoked",
            Self::NotInField => "not-in-field",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
        }
    }

    /// In English.
    const fn en(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked(Revoked::Unsaid) => "revoked",
            Self::Revoked(Revoked::LostOrStolen) => "revoked: lost or stolen",
            Self::Revoked(Revoked::Replaced) => "revoked: replaced by another",
            Self::Revoked(Revoked::Withdrawn) => "revoked: withdrawn",
            Self::Revoked(Revoked::Expired) => "revoked: its time is over",
            Self::Revoked(Revoked::Unusable) => "revoked: damaged or never collected",
            Self::NotInField => "never handed out",
            Self::Changed => "not as it was issued",
            Self::Unknown => "not known there",
        }
    }

    /// In Vietnamese.
    const fn vi(self) -> &'static str {
        match self {
            Self::Valid => "còn hiệu lực",
            Self::Suspended => "tạm dừng sử dụng",
            Self::Revoked(Revoked::Unsaid) => "đã bị thu hồi",
            Self::Revoked(Revoked::LostOrStolen) => "đã bị thu hồi: báo mất",
            Self::Revoked(Revoked::Replaced) => "đã bị thu hồi: có thẻ khác thay thế",
            Self::Revoked(Revoked::Withdrawn) => "đã bị thu hồi",
            Self::Revoked(Revoked::Expired) => "đã bị thu hồi: hết thời hạn",
            Self::Revoked(Revoked::Unusable) => "đã bị thu hồi: hỏng hoặc không có người nhận",
            Self::NotInField => "chưa từng được trao",
            Self::Changed => "không còn như lúc cấp",
            Self::Unknown => "không có ở đó",
        }
    }
}

impl Answer {
    /// Who has said it, a stable word for programs.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Needless => "not-asked",
            Self::Service { .. } => "service",
            Self::List { .. } => "list",
            Self::Silence { .. } => "silence",
        }
    }

    /// What was said, if something was.
    #[must_use]
    pub const fn said(&self) -> Option<Said> {
        match self {
            Self::Service { said, .. } | Self::List { said, .. } => Some(*said),
            Self::Offline | Self::Needless | Self::Silence { .. } => None,
        }
    }

    /// The whole of it in English, in a line.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Offline => "offline: not asked".to_owned(),
            Self::Needless => "not asked: the document says enough by itself".to_owned(),
            Self::Service { said, at } => format!("asked at {}: {}", shown(*at), said.en()),
            Self::List { said, made } => format!("list of {}: {}", shown(*made), said.en()),
            Self::Silence { at, why } => format!("asked in vain at {}: {why}", shown(*at)),
        }
    }

    /// The same in Vietnamese. Why nobody has answered is said in English, as programs say it.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Offline => "ngoại tuyến: không hỏi".to_owned(),
            Self::Needless => "không hỏi: bản thân giấy tờ đã đủ rõ".to_owned(),
            Self::Service { said, at } => format!("đã hỏi lúc {}: {}", shown(*at), said.vi()),
            Self::List { said, made } => format!("danh sách ngày {}: {}", shown(*made), said.vi()),
            Self::Silence { at, why } => format!("hỏi lúc {} không được: {why}", shown(*at)),
        }
    }

    fn finding(&self) -> Finding {
        let words = self.en();
        match (self, self.said()) {
            (Self::Silence { .. }, _) => Finding::undetermined(words).remedy(ASK_AGAIN),
            (_, None) => Finding::not_supported(words),
            (_, Some(Said::Valid)) => Finding::successful(words),
            (_, Some(Said::Unknown)) => Finding::undetermined(words).remedy(ANOTHER_ISSUER),
            (_, Some(_)) => Finding::failed(words).remedy(KEEP_IT),
        }
    }
}

const ASK_AGAIN: &str = "ask again, or decide by the rules for work without a line";
const ANOTHER_ISSUER: &str = "is it of the issuer that was asked? if so, call the supervisor";
const KEEP_IT: &str = "keep the document and call the supervisor";

/// Whole seconds of Coordinated Universal Time.
fn shown(time: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    let time = time.to_offset(time::UtcOffset::UTC);
    time.format(&form).unwrap_or_default()
}

impl Report {
    /// What identifies the document to its issuer and says nothing of its holder: EF.SOD. `None` where asking is needless: the document
    /// is not in order, or was not read.
    #[must_use]
    pub fn asks_for(&self) -> Option<&[u8]> {
        let is_open = matches!(
            self.overall(),
            Outcome::Successful | Outcome::NotSupported | Outcome::Undetermined
        );
        let files = &self.data.as_shown().files;
        let object = files.get(&File::Sod).filter(|_| is_open);
        object.map(Vec::as_slice)
    }

    /// What the chip has proved of itself; `None` where there was none to prove it, or it proved nothing.
    #[must_use]
    pub fn chip_is_genuine(&self) -> Option<bool> {
        let check = self.check(crate::steps::content::CHIP_AUTHENTICITY.kind.id)?;
        match (self.source, check.finding.outcome) {
            (Source::Chip, Outcome::Successful) => Some(true),
            (Source::Chip, Outcome::Failed) => Some(false),
            _ => None,
        }
    }

    /// Takes what came of asking as the last check.
    pub fn take_status(&mut self, answer: Answer, elapsed: Duration) {
        let check = Check {
            kind: DOCUMENT_STATUS,
            finding: answer.finding(),
            deviations: Vec::new(),
            elapsed,
        };
        self.status = Some(answer);
        self.checks
            .retain(|check| check.kind.id != DOCUMENT_STATUS.id);
        self.checks.push(check);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn who_was_asked_and_what_was_said() {
        let at = datetime!(2027-06-01 12:00:05.5 +7);
        let service = |said| Answer::Service { said, at };
        let list = |said| Answer::List { said, made: at };
        let silence = || Answer::Silence {
            at,
            why: "nobody".to_owned(),
        };
        for (answer, words, outcome, counts) in [
            (
                Answer::Offline,
                "offline: not asked",
                Outcome::NotSupported,
                None,
            ),
            (
                service(Said::Valid),
                "asked at 2027-06-01 05:00:05Z: valid",
                Outcome::Successful,
                Some(Outcome::Successful),
            ),
            (
                service(Said::Revoked(Revoked::LostOrStolen)),
                "asked at 2027-06-01 05:00:05Z: revoked: lost or stolen",
                Outcome::Failed,
                Some(Outcome::Failed),
            ),
            (
                list(Said::Suspended),
                "list of 2027-06-01 05:00:05Z: suspended",
                Outcome::Failed,
                Some(Outcome::Failed),
            ),
            (
                service(Said::Unknown),
                "asked at 2027-06-01 05:00:05Z: not known there",
                Outcome::Undetermined,
                None,
            ),
            (
                silence(),
                "asked in vain at 2027-06-01 05:00:05Z: nobody",
                Outcome::Undetermined,
                None,
            ),
        ] {
            let check = Check {
                kind: DOCUMENT_STATUS,
                finding: answer.finding(),
                deviations: Vec::new(),
                elapsed: Duration::ZERO,
            };
            assert_eq!(check.finding.cause, words);
            assert_eq!(check.finding.outcome, outcome, "{words}");
            assert_eq!(check.counts_as(), counts, "{words}");
            assert_ne!(answer.vi(), words);
        }
    }
}
