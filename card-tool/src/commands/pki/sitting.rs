//! Who sits at a ceremony: names and roles out of the arguments, both parts of the secret out of files, the environment or
//! two prompts.

use anyhow::Result;
use ceremony::{ActivationSecret, Person, Role, Sitting, TwoPersons};
use time::OffsetDateTime;

use crate::args::SittingArgs;
use crate::exit::Problem;
use crate::input::{Asking, SecretSource};

/// What a record calls this program.
pub const TOOL: &str = concat!("card-tool ", env!("CARGO_PKG_VERSION"));
/// Environment variables with the parts of the secret.
const VARIABLES: [&str; 2] = ["CARD_SECRET_1", "CARD_SECRET_2"];

/// Two persons by their words on the command line.
pub fn persons(words: &[String]) -> Result<TwoPersons> {
    let [first, second] = words else {
        return Err(Problem::usage(
            format!("two persons take part, not {}", words.len()),
            "say --person twice",
        ));
    };
    Ok(TwoPersons::new(
        person(first, Role::KeyOfficer)?,
        person(second, Role::CaOperator)?,
    )?)
}

fn person(word: &str, usual: Role) -> Result<Person> {
    let (name, role) = match word.split_once('=') {
        None => (word, usual),
        Some((name, word)) => {
            let role = Role::ALL.into_iter().find(|role| role.word() == word);
            let known = Role::ALL.map(Role::word).join(", ");
            let role = role.ok_or_else(|| {
                Problem::usage(format!("no such role: {word}"), format!("one of {known}"))
            })?;
            (name, role)
        }
    };
    Ok(Person::new(name, role)?)
}

/// A ceremony now.
pub fn sitting(persons: &TwoPersons, now: OffsetDateTime) -> Sitting<'_> {
    Sitting {
        persons,
        now,
        tool: TOOL,
    }
}

/// Whether a secret is for a key that is being made: then a typed one is typed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretFor {
    /// A new key.
    NewKey,
    /// A key that exists.
    KnownKey,
}

/// Both parts of the secret.
pub fn activation(
    args: &SittingArgs,
    persons: &TwoPersons,
    key: SecretFor,
    asking: Asking,
) -> Result<ActivationSecret> {
    if !matches!(args.secret_files.len(), 0 | 2) {
        return Err(Problem::usage(
            "each person has a part of the secret",
            "say --secret-file twice, or not at all",
        ));
    }
    let mut parts = Vec::new();
    for (index, (person, variable)) in persons.both().iter().zip(VARIABLES).enumerate() {
        let prompt = format!("Part {} of the secret, {}", index + 1, person.name());
        let source = SecretSource {
            file: args
                .secret_files
                .get(index)
                .map(std::path::PathBuf::as_path),
            option: "--secret-file",
            variable,
            prompt: &prompt,
            twice: key == SecretFor::NewKey,
        };
        parts.push(source.ask(asking)?);
    }
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next()) {
        (Some(first), Some(second)) => Ok(ActivationSecret::new(first, second)?),
        _ => Err(Problem::usage("two secrets are needed", "see --help")),
    }
}
