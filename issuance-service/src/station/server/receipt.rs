//! The receipt that a person takes home: which packet, when, where; nothing of the person.

use axum::extract::{self, Path};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use enrolment::qr::Matrix;
use enrolment::{Bilingual, profiles};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::problem::{Answer, Problem};
use super::{Inner, Shared, aside, views};
use crate::station::sealing::Told;
use crate::station::{Entry, State};

/// A page to print, in both languages, with a QR code.
pub async fn page(
    extract::State(shared): extract::State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Response> {
    shared.session(&headers)?;
    aside(&shared, move |inner| {
        let outbox = inner.station.outbox();
        if !outbox.knows(id)? {
            return Err(Problem::not_found());
        }
        let packets = outbox.list()?;
        let packet = packets.iter().find(|packet| packet.id == id);
        let page = html(&Facts::of(inner, id, packet));
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        Ok((kind, page).into_response())
    })
    .await
}

/// When a packet was sealed.
pub fn sealed_at(inner: &Inner, packet: &Entry) -> Option<String> {
    let told = Told::read(inner.station.folder(), packet.id);
    let told = told.map(|told| told.sealed_at);
    // Of an older packet the book tells it until it is sent.
    let since = packet.since.filter(|_| packet.state == State::Pending);
    told.or(since).map(views::instant)
}

/// What a receipt says. It says the same when the packet is sent, and when it is gone.
struct Facts<'s> {
    packet: Uuid,
    station: &'s str,
    /// The document; unknown of a packet that was sealed before this was kept.
    title: Option<Bilingual>,
    at: Option<String>,
    digest: Option<String>,
    /// Whether the packet is at the station.
    is_here: bool,
}

impl<'s> Facts<'s> {
    fn of(inner: &'s Inner, id: Uuid, packet: Option<&Entry>) -> Self {
        let told = Told::read(inner.station.folder(), id);
        let profile = told
            .as_ref()
            .and_then(|told| profiles::by_id(&told.profile));
        let at = told.as_ref().map(|told| to_the_second(told.sealed_at));
        Self {
            packet: id,
            station: inner.station.name(),
            title: profile.map(|profile| profile.data().title),
            at: at.or_else(|| sealed_at(inner, packet?)),
            digest: packet
                .map(|packet| packet.digest.to_string())
                .or_else(|| told?.digest),
            is_here: packet.is_some(),
        }
    }
}

const HERE: Bilingual = Bilingual {
    vi: "Hồ sơ đã được mã hóa, ký và lưu tại trạm; sẽ được gửi về cơ quan cấp. Giấy này không chứa dữ liệu cá nhân.",
    en: "The file is encrypted, signed and kept at the station; it will be sent to the issuer. This paper holds no personal data.",
};
const GONE: Bilingual = Bilingual {
    vi: "Hồ sơ không còn ở trạm này; hãy hỏi cơ quan cấp. Giấy này không chứa dữ liệu cá nhân.",
    en: "The file is no longer at this station: ask the issuer. This paper holds no personal data.",
};

fn html(facts: &Facts<'_>) -> String {
    let (packet, station) = (facts.packet, facts.station);
    let [at, digest] = [&facts.at, &facts.digest].map(|text| text.as_deref().unwrap_or_default());
    let note = if facts.is_here { HERE } else { GONE };
    let text = format!("enrolment-receipt 1\n{packet}\n{digest}\n{station}\n{at}");
    let code = Matrix::of(&text)
        .map(|matrix| matrix.to_svg())
        .unwrap_or_default();
    let station = escape(station);
    let fact = |vi: &str, en: &str, value: &str| {
        format!(
            "<dt><span lang=\"vi\">{vi}</span><span lang=\"en\">{en}</span></dt><dd>{value}</dd>"
        )
    };
    let document = facts.title.map(|title| {
        let (vi, en) = (escape(title.vi), escape(title.en));
        let both = format!("{vi}<span class=\"en\" lang=\"en\">{en}</span>");
        fact("Giấy tờ", "Document", &both)
    });
    let facts = [
        document.unwrap_or_default(),
        fact(
            "Số hồ sơ",
            "Packet",
            &format!("<code id=\"packet\">{packet}</code>"),
        ),
        fact("Trạm thu nhận", "Station", &station),
        fact("Thời điểm", "Time", &escape(at)),
        fact(
            "Mã kiểm tra",
            "Check value",
            &format!("<code>{digest}</code>"),
        ),
    ]
    .concat();
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Giấy biên nhận · Receipt</title><link rel=\"icon\" href=\"/assets/icon.svg\"><link rel=\"stylesheet\" href=\"/assets/receipt.css\">\
         <script type=\"module\" src=\"/assets/receipt.js\"></script></head><body><main class=\"receipt\">\
         <header><h1><span lang=\"vi\">Giấy biên nhận thu nhận hồ sơ</span><span lang=\"en\">Receipt of enrolment</span></h1></header>\
         <dl class=\"facts\">{facts}</dl>\
         <figure class=\"qr\">{code}<figcaption><p lang=\"vi\">Đưa mã này khi hỏi về hồ sơ.</p><p lang=\"en\">Show this code when you ask about your file.</p></figcaption></figure>\
         <div class=\"note\"><p lang=\"vi\">{}</p>\
         <p lang=\"en\">{}</p></div></main>\
         <div class=\"print\"><button type=\"button\" data-print>In · Print</button><a href=\"/\">Trang chính · Home</a></div></body></html>",
        note.vi, note.en
    )
}

fn escape(text: &str) -> String {
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

/// A time as it is printed for a person.
fn to_the_second(at: OffsetDateTime) -> String {
    let at = at.replace_nanosecond(0).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_set_becomes_markup() {
        assert_eq!(
            escape("<a href='x'>&\u{1b}"),
            "&lt;a href=&#39;x&#39;&gt;&amp;\u{FFFD}"
        );
    }
}
