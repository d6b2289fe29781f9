//! The lists of the draft: what each of their entries says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use status_list::{Bits, Status, StatusList};

#[test]
fn lists_of_the_draft() {
    for (name, path) in test_support::vectors("status-list") {
        let vector = test_support::read_json(&path);
        let bits = Bits::from_count(vector["given"]["bits"].as_u64().unwrap()).unwrap();
        let compressed = URL_SAFE_NO_PAD
            .decode(vector["given"]["lst"].as_str().unwrap())
            .unwrap();
        let list = StatusList::decompress(bits, &compressed).unwrap();
        assert_eq!(
            Some(list.entries()),
            vector["want"]["entries"].as_u64(),
            "{name}"
        );

        let pair = |pair: &serde_json::Value| {
            let value = u8::try_from(pair[1].as_u64().unwrap()).unwrap();
            (pair[0].as_u64().unwrap(), Status::from_value(value))
        };
        let want: BTreeMap<u64, Status> = vector["want"]["status"]
            .as_array()
            .unwrap()
            .iter()
            .map(pair)
            .collect();
        let all = (0..list.entries()).map(|index| (index, list.status(index).unwrap()));
        let found: BTreeMap<u64, Status> =
            all.filter(|(_, status)| *status != Status::Valid).collect();
        assert_eq!(found, want, "{name}");

        let mut own = StatusList::new(bits, list.entries()).unwrap();
        for (index, status) in want {
            own.set(index, status).unwrap();
        }
        assert_eq!(own, list, "{name}");
        assert_eq!(
            StatusList::decompress(bits, &own.compress()),
            Ok(list),
            "{name}"
        );
    }
}
