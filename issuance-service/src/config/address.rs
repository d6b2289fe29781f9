//! Addresses of databases, and what in them is secret.

/// Settings behind the `?` of an address whose values are secret.
const SECRET: [&str; 2] = ["password", "sslpassword"];

/// An address without what is secret in it, and the password that stood there: before the host, or as a setting behind it. Where it stands
/// twice the setting counts, as it does for the client library of PostgreSQL.
pub(crate) fn without_password(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return (address.to_owned(), None);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (authority, before_host) = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, password)) => (format!("{user}@{host}"), Some(percent_decoded(password))),
            None => (authority.to_owned(), None),
        },
        None => (authority.to_owned(), None),
    };
    let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
    let mut setting = None;
    let mut kept = Vec::new();
    for pair in settings.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decoded(name);
        if name == "password" {
            setting = Some(percent_decoded(value));
        }
        if !SECRET.contains(&name.as_str()) {
            kept.push(pair);
        }
    }
    let settings = match kept.is_empty() {
        true => String::new(),
        false => format!("?{}", kept.join("&")),
    };
    (
        format!("{scheme}://{authority}{path}{settings}"),
        setting.or(before_host),
    )
}

/// Addresses as they may be shown: who comes in is not said, nor with what.
pub(super) fn shown(addresses: &str) -> String {
    let each = addresses.split_whitespace().map(|address| {
        let (address, _) = without_password(address);
        let bare = address.split('?').next().unwrap_or_default();
        match bare.split_once("://") {
            Some((scheme, rest)) => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at(end);
                let host = authority
                    .rsplit_once('@')
                    .map_or(authority, |(_, host)| host);
                format!("{scheme}://{host}{path}")
            }
            None => bare.to_owned(),
        }
    });
    each.collect::<Vec<_>>().join(" ")
}

/// RFC 3986 §2.1; what is no such triplet stays.
fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        let mut next = rest.clone();
        let mut digit = || char::from(next.next()?).to_digit(16);
        let value = digit().zip(digit());
        match value.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(value) if octet == b'%' => {
                octets.push(value);
                rest = next;
            }
            _ => octets.push(octet),
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_stand_among_the_arguments() {
        let check = |address: &str, shown: &str, password: Option<&str>| {
            let (address, found) = without_password(address);
            assert_eq!((address.as_str(), found.as_deref()), (shown, password));
        };
        check("postgres://u@h:1/d", "postgres://u@h:1/d", None);
        check("postgres://h/d?x=a@b:c", "postgres://h/d?x=a@b:c", None);
        check(
            "postgres://u:TEST%40%2fx@h/d",
            "postgres://u@h/d",
            Some("TEST@/x"),
        );
        check("postgresql://u:50%@h", "postgresql://u@h", Some("50%"));
        check("postgres://u:@h/d", "postgres://u@h/d", Some(""));
        check(
            "postgres://h/d?user=u&password=TEST%26S&sslmode=require",
            "postgres://h/d?user=u&sslmode=require",
            Some("TEST&S"),
        );
        check("postgres://h/d?p%61ssword=S", "postgres://h/d", Some("S"));
        check("postgres://u:a@h?password=b", "postgres://u@h", Some("b"));
        check("postgres://h/d?sslpassword=S", "postgres://h/d", None);
    }

    #[test]
    fn names_of_registers_hold_nothing_secret() {
        let check = |addresses: &str, name: &str| assert_eq!(shown(addresses), name);
        check(
            "postgres://u:S@a:1/d postgresql://b/d?user=u&password=S",
            "postgres://a:1/d postgresql://b/d",
        );
        check("postgres://u@h", "postgres://h");
        check("postgres://h/d?options=-c%20x=S@y", "postgres://h/d");
    }
}
