//! The receipt that a person takes home: which packet, when, where; nothing of the person.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use enrolment::qr::Matrix;
use uuid::Uuid;

use super::problem::{Answer, Problem};
use super::{Shared, aside, views};
use crate::station::Entry;

/// A page to print, in both languages, with a QR code.
pub async fn page(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Response> {
    shared.session(&headers)?;
    aside(&shared, move |inner| {
        let packets = inner.station.outbox().list()?;
        let packet = packets.iter().find(|packet| packet.id == id);
        let packet = packet.ok_or(Problem::not_found())?;
        let title = inner.profile.data().title;
        let page = html(packet, inner.station.name(), (title.vi, title.en));
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        Ok((kind, page).into_response())
    })
    .await
}

fn html(packet: &Entry, station: &str, (title_vi, title_en): (&str, &str)) -> String {
    let at = packet.since.map(views::instant).unwrap_or_default();
    let text = format!(
        "enrolment-receipt 1\n{}\n{}\n{station}\n{at}",
        packet.id, packet.digest
    );
    let code = Matrix::of(&text)
        .map(|matrix| matrix.to_svg())
        .unwrap_or_default();
    let station = escape(station);
    let fact = |vi: &str, en: &str, value: &str| {
        format!(
            "<dt><span lang=\"vi\">{vi}</span><span lang=\"en\">{en}</span></dt><dd>{value}</dd>"
        )
    };
    let facts = [
        fact(
            "Giấy tờ",
            "Document",
            &format!(
                "{}<span class=\"en\" lang=\"en\">{}</span>",
                escape(title_vi),
                escape(title_en)
            ),
        ),
        fact(
            "Số hồ sơ",
            "Packet",
            &format!("<code id=\"packet\">{}</code>", packet.id),
        ),
        fact("Trạm thu nhận", "Station", &station),
        fact("Thời điểm", "Time", &escape(&at)),
        fact(
            "Mã kiểm tra",
            "Check value",
            &format!("<code>{}</code>", packet.digest),
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
         <div class=\"note\"><p lang=\"vi\">Hồ sơ đã được mã hóa, ký và lưu tại trạm; sẽ được gửi về cơ quan cấp. Giấy này không chứa dữ liệu cá nhân.</p>\
         <p lang=\"en\">The file is encrypted, signed and kept at the station; it will be sent to the issuer. This paper holds no personal data.</p></div></main>\
         <div class=\"print\"><button type=\"button\" data-print>In · Print</button><a href=\"/\">Trang chính · Home</a></div></body></html>"
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
