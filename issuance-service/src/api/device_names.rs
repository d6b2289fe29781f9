//! Names of devices: of those that are not withdrawn each has its own, by a claim of the register. A name that two of them bore before
//! there were such claims stays as it is: it is nobody's, and proves nothing.

use register::store::{
    Change, Claim, ClaimChange, ClaimKind, Cursor, Entity, EntityChange, EntityKind, Expected,
    Query, Store, StoreError,
};
use time::OffsetDateTime;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::devices::{ACTIVE, KeptDevice};

/// Devices that are read at once.
const READ_AT_ONCE: u32 = 500;
/// Says that the devices of before have their names. Another form of the claims is another row.
const CLAIMED: Uuid = Uuid::from_u128(0x64_6576_6963_652d_6e61_6d65_7301);

/// The claim of a name: "TEST Station 1" and "test  station 1" are one, whatever their blanks are, and whichever of the forms of a letter
/// (Unicode Standard Annex #15, NFKC).
pub(super) fn name_claim(name: &str) -> Claim {
    let letters: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    Claim::new(ClaimKind::DeviceName, words.join(" "))
}

/// Gives the devices of releases before this one their names, once. Of two that share one the older has it.
///
/// # Errors
/// Those of the store.
pub(super) async fn claim_names(store: &impl Store, now: OffsetDateTime) -> Result<(), StoreError> {
    if store.entity(EntityKind::Setting, CLAIMED).await?.is_some() {
        return Ok(());
    }
    let mut query = Query {
        state: Some(ACTIVE.to_owned()),
        ..Query::of(EntityKind::Device, READ_AT_ONCE)
    };
    loop {
        let devices = store.list(&query).await?;
        for entity in &devices {
            claim_name(store, &KeptDevice::read(entity)?, now).await?;
        }
        match devices.last() {
            Some(last) if devices.len() >= READ_AT_ONCE as usize => {
                query.after = Some(Cursor {
                    order: last.order,
                    id: last.id,
                });
            }
            _ => break,
        }
    }
    let mut change = Change::new(now);
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id: CLAIMED,
            state: "done".to_owned(),
            place: "internal".to_owned(),
            order: 0,
            version: 0,
            body: "{}".to_owned(),
        },
        expected: Expected::New,
        keys: None,
    });
    match store.commit(&change).await {
        // Another process has done the same.
        Ok(()) | Err(StoreError::EntityChanged { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn claim_name(
    store: &impl Store,
    device: &KeptDevice,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut change = Change::new(now);
    change.claims.push(ClaimChange::Take {
        claim: name_claim(&device.device.name),
        holder: device.device.id,
    });
    match store.commit(&change).await {
        Err(StoreError::Claimed { holder, .. }) => {
            tracing::warn!(target: "devices", device = %device.device.id, %holder, "two devices bear one name: withdraw one of them");
            Ok(())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        let claim = name_claim("TEST station");
        for same in [
            "test  STATION",
            " TEST\u{a0}station",
            "TEST\u{2003}station ",
            "\u{ff34}EST station",
        ] {
            assert_eq!(name_claim(same), claim, "{same:?}");
        }
        for other in ["TEST stations", "TESTstation"] {
            assert_ne!(name_claim(other), claim, "{other:?}");
        }
        // Letters and their marks are one letter, in either form.
        assert_eq!(name_claim("Tra\u{323}m"), name_claim("Trạm"));
    }
}
