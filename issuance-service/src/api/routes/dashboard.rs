//! The figures of the work, for plots: by day, by reason, by station. And the words with which everything is named.

use std::collections::BTreeMap;

use access::{Permission, Role};
use axum::extract::State;
use register::application::{MakeFailure, RefusalReason, StageKind};
use register::document::{EndReason, SuspendReason, VoidReason};
use register::store::{Queue, Store as _, Tally};
use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::Shared;
use crate::api::extract::{Json, Query};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;

/// Days of one answer.
const MAX_DAYS: i64 = 400;
/// Days that are shown where nothing is said.
const DAYS: i64 = 30;
/// Tasks of a queue that are counted; beyond that it is simply long.
const MAX_COUNTED: u32 = 10_000;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::DashboardRead, routes!(dashboard)),
        Route::everybody(routes!(words)),
    ]
}

/// Which days are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The first day, `YYYY-MM-DD`; thirty days before the last where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    from: Option<String>,
    /// The last day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-30")]
    to: Option<String>,
}

/// The figures.
#[derive(Serialize, ToSchema)]
struct Dashboard {
    /// Day by day.
    days: Vec<Day>,
    /// What waits.
    queues: Vec<Waiting>,
    /// Why applications were refused.
    refused: BTreeMap<String, i64>,
    /// Why cards were made again.
    remade: BTreeMap<String, i64>,
    /// What each station has sent: `received`, and counts of scores by tens.
    stations: BTreeMap<String, BTreeMap<String, i64>>,
}

/// The figures of a day.
#[derive(Serialize, ToSchema)]
struct Day {
    /// The day.
    #[schema(example = "2026-11-22")]
    day: String,
    /// Counts by word: `received`, `approved`, `signed`, `produced`, `completed`, `refused`, `withdrawn`, `remade`.
    counts: BTreeMap<String, i64>,
}

/// A queue.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// Its word.
    queue: &'static str,
    /// How many wait, up to ten thousand.
    waiting: u32,
    /// Since when the oldest does.
    #[serde(serialize_with = "crate::times::option::serialize")]
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest_at: Option<OffsetDateTime>,
}

/// The figures of the work.
#[utoipa::path(get, path = "/v1/dashboard", tag = "dashboard", params(Wanted),
    responses((status = 200, body = Dashboard)))]
async fn dashboard(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Dashboard>, Problem> {
    let today = api.now().date();
    let to = day(wanted.to.as_deref(), "to")?.unwrap_or(today);
    let before = || to.checked_sub(Duration::days(DAYS)).unwrap_or(to);
    let from = day(wanted.from.as_deref(), "from")?.unwrap_or_else(before);
    if from > to || (to - from).whole_days() > MAX_DAYS {
        return Err(Problem::new(Kind::Content).detail("from, to: 400 days at most"));
    }
    let tallies = api.store.tallies("", from, to).await?;
    let mut queues = Vec::new();
    for queue in [Queue::Check, Queue::Erase] {
        let (waiting, oldest_at) = api.store.waiting(queue, "", MAX_COUNTED).await?;
        let queue = queue.word();
        queues.push(Waiting {
            queue,
            waiting,
            oldest_at,
        });
    }
    for profile in enrolment::profiles::ALL {
        let lane = profile.data().id;
        let (waiting, oldest_at) = api.store.waiting(Queue::Produce, lane, MAX_COUNTED).await?;
        let queue = lane;
        queues.push(Waiting {
            queue,
            waiting,
            oldest_at,
        });
    }
    Ok(Json(Dashboard {
        days: days(&tallies, from, to),
        queues,
        refused: by_second_word(&tallies, "refused"),
        remade: by_second_word(&tallies, "remade"),
        stations: stations(&tallies),
    }))
}

fn day(text: Option<&str>, name: &'static str) -> Result<Option<Date>, Problem> {
    let form = format_description!("[year]-[month]-[day]");
    let parse =
        |text| Date::parse(text, form).map_err(|_| Problem::new(Kind::Malformed).detail(name));
    text.map(parse).transpose()
}

fn days(tallies: &[Tally], from: Date, to: Date) -> Vec<Day> {
    let mut counts: BTreeMap<Date, BTreeMap<String, i64>> = BTreeMap::new();
    let mut day = Some(from);
    while let Some(next) = day.filter(|day| *day <= to) {
        counts.entry(next).or_default();
        day = next.next_day();
    }
    for tally in tallies {
        let word = tally.name.split('/').next().unwrap_or_default();
        if word != "station" {
            let of_day = counts.entry(tally.day).or_default();
            *of_day.entry(word.to_owned()).or_default() += tally.count;
        }
    }
    counts
        .into_iter()
        .map(|(day, counts)| Day {
            day: day.to_string(),
            counts,
        })
        .collect()
}

fn by_second_word(tallies: &[Tally], first: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for tally in tallies {
        if let Some((word, second)) = tally.name.split_once('/')
            && word == first
        {
            *sums.entry(second.to_owned()).or_default() += tally.count;
        }
    }
    sums
}

fn stations(tallies: &[Tally]) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut stations: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for tally in tallies {
        let rest = tally.name.strip_prefix("station/");
        if let Some((station, what)) = rest.and_then(|rest| rest.split_once('/')) {
            let of_station = stations.entry(station.to_owned()).or_default();
            *of_station.entry(what.to_owned()).or_default() += tally.count;
        }
    }
    stations
}

