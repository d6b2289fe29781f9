//! A policy as a TOML text.

use toml::{Table, Value};

use super::dates::DateTest;
use super::policy::{MAX_DEPTH, Policy, PolicyError, Rule, Test};
use crate::field::Field;

/// The longest text read.
const MAX_POLICY_BYTES: usize = 32 * 1024;

type Result<T> = core::result::Result<T, &'static str>;

impl Policy {
    /// Reads a text such as
    ///
    /// ```toml
    /// [[rule]]
    /// name = "name-and-date"
    /// weight = 0.9
    /// all = [
    ///     { date = { days = 3, swapped = true, year_only = true, one_digit = true } },
    ///     { alike = "full_name", at_least = 0.9 },
    ///     { any = [{ same = "sex" }, { number = true }] },
    /// ]
    /// ```
    ///
    /// # Errors
    /// [`PolicyError`] names the rule, what is wrong with it and what is allowed.
    pub fn parse(text: &str) -> core::result::Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLarge {
                what: "bytes",
                limit: MAX_POLICY_BYTES,
            });
        }
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            PolicyError::Syntax { line }
        })?;
        let no_rule = PolicyError::Rule {
            rule: 1,
            what: "only [[rule]] tables may stand in a policy",
        };
        let [("rule", Value::Array(entries))] = table
            .iter()
            .map(|(k, v)| (k.as_str(), v))
            .collect::<Vec<_>>()[..]
        else {
            return Err(no_rule);
        };
        let rules = entries.iter().enumerate().map(|(index, entry)| {
            let rule = entry.as_table().ok_or("must be a table").and_then(rule);
            rule.map_err(|what| PolicyError::Rule {
                rule: index + 1,
                what,
            })
        });
        Self::new(rules.collect::<core::result::Result<_, _>>()?)
    }
}

fn rule(table: &Table) -> Result<Rule> {
    let mut table = table.clone();
    let name = table.remove("name");
    let name = name
        .as_ref()
        .and_then(Value::as_str)
        .ok_or("name must be a text")?;
    let weight = table
        .remove("weight")
        .map_or(Ok(1.0), |weight| share(&weight))?;
    Ok(Rule {
        name: name.to_owned(),
        weight,
        test: test(&table, 0)?,
    })
}

fn test(table: &Table, depth: usize) -> Result<Test> {
    const ONE: &str = "a test has one of all, any, number, alike, date, same, finger";
    if depth >= MAX_DEPTH {
        return Err("the tree is too deep");
    }
    let children = |value: &Value| -> Result<Vec<Test>> {
        let tests = value.as_array().ok_or("all and any take a list of tests")?;
        let tests = tests.iter().map(|each| {
            each.as_table()
                .ok_or(ONE)
                .and_then(|table| test(table, depth + 1))
        });
        tests.collect()
    };
    let mut entries: Vec<(&str, &Value)> = table
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    // `at_least` belongs to the word beside it.
    let at_least = entries
        .iter()
        .position(|(key, _)| *key == "at_least")
        .map(|at| entries.remove(at).1);
    match (entries[..].first(), entries.len(), at_least) {
        (Some(("alike", value)), 1, Some(at_least)) => Ok(Test::Name {
            field: field(value)?,
            at_least: share(at_least)?,
        }),
        (Some((key, value)), 1, None) => match *key {
            "all" => children(value).map(Test::All),
            "any" => children(value).map(Test::Any),
            "number" if value.as_bool() == Some(true) => Ok(Test::Number),
            "same" => field(value).map(Test::Same),
            "date" => date(value).map(Test::Date),
            "finger" => Ok(Test::Finger {
                at_least: share(value)?,
            }),
            _ => Err(ONE),
        },
        _ => Err(ONE),
    }
}

