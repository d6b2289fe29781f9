//! Places: province, commune, and what the reform of 1 July 2025 abolished.

use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::profiles::vietnam::address::{Place, Unit, is_former_province};
use crate::profiles::vietnam::parameters::Parameters;
use crate::profiles::vietnam::province::Province;
use crate::rules::Facts;

/// Where somebody lives: written as the country is divided today.
const RESIDENCES: &[Field] = &[
    Field::PermanentResidence,
    Field::TemporaryResidence,
    Field::CurrentResidence,
];
/// Where somebody comes from: written as the country was divided then.
const ORIGINS: [Field; 3] = [
    Field::PlaceOfBirth,
    Field::PlaceOfBirthRegistration,
    Field::PlaceOfOrigin,
];
const PLACES: &[Field] = &[
    Field::PlaceOfBirth,
    Field::PlaceOfBirthRegistration,
    Field::PlaceOfOrigin,
    Field::PermanentResidence,
    Field::TemporaryResidence,
    Field::CurrentResidence,
];
const REFORM: &str =
    "Resolution 202/2025/QH15; Law on local government 2025: two levels from 1 July 2025";

pub(super) static PARTS: Rule = Rule::warning(
    "vn-address-parts",
    "has no commune and province separated by a comma",
    "chưa có xã và tỉnh, thành phố cách nhau bằng dấu phẩy",
)
.on(PLACES)
.by("Law on residence 2020; place 8 and 9 of EF.DG13");
pub(super) static PROVINCE: Rule = Rule::warning(
    "vn-address-province",
    "ends with “{}”, the name of no province",
    "kết thúc bằng “{}”, không phải tên tỉnh, thành phố nào",
)
.on(PLACES)
.by("Circular 07/2016 annex 1; Resolution 202/2025/QH15");
pub(super) static DISTRICT: Rule = Rule::warning(
    "vn-address-district",
    "names “{}”, a level abolished on 1 July 2025; please give the commune of today and the province only",
    "có “{}” là cấp hành chính đã bỏ từ ngày 01/7/2025; vui lòng chỉ ghi xã, phường, đặc khu hiện nay và tỉnh, thành phố",
)
.on(RESIDENCES)
.by(REFORM);
pub(super) static COMMUNE: Rule = Rule::warning(
    "vn-address-commune",
    "names no commune; please write xã, phường or đặc khu with its name before the province",
    "chưa ghi cấp xã; vui lòng ghi xã, phường hoặc đặc khu kèm tên trước tỉnh, thành phố",
)
.on(RESIDENCES)
.by(REFORM);
pub(super) static PROVINCE_GONE: Rule = Rule::warning(
    "vn-address-province-gone",
    "ends with a province that has been part of {} since 1 July 2025; please write that",
    "kết thúc bằng tỉnh đã sáp nhập vào {} từ ngày 01/7/2025; vui lòng ghi tên mới",
)
.on(RESIDENCES)
.by(REFORM);
pub(super) static SEPARATOR: Rule = Rule::error(
    "vn-separator",
    "must not contain | because the QR code separates its fields with it",
    "không được có dấu | vì mã QR dùng dấu này để ngăn cách các trường",
)
.on(&[Field::PermanentResidence])
.by("QR code as observed on cards");

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    for field in ORIGINS {
        let Some(text) = facts.text(field) else {
            continue;
        };
        check_end(field, text, is_former_province, findings);
    }
    for field in RESIDENCES {
        let Some(text) = facts.text(*field) else {
            continue;
        };
        let is_province = check_end(*field, text, |_| false, findings);
        if is_province && facts.today >= parameters.two_levels_since {
            check_two_levels(*field, Place::of(text), findings);
        }
    }
    let residence = facts.text(parameters.residence);
    if residence.is_some_and(|text| text.contains('|')) {
        findings.add(parameters.residence, &SEPARATOR);
    }
}

/// Whether the text ends with a province of a card's time.
fn check_end(
    field: Field,
    text: &str,
    is_excused: impl Fn(&str) -> bool,
    findings: &mut Findings,
) -> bool {
    let Some(province) = Place::of(text).province() else {
        findings.add(field, &PARTS);
        return false;
    };
    let is_province = Province::is_name(province);
    if !is_province && !is_excused(province) {
        findings.add_with(field, &PROVINCE, province);
    }
    is_province
}

fn check_two_levels(field: Field, place: Place<'_>, findings: &mut Findings) {
    let name = place.province().unwrap_or_default();
    let mut meant = Province::of_name(name);
    let is_gone = !Province::of_name(name).any(|province| province.is_called_now(name));
    if is_gone && let Some(province) = meant.next() {
        findings.add_with(field, &PROVINCE_GONE, province.part_of());
        return;
    }
    let abolished = place.units().find(|(unit, _)| *unit != Unit::Commune);
    if let Some((_, part)) = abolished {
        findings.add_with(field, &DISTRICT, part);
    } else if place.units().next().is_none() {
        findings.add(field, &COMMUNE);
    }
}
