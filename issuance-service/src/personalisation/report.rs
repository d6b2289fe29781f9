//! The stock on paper: biên bản kiểm kho, a page for A4 in Vietnamese and English that people sign.
//!
//! It says the sum of a shift, `opened with + received − good − destroyed − missing = counted`, and where every chip is that ever came in. One
//! file without script, pictures or fonts from elsewhere; it names those who have counted, and nobody whose card was made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::HashAlgorithm;
use time::OffsetDateTime;

use super::Site;
use super::chip::{ChipState, Person, RejectReason};
use super::shift::{Account, Shift, ShiftState};
use super::stock::Numbers;

/// How it looks; the page is as readable without.
const STYLE: &str = include_str!("report/report.css");

/// A text in both languages: Vietnamese, English.
type Both = (&'static str, &'static str);

/// What the page says of the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Two people have counted what the books say.
    AddsUp,
    /// The books are right so far, and two people have not counted yet.
    Provisional,
    /// Both sides differ.
    Differs,
}

impl Verdict {
    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AddsUp => "adds-up",
            Self::Provisional => "provisional",
            Self::Differs => "differs",
        }
    }
}

/// What stands on the page.
#[derive(Debug, Clone, Copy)]
pub struct StockReport<'r> {
    /// Where.
    pub site: &'r Site,
    /// When it is drawn up.
    pub at: OffsetDateTime,
    /// Everything that ever happened there.
    pub numbers: &'r Numbers,
    /// The shift that it is about, where there was one.
    pub shift: Option<&'r Shift>,
}

impl StockReport<'_> {
    /// What a browser may do with the page: show it with its own style, known by its hash (CSP Level 3 §6.7.3), and nothing else.
    #[must_use]
    pub fn policy() -> String {
        let hash = BASE64.encode(HashAlgorithm::Sha256.digest(STYLE.as_bytes()));
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
    }

    /// What is to be said of the whole.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let differs = |shift: &Shift| !shift.account(self.numbers).adds_up;
        if !self.numbers.adds_up() || self.shift.is_some_and(differs) {
            Verdict::Differs
        } else if self
            .shift
            .is_some_and(|shift| shift.state == ShiftState::Closed)
        {
            Verdict::AddsUp
        } else {
            Verdict::Provisional
        }
    }

    /// As a file of HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let title = format!("Biên bản kiểm kho phôi thẻ · Stock report · {}", self.site);
        let parts = [
            self.head(),
            self.shift
                .map_or_else(|| said_of(Verdict::Provisional), |shift| self.sum(shift)),
            self.states(),
            self.rejects(),
            signatures(),
        ];
        format!(
            "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style></head>\n\
             <body><main>\n{}</main></body></html>\n",
            escaped(&title),
            parts.concat()
        )
    }

    fn head(&self) -> String {
        let fact = |text: Both, value: &str| {
            format!(
                "<div><dt>{}</dt><dd>{}</dd></div>\n",
                both(text),
                escaped(value)
            )
        };
        let mut facts = fact(("Điểm cá thể hóa", "Site"), self.site.as_str());
        facts += &fact(("Lập lúc", "Drawn up"), &moment(self.at));
        if let Some(shift) = self.shift {
            let name = |person: Option<&Person>| {
                person.map_or_else(|| "–".to_owned(), |person| person.name.clone())
            };
            facts += &fact(("Ca số", "Shift"), &shift.number().to_string());
            facts += &fact(
                ("Tình trạng ca", "State of the shift"),
                &said(shift_words(shift.state)),
            );
            let opened = format!("{}, {}", moment_of(shift.opened_at), shift.opened_by().name);
            facts += &fact(("Mở ca", "Opened"), &opened);
            facts += &fact(
                ("Đếm lần một", "Counted first by"),
                &name(shift.counted_by()),
            );
            let closed = shift.closed();
            facts += &fact(
                ("Đếm lần hai", "Counted second by"),
                &name(closed.map(|(person, _)| person)),
            );
            if let Some((_, at)) = closed {
                facts += &fact(("Đóng ca", "Closed"), &moment_of(at));
            }
        }
        format!(
            "<h1>{}</h1>\n<dl>\n{facts}</dl>\n",
            both(("Biên bản kiểm kho phôi thẻ", "Stock report"))
        )
    }

    /// The sum of a shift, as people add.
    fn sum(&self, shift: &Shift) -> String {
        let Account {
            opened_with,
            received,
            good,
            rejects,
            destroyed,
            missing,
            remaining,
            adds_up,
        } = shift.account(self.numbers);
        let rows = [
            row("", ("Có đầu ca", "There at the beginning"), opened_with),
            row("+", ("Nhập trong ca", "Received"), received),
            row(
                "−",
                ("Thẻ đạt, xuất khỏi kho", "Good cards, out of the stock"),
                good,
            ),
            row("−", ("Đã hủy", "Destroyed"), destroyed),
            row("−", ("Thất lạc", "Missing"), missing),
            total(
                ("Phải còn", "Must be there"),
                opened_with + received - good - destroyed - missing,
            ),
            row("", ("Phôi chưa thành thẻ", "No good card yet"), remaining),
            row("+", ("Phôi loại trong két", "Rejects in the safe"), rejects),
            total(("Có cuối ca", "There at the end"), remaining + rejects),
        ];
        let heading = both(("Phép tính của ca", "The sum of the shift"));
        let verdict = match (adds_up, shift.state) {
            (false, _) => Verdict::Differs,
            (true, ShiftState::Closed) => Verdict::AddsUp,
            (true, _) => Verdict::Provisional,
        };
        format!("<h2>{heading}</h2>\n{}{}", table(&rows), said_of(verdict))
    }

    fn states(&self) -> String {
        let row_of = |state: &ChipState| row("", state_words(*state), self.numbers.of(*state));
        let mut rows: Vec<String> = ChipState::ALL.iter().map(row_of).collect();
        rows.push(total(
            ("Tổng cộng", "Sum"),
            self.numbers.states.values().sum(),
        ));
        rows.push(total(
            ("Đã nhập từ trước đến nay", "Ever received"),
            self.numbers.received,
        ));
        let heading = both(("Toàn bộ phôi đã nhập", "Every chip that came in"));
        let verdict = match self.numbers.adds_up() {
            true => Verdict::AddsUp,
            false => Verdict::Differs,
        };
        format!("<h2>{heading}</h2>\n{}{}", table(&rows), said_of(verdict))
    }

    fn rejects(&self) -> String {
        let reasons = RejectReason::ALL.into_iter().filter_map(|reason| {
            let count = *self.numbers.rejects.get(reason.word())?;
            Some(row("", reason_words(reason), count))
        });
        let rows: Vec<String> = reasons.collect();
        if rows.is_empty() {
            return String::new();
        }
        let heading = both(("Bị loại, theo lý do", "Set aside, by reason"));
        format!("<h2>{heading}</h2>\n{}", table(&rows))
    }
}