fn date(value: &Value) -> Result<DateTest> {
    let mut test = DateTest::default();
    for (key, value) in value.as_table().ok_or("date takes a table")? {
        let flag = value
            .as_bool()
            .ok_or("swapped, year_only and one_digit are true or false");
        match key.as_str() {
            "days" => {
                let days = value.as_integer().and_then(|days| u16::try_from(days).ok());
                test.days = days.ok_or("days must be a number from 0 to 65535")?;
            }
            "swapped" => test.swapped = flag?,
            "year_only" => test.year_only = flag?,
            "one_digit" => test.one_digit = flag?,
            _ => return Err("date takes days, swapped, year_only and one_digit"),
        }
    }
    Ok(test)
}

fn field(value: &Value) -> Result<Field> {
    value
        .as_str()
        .and_then(Field::from_word)
        .ok_or("not the word of a field")
}

#[allow(clippy::cast_possible_truncation)]
fn share(value: &Value) -> Result<f32> {
    let number = match value {
        Value::Float(number) => Some(*number as f32),
        Value::Integer(number @ (0 | 1)) => Some(if *number == 0 { 0.0 } else { 1.0 }),
        _ => None,
    };
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or("must be a number from 0 to 1")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = r#"
        [[rule]]
        name = "a"
        weight = 0.9
        all = [
            { alike = "full_name", at_least = 0.9 },
            { date = { days = 3, swapped = true, year_only = true, one_digit = false } },
            { any = [{ same = "sex" }, { number = true }, { finger = 0.7 }] },
        ]
        [[rule]]
        name = "b"
        number = true
    "#;

    #[test]
    fn reads_a_tree_and_puts_cheap_tests_first() {
        let policy = Policy::parse(WHOLE).unwrap();
        let [a, b] = policy.rules() else {
            panic!("two rules")
        };
        assert_eq!((a.name.as_str(), a.weight), ("a", 0.9));
        let Test::All(tests) = &a.test else {
            panic!("a tree")
        };
        assert!(matches!(
            tests[..],
            [Test::Date(_), Test::Name { .. }, Test::Any(_)]
        ));
        assert_eq!((b.weight, &b.test), (1.0, &Test::Number));
    }

    #[test]
    fn says_which_rule_is_wrong() {
        let check = |test: &str| {
            let text = format!("[[rule]]\nname = 'a'\nnumber = true\n[[rule]]\nname = 'b'\n{test}");
            let error = Policy::parse(&text).unwrap_err();
            assert!(
                matches!(error, PolicyError::Rule { rule: 2, .. }),
                "{test}: {error}"
            );
        };
        for test in [
            "",
            "weight = 2",
            "all = []",
            "number = false",
            "number = true\nsame = 'sex'",
            "same = 'portrait'",
            "same = 'nickname'",
            "alike = 'spouse_name'\nat_least = 0.5",
            "all = [{ alike = 'full_name', at_least = 1.5 }]",
            "date = { hours = 1 }",
            "date = { days = -1 }",
            "finger = nan",
        ] {
            check(test);
        }
        assert_eq!(
            Policy::parse("[[rule"),
            Err(PolicyError::Syntax { line: 1 })
        );
        assert!(Policy::parse("").is_err());
        let deep = format!(
            "[[rule]]\nname = 'a'\n{}",
            "all = [{ ".to_owned() + &"any = [{ ".repeat(20) + "number = true" + &" }]".repeat(21)
        );
        assert!(Policy::parse(&deep).is_err());
        let many = "[[rule]]\nname = 'a'\nnumber = true\n".repeat(101);
        assert!(matches!(
            Policy::parse(&many),
            Err(PolicyError::TooLarge { .. })
        ));
    }

    #[test]
    fn the_standard_policy_obeys_its_own_rules() {
        let standard = Policy::standard();
        assert_eq!(Policy::new(standard.rules().to_vec()), Ok(standard));
    }

    proptest! {
        #[test]
        fn never_panics(at in 0..WHOLE.len(), with in any::<char>()) {
            let mut text = WHOLE.to_owned();
            text.insert(at, with);
            let _ = Policy::parse(&text);
        }
    }
}
