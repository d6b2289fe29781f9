//! One story: everybody in `fixtures/people` gets the document of the profile, on the day that the record says.

use std::fs;
use std::sync::Arc;

use issuance_service::Error;
use register::document::StageKind;
use time::format_description::well_known::Iso8601;
use time::macros::time;
use time::{Date, Time};

use crate::bureau::{Bureau, read};
use crate::in_process;
use crate::judge::authentic;
use crate::program::Service;

const NOON: Time = time!(12:00);

#[tokio::test]
async fn everybody_gets_a_document_that_a_border_accepts() {
    let folder = test_support::fixture("people");
    let people: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
    assert!(people.len() >= 3, "{}", folder.display());
    for person in people {
        let record = person.path();
        let text = String::from_utf8(read(&record.join("record.toml"))).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let profile = table["profile"].as_str().unwrap();
        let day = table["fields"]["date_of_issue"].as_str().unwrap();
        let day = Date::parse(day, &Iso8601::DATE).unwrap();
        let bureau = Bureau::of(profile, day.with_time(NOON).assume_utc());
        Service::init(&bureau);
        let chip = bureau.chip(1, 1);
        let issued = in_process::issue(&bureau, &record, &chip, Arc::new(|_| {}))
            .await
            .unwrap();
        assert_eq!(issued.document.stage().kind(), StageKind::Signed);
        assert_eq!(issued.document.entry().profile, profile);
        let image = authentic(&bureau, &issued.job_file);
        assert_eq!(image.job(), issued.document.job());
    }
}

#[tokio::test]
async fn a_chip_with_the_keys_of_another_document_is_refused() {
    let record = test_support::fixture("people/vn-citizen-nam");
    let bureau = Bureau::new();
    Service::init(&bureau);
    let refused = in_process::issue(&bureau, &record, &bureau.chip(1, 1), Arc::new(|_| {})).await;
    assert!(matches!(refused, Err(Error::ChipPreparedOtherwise)));
}
