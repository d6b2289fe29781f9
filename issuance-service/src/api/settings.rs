//! What administrators set while the service runs: named numbers with bounds.

use register::store::{Change, Entity, EntityChange, EntityKind, Expected, Store as _};
use uuid::Uuid;

use super::Api;
use super::problem::{Kind, Problem};

/// One thing that is set.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// Its word.
    pub name: &'static str,
    /// What it means, in English.
    pub english: &'static str,
    /// What it means, in Vietnamese.
    pub vietnamese: &'static str,
    /// The least.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// Where nobody has set anything.
    pub default: u32,
    id: Uuid,
}

/// All of them. Ids stand in the register: lines are added, never changed.
pub const THRESHOLDS: [Threshold; 4] = [
    Threshold {
        name: "biometrics-kept-days",
        english: "days after which biometrics of an application that goes no further are erased",
        vietnamese: "số ngày lưu dữ liệu sinh trắc học của hồ sơ không được xử lý tiếp",
        least: 1,
        most: 90,
        default: 90,
        id: Uuid::from_u128(0x7468_7265_7368_0001),
    },
    Threshold {
        name: "stock-warning",
        english: "blank cards under which the stock is called low",
        vietnamese: "số phôi thẻ tối thiểu trước khi cảnh báo",
        least: 0,
        most: 10_000_000,
        default: 1000,
        id: Uuid::from_u128(0x7468_7265_7368_0002),
    },
    Threshold {
        name: "queue-age-warning-hours",
        english: "hours that an application waits for approval before the figures turn red",
        vietnamese: "số giờ hồ sơ chờ phê duyệt trước khi cảnh báo",
        least: 1,
        most: 8760,
        default: 72,
        id: Uuid::from_u128(0x7468_7265_7368_0003),
    },
    Threshold {
        name: "relying-party-requests-per-minute",
        english: "requests that one relying party may make in a minute",
        vietnamese: "số yêu cầu mỗi phút của một bên tin cậy",
        least: 1,
        most: 1_000_000,
        default: 600,
        id: Uuid::from_u128(0x7468_7265_7368_0004),
    },
];

/// The place of thresholds among settings.
const PLACE: &str = "threshold";

impl Threshold {
    /// The one of a word.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        THRESHOLDS
            .into_iter()
            .find(|threshold| threshold.name == name)
    }
}

impl Api {
    /// What a threshold is set to, and its version; 0 where nobody has set it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn threshold(&self, threshold: Threshold) -> Result<(u32, u32), Problem> {
        let entity = self.store.entity(EntityKind::Setting, threshold.id).await?;
        let set =
            entity.and_then(|entity| Some((entity.body.parse::<u32>().ok()?, entity.version)));
        Ok(set.unwrap_or((threshold.default, 0)))
    }

    /// Puts a value into a change; the version must still be there.
    ///
    /// # Errors
    /// [`Kind::Content`] out of bounds.
    pub fn put_threshold(
        &self,
        change: &mut Change,
        threshold: Threshold,
        value: u32,
        version: u32,
    ) -> Result<(), Problem> {
        if !(threshold.least..=threshold.most).contains(&value) {
            let bounds = format!("value: {} to {}", threshold.least, threshold.most);
            return Err(Problem::new(Kind::Content).detail(bounds));
        }
        let entity = Entity {
            kind: EntityKind::Setting,
            id: threshold.id,
            state: "set".to_owned(),
            place: PLACE.to_owned(),
            order: 0,
            version: 0,
            body: value.to_string(),
        };
        let expected = if version == 0 {
            Expected::New
        } else {
            Expected::Version(version)
        };
        change.entities.push(EntityChange::Put {
            entity,
            expected,
            keys: None,
        });
        Ok(())
    }
}
