//! What the reference wrote and read: NIST's C code, built as it is. `test-vectors/wsq`.

use wsq_image::{Limits, Options, Picture, decode, encode, read_header};

use crate::pictures::ridges;

/// Not one pixel differs from the reference's decoder.
#[test]
fn decoded_as_the_reference_decodes() {
    for (name, path) in test_support::vectors("wsq") {
        let case = test_support::read_json(&path);
        let codestream = test_support::hex(&case["codestream"]);
        let decoded = decode(&codestream, &Limits::DEFAULT).unwrap();
        let want = test_support::hex(&case["decoded"]);
        let differing = want.iter().zip(&decoded.pixels).filter(|(a, b)| a != b);
        assert_eq!(
            (want.len(), differing.count()),
            (decoded.pixels.len(), 0),
            "{name}"
        );
        assert_eq!(decoded.len, codestream.len(), "{name}");
        assert_eq!(
            u64::from(decoded.header.frame.width),
            case["width"],
            "{name}"
        );
        assert_eq!(
            decoded.header.ppi().map(u64::from),
            case["ppi"].as_u64(),
            "{name}"
        );
        assert_eq!(
            read_header(&codestream, &Limits::DEFAULT),
            Ok(decoded.header),
            "{name}"
        );
    }
}

/// Not one octet differs from the reference's encoder. (It has no filters of 8 taps unless it is built for them: these cases are for the
/// decoder.)
#[test]
fn encoded_as_the_reference_encodes() {
    let mut encoded = 0;
    for (name, path) in test_support::vectors("wsq") {
        let case = test_support::read_json(&path);
        if case["filters"] != "9/7" {
            continue;
        }
        let number = |field: &str| case[field].as_u64().unwrap();
        let (width, height) = (number("width") as u16, number("height") as u16);
        let pixels = ridges(width, height, number("seed") as u32);
        let options = Options {
            bit_rate: case["bit_rate"].as_f64().unwrap() as f32,
            ppi: case["ppi"].as_u64().map(|ppi| ppi as u16),
            comments: case["comment"]
                .as_str()
                .map(|text| text.as_bytes().to_vec())
                .into_iter()
                .collect(),
            ..Options::default()
        };
        let picture = Picture::new(&pixels, width, height).unwrap();
        let codestream = encode(&picture, &options).unwrap();
        assert!(
            codestream == test_support::hex(&case["codestream"]),
            "{name}"
        );
        encoded += 1;
    }
    assert!(encoded >= 4);
}