/// A word of the register and how people say it.
#[derive(Serialize, ToSchema)]
struct Word {
    /// As in requests.
    word: &'static str,
    /// In English.
    en: String,
    /// In Vietnamese.
    vi: String,
}

/// The words with which the API names things.
#[utoipa::path(get, path = "/v1/words", tag = "dashboard",
    responses((status = 200, body = BTreeMap<String, Vec<Word>>)))]
async fn words() -> Json<BTreeMap<&'static str, Vec<Word>>> {
    Json(BTreeMap::from([
        (
            "application_stages",
            said(StageKind::ALL.map(StageKind::word)),
        ),
        (
            "refusal_reasons",
            said(RefusalReason::ALL.map(RefusalReason::word)),
        ),
        (
            "make_failures",
            said(MakeFailure::ALL.map(MakeFailure::word)),
        ),
        ("void_reasons", said(VoidReason::ALL.map(VoidReason::word))),
        ("end_reasons", said(EndReason::ALL.map(EndReason::word))),
        (
            "suspend_reasons",
            said(SuspendReason::ALL.map(SuspendReason::word)),
        ),
        (
            "roles",
            Role::ALL
                .map(|role| Word {
                    word: role.code(),
                    en: role.english().to_owned(),
                    vi: role.vietnamese().to_owned(),
                })
                .into(),
        ),
    ]))
}

fn said<const N: usize>(words: [&'static str; N]) -> Vec<Word> {
    let word = |word: &'static str| Word {
        word,
        en: word.replace('-', " "),
        vi: vietnamese(word).to_owned(),
    };
    words.map(word).into()
}

/// How Vietnamese says the words of the register.
fn vietnamese(word: &str) -> &'static str {
    match word {
        "received" => "đã tiếp nhận",
        "in-duplicate-review" => "đang đối chiếu trùng",
        "checked" => "chờ phê duyệt",
        "approved" => "đã phê duyệt",
        "in-production" => "đang sản xuất",
        "produced" => "đã sản xuất",
        "completed" => "đã trả thẻ",
        "refused" => "đã từ chối",
        "withdrawn" => "đã rút",
        "rules-broken" => "hồ sơ trái quy tắc",
        "packet-unreadable" => "gói hồ sơ không đọc được",
        "not-eligible" => "không đủ điều kiện",
        "identity-in-doubt" => "nghi vấn nhân thân",
        "biometrics-unusable" => "sinh trắc học không đạt",
        "evidence-missing" => "thiếu giấy tờ chứng minh",
        "data-wrong" | "wrong-data" => "dữ liệu sai",
        "asked-before" => "đã nộp hồ sơ trước đó",
        "chip-faulty" => "chip hỏng",
        "print-faulty" => "in lỗi",
        "lost-in-production" => "thất lạc khi sản xuất",
        "application-withdrawn" => "công dân rút hồ sơ",
        "lost" | "reported-lost" => "báo mất",
        "damaged" => "hư hỏng",
        "corrected" => "đính chính",
        "renewed" => "đã cấp đổi",
        "revoked" => "thu hồi",
        "expired" => "hết hạn",
        "holder-died" => "chủ thẻ đã chết",
        "not-collected" => "không đến nhận",
        "under-inquiry" => "đang xác minh",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_said_in_both_languages() {
        let words = [
            StageKind::ALL.map(StageKind::word).to_vec(),
            RefusalReason::ALL.map(RefusalReason::word).to_vec(),
            MakeFailure::ALL.map(MakeFailure::word).to_vec(),
            VoidReason::ALL.map(VoidReason::word).to_vec(),
            EndReason::ALL.map(EndReason::word).to_vec(),
            SuspendReason::ALL.map(SuspendReason::word).to_vec(),
        ];
        for word in words.into_iter().flatten() {
            assert!(!vietnamese(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn days_without_anything_are_shown_too() {
        let day = |day| Date::from_calendar_date(2026, time::Month::November, day).unwrap();
        let tally = |name: &str, of: u8, count| Tally {
            name: name.into(),
            day: day(of),
            count,
        };
        let tallies = [
            tally("received", 1, 3),
            tally("refused/data-wrong", 1, 1),
            tally("refused/not-eligible", 3, 2),
            tally("station/TEST/received", 1, 3),
        ];
        let days = days(&tallies, day(1), day(3));
        let counts: Vec<_> = days.iter().map(|day| day.counts.clone()).collect();
        assert_eq!(counts[0]["received"], 3);
        assert!(counts[1].is_empty());
        assert_eq!(counts[2]["refused"], 2);
        assert_eq!(by_second_word(&tallies, "refused")["data-wrong"], 1);
        assert_eq!(stations(&tallies)["TEST"]["received"], 3);
    }
}
