//! Settings out of the environment: `ISSUANCE_SERVICE__SERVE__LISTEN=0.0.0.0:8443` is `listen` in `[serve]`.

use toml::{Table, Value};

/// What such names begin with.
const PREFIX: &str = "ISSUANCE_SERVICE__";
/// What stands between tables and settings.
const BETWEEN: &str = "__";

/// Puts what the environment says over what a file says. Says whether anything was.
pub(super) fn lay_over(
    table: &mut Table,
    environment: impl Iterator<Item = (String, String)>,
) -> bool {
    let mut changed = false;
    for (name, value) in environment {
        if let Some(name) = name.strip_prefix(PREFIX) {
            let path: Vec<String> = name
                .split(BETWEEN)
                .map(|part| part.to_ascii_lowercase().replace('_', "-"))
                .collect();
            changed |= put(table, &path, read(&value));
        }
    }
    changed
}

/// A number, a truth or a list where it reads as one; text otherwise.
fn read(text: &str) -> Value {
    let line = format!("value = {text}");
    let table = line.parse::<Table>().ok().filter(|table| table.len() == 1);
    let value = table.and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn put(table: &mut Table, path: &[String], value: Value) -> bool {
    match path {
        [] => false,
        [name] => {
            table.insert(name.clone(), value);
            true
        }
        [name, rest @ ..] => {
            let inner = table
                .entry(name.clone())
                .or_insert_with(|| Value::Table(Table::new()));
            inner
                .as_table_mut()
                .is_some_and(|inner| put(inner, rest, value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_lies_over_the_file() {
        let mut table: Table = "store = \"a\"\n[serve]\nlisten = \"127.0.0.1:1\"\n"
            .parse()
            .unwrap();
        let environment = [
            ("ISSUANCE_SERVICE__SERVE__LISTEN", "0.0.0.0:2"),
            ("ISSUANCE_SERVICE__SERVE__WORKERS", "4"),
            (
                "ISSUANCE_SERVICE__SERVE__HOSTS",
                "[\"a.example\", \"b.example\"]",
            ),
            ("ISSUANCE_SERVICE__SERVE__SESSIONS__IDLE_MINUTES", "5"),
            ("ISSUANCE_SERVICE__STORE", "postgres://u@h/d"),
            ("ISSUANCE_SERVICE_CONFIG", "elsewhere"),
            ("PATH", "/bin"),
        ];
        assert!(lay_over(
            &mut table,
            environment
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
        ));
        let want = "store = \"postgres://u@h/d\"\n[serve]\nlisten = \"0.0.0.0:2\"\nworkers = 4\nhosts = [\"a.example\", \"b.example\"]\n[serve.sessions]\nidle-minutes = 5\n";
        assert_eq!(table, want.parse::<Table>().unwrap());
        assert!(!lay_over(&mut table, core::iter::empty()));
    }
}