fn both((vi, en): Both) -> String {
    format!("<span lang=\"vi\">{vi}</span> <span lang=\"en\">{en}</span>")
}

fn said((vi, en): Both) -> String {
    format!("{vi} · {en}")
}

fn table(rows: &[String]) -> String {
    format!("<table><tbody>\n{}</tbody></table>\n", rows.concat())
}

fn row(sign: &str, text: Both, count: i64) -> String {
    line("", sign, text, count)
}

fn total(text: Both, count: i64) -> String {
    line(" class=\"total\"", "=", text, count)
}

fn line(class: &str, sign: &str, text: Both, count: i64) -> String {
    format!(
        "<tr{class}><td>{sign}</td><th scope=\"row\">{}</th><td>{count}</td></tr>\n",
        both(text)
    )
}

fn said_of(verdict: Verdict) -> String {
    let (class, text) = match verdict {
        Verdict::AddsUp => (
            "right",
            (
                "Khớp: hai vế bằng nhau.",
                "It adds up: both sides are equal.",
            ),
        ),
        Verdict::Provisional => (
            "open",
            (
                "Tạm tính: ca chưa đóng, chưa đủ hai người đếm.",
                "Provisional: no shift is closed here yet, two people have not counted.",
            ),
        ),
        Verdict::Differs => (
            "wrong",
            (
                "KHÔNG KHỚP: hai vế khác nhau. Báo ngay giám sát.",
                "It does NOT add up: both sides differ. Tell a supervisor at once.",
            ),
        ),
    };
    format!("<p class=\"{class}\">{}</p>\n", both(text))
}

fn signatures() -> String {
    let signers: [Both; 3] = [
        ("Người lập biên bản", "Drawn up by"),
        ("Người đếm thứ nhất", "First to count"),
        ("Người đếm thứ hai", "Second to count"),
    ];
    let signers = signers.map(|text| format!("<div>{}</div>\n", both(text)));
    format!("<div class=\"signatures\">\n{}</div>\n", signers.concat())
}

const fn shift_words(state: ShiftState) -> Both {
    match state {
        ShiftState::Open => ("Đang mở", "Open"),
        ShiftState::Counted => ("Đã đếm một lần", "Counted once"),
        ShiftState::Closed => ("Đã đóng", "Closed"),
    }
}

const fn state_words(state: ChipState) -> Both {
    match state {
        ChipState::InStock => ("Trong kho", "In stock"),
        ChipState::Reserved => ("Đã dành cho lệnh", "Reserved"),
        ChipState::Written => ("Đã ghi", "Written"),
        ChipState::Used => ("Đã thành thẻ", "Used"),
        ChipState::Rejected => ("Loại", "Rejected"),
        ChipState::Missing => ("Thất lạc", "Missing"),
        ChipState::Destroyed => ("Đã hủy", "Destroyed"),
    }
}

const fn reason_words(reason: RejectReason) -> Both {
    match reason {
        RejectReason::ChipFaulty => ("Chip hỏng", "Chip faulty"),
        RejectReason::PrintFaulty => ("In lỗi", "Print faulty"),
        RejectReason::WrongData => ("Dữ liệu sai", "Wrong data"),
        RejectReason::ApplicationWithdrawn => ("Công dân rút hồ sơ", "Application withdrawn"),
        RejectReason::LostInProduction => ("Thất lạc khi sản xuất", "Lost in production"),
        RejectReason::BlankDamaged => ("Phôi hỏng", "Blank damaged"),
        RejectReason::KeyRepeated => ("Trùng khóa", "Key repeated"),
        RejectReason::Returned => ("Thu về", "Returned"),
    }
}

/// A time as it is read: day, hour and minute, UTC.
fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{:02}/{:02}/{} {:02}:{:02} UTC",
        at.day(),
        u8::from(at.month()),
        at.year(),
        at.hour(),
        at.minute()
    )
}

fn moment_of(milliseconds: i64) -> String {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_or_else(|_| "–".to_owned(), moment)
}

/// A name is typed by people: nothing of it is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character if character.is_control() => escaped.push('\u{FFFD}'),
            character => escaped.push(character),
        }
    }
    escaped
}
