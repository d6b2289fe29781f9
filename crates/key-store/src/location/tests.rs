use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> TokenUri {
    match text.parse().unwrap() {
        KeyLocation::Token(uri) => uri,
        KeyLocation::File(_) => panic!("a file"),
    }
}

#[test]
fn both_forms_are_read() {
    let all = uri(
        "pkcs11:token=Issuing%20CA;serial=12;object=csca;id=%01%fF;type=private?module-path=/lib/p.so&pin-source=file:/run/pin",
    );
    assert_eq!(all.token.as_deref(), Some("Issuing CA"));
    assert_eq!(all.serial.as_deref(), Some("12"));
    assert_eq!(all.object.as_deref(), Some("csca"));
    assert_eq!(all.id.as_deref(), Some(&[1, 0xFF][..]));
    assert_eq!(all.module_path, PathBuf::from("/lib/p.so"));
    assert_eq!(all.pin_source.as_deref(), Some(Path::new("/run/pin")));
    let files = [
        ("file:keys/csca.key", "keys/csca.key"),
        ("file:/keys/csca.key", "/keys/csca.key"),
        ("file:///keys/csca.key", "/keys/csca.key"),
        ("file:a%20b", "a b"),
    ];
    for (text, path) in files {
        assert_eq!(text.parse(), Ok(KeyLocation::File(path.into())), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    use LocationFault as Why;
    let cases = [
        ("", Why::Scheme, 0),
        ("keys/csca.key", Why::Scheme, 0),
        ("FILE:x", Why::Scheme, 0),
        ("file:", Why::Empty, 5),
        ("file://host/x", Why::Authority, 5),
        ("file:%", Why::Percent, 5),
        ("file:%2", Why::Percent, 5),
        ("file:a%2G", Why::Percent, 6),
        ("file:a b", Why::Percent, 6),
        ("file:%00", Why::Text, 5),
        ("file:%FF", Why::Text, 5),
        ("pkcs11:", Why::Attribute, 7),
        ("pkcs11:token", Why::Attribute, 7),
        ("pkcs11:token=", Why::Empty, 13),
        ("pkcs11:token=a;token=b", Why::Twice, 15),
        ("pkcs11:token=a;slot-id=1", Why::Unknown, 15),
        ("pkcs11:token=a;type=cert", Why::Type, 20),
        ("pkcs11:token=a;object=b", Why::Incomplete, 23),
        ("pkcs11:token=a?module-path=/x", Why::Incomplete, 29),
        ("pkcs11:object=a?module-path=/x", Why::Incomplete, 30),
        ("pkcs11:token=a;object=b?", Why::Attribute, 24),
        ("pkcs11:token=a;object=b?pin-value=1234", Why::Pin, 24),
        ("pkcs11:token=a;object=b?module-name=x", Why::Unknown, 24),
        ("pkcs11:token=a;object=b?pin-source=/x", Why::Scheme, 35),
        ("pkcs11:token=a;;object=b", Why::Attribute, 15),
    ];
    for (text, why, at) in cases {
        assert_eq!(
            text.parse::<KeyLocation>(),
            Err(Error::Location { why, at }),
            "{text}"
        );
    }
    let long = format!("file:{}", "x".repeat(MAX_LEN));
    assert_eq!(
        long.parse::<KeyLocation>(),
        Err(fault(Why::TooLong, MAX_LEN))
    );
}

#[test]
fn a_pin_in_the_text_does_not_come_back_in_the_message() {
    let error = "pkcs11:token=a;object=b?pin-value=9182"
        .parse::<KeyLocation>()
        .unwrap_err();
    assert!(!error.to_string().contains("9182") && !format!("{error:?}").contains("9182"));
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "\\PC*", tail in ".{0,40}") {
        let _ = text.parse::<KeyLocation>();
        let _ = format!("pkcs11:{tail}").parse::<KeyLocation>();
        let _ = format!("pkcs11:token=a;{tail}?{tail}&{tail}").parse::<KeyLocation>();
        let _ = format!("file:{tail}").parse::<KeyLocation>();
    }

    #[test]
    fn what_is_written_is_read_back(
        token in "[^\\p{C}]{1,12}",
        object in proptest::option::of("[^\\p{C}]{1,12}"),
        id in proptest::collection::vec(any::<u8>(), 1..9),
        path in "/[^\\p{C}]{1,12}",
        pin in proptest::option::of("[^\\p{C}]{1,12}"),
    ) {
        let location = KeyLocation::Token(TokenUri {
            token: Some(token),
            serial: None,
            object,
            id: Some(id),
            module_path: path.clone().into(),
            pin_source: pin.map(PathBuf::from),
        });
        prop_assert_eq!(location.to_string().parse(), Ok(location));
        let location = KeyLocation::File(path.into());
        prop_assert_eq!(location.to_string().parse(), Ok(location));
    }
}
