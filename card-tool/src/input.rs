//! Inputs that are secret or that a person must give: from files, the environment or a prompt. Prompts appear on terminals
//! only; in a pipe a missing input is an error at once.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use crypto::SecretBytes;
use dialoguer::{Confirm, Password as Prompt};
use mrz::{Mrz, MrzInformation};
use protocols::Password;
use zeroize::Zeroizing;

use crate::args::PasswordArgs;
use crate::exit::{Exit, Problem};
use crate::files;

/// Environment variable with the CAN.
const CAN_VARIABLE: &str = "CARD_CAN";
/// Environment variable with the lines of the machine readable zone.
const MRZ_VARIABLE: &str = "CARD_MRZ";
/// Environment variable with the holder's PIN.
const PIN_VARIABLE: &str = "CARD_PIN";
const PUK_VARIABLE: &str = "CARD_PUK";
/// Largest file with a password: a zone of three lines is below 100 characters.
const MAX_PASSWORD_FILE: usize = 1024;
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Whether somebody can be asked.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    allowed: bool,
}

impl Asking {
    /// Nobody is asked with `--no-input`, with JSON output, or without a terminal.
    pub fn new(no_input: bool, json: bool) -> Self {
        Self {
            allowed: !no_input
                && !json
                && std::io::stdin().is_terminal()
                && std::io::stderr().is_terminal(),
        }
    }

    /// Asks for a yes before something that cannot be undone.
    pub fn confirm(self, question: &str, yes: bool) -> Result<()> {
        if yes {
            return Ok(());
        }
        if !self.allowed {
            return Err(Problem::usage(
                format!("{question} Nobody is there to answer."),
                "say --yes",
            ));
        }
        if Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact()?
        {
            Ok(())
        } else {
            Err(Problem::of(
                Exit::Interrupted,
                "not done",
                "nothing was changed",
            ))
        }
    }
}

/// The passwords of a chip, and the printed zone where it was given.
#[derive(Debug)]
pub struct Passwords {
    /// The preferred one first.
    pub passwords: Vec<Password>,
    /// The printed zone, for comparison with EF.DG1.
    pub printed: Option<Mrz>,
}

/// Collects the passwords.
pub fn passwords(args: &PasswordArgs, asking: Asking) -> Result<Passwords> {
    let mut found = Passwords {
        passwords: Vec::new(),
        printed: None,
    };
    if let Some(pin) = given(args.pin_file.as_deref(), PIN_VARIABLE)? {
        found.add_pin(&pin, args.last_try)?;
    }
    if let Some(mrz) = given(args.mrz_file.as_deref(), MRZ_VARIABLE)? {
        found.add_mrz(&mrz)?;
    }
    if let Some(can) = given(args.can_file.as_deref(), CAN_VARIABLE)? {
        found.add_can(&can)?;
    }
    if found.passwords.is_empty() {
        found.add_can(&ask(asking)?)?;
    }
    Ok(found)
}

/// The PUK of a card.
pub fn puk(file: Option<&Path>, last_try: bool) -> Result<Password> {
    let given = given(file, PUK_VARIABLE)?
        .ok_or_else(|| Problem::usage("no PUK", format!("use --puk-file or {PUK_VARIABLE}")))?;
    let puk = Password::puk(given.text.trim())
        .map_err(|error| given.problem(&error, "the PUK is what the holder was given"))?;
    Ok(match last_try {
        true => puk.spending_the_last_try(),
        false => puk,
    })
}

/// Where a secret of a key comes from.
pub struct SecretSource<'a> {
    /// A file that was named.
    pub file: Option<&'a Path>,
    /// The option that names one.
    pub option: &'a str,
    /// The environment variable that holds it otherwise.
    pub variable: &'a str,
    /// What a person is asked.
    pub prompt: &'a str,
    /// Whether it is typed twice: it closes something new.
    pub twice: bool,
}

impl SecretSource<'_> {
    /// The secret: the first line of the file, the variable, or what is typed.
    pub fn ask(&self, asking: Asking) -> Result<SecretBytes> {
        let text = match given(self.file, self.variable)? {
            Some(given) => given.text,
            None => self.typed(asking)?,
        };
        let line = text.trim_end_matches(['\r', '\n']);
        Ok(SecretBytes::from(line.as_bytes()))
    }

    fn typed(&self, asking: Asking) -> Result<Zeroizing<String>> {
        if !asking.allowed {
            return Err(Problem::usage(
                format!("no secret was given: {}", self.prompt),
                format!("use {} or {}", self.option, self.variable),
            ));
        }
        let mut prompt = Prompt::new().with_prompt(self.prompt);
        if self.twice {
            prompt = prompt.with_confirmation("Once more", "Not the same.");
        }
        Ok(Zeroizing::new(prompt.interact()?))
    }
}

/// A secret, and the place it came from: errors name the place and never the content.
struct Given {
    text: Zeroizing<String>,
    place: String,
}

impl Given {
    fn problem(&self, error: &impl std::fmt::Display, hint: &str) -> anyhow::Error {
        Problem::usage(format!("{}: {error}", self.place), hint)
    }
}

impl Passwords {
    fn add_pin(&mut self, given: &Given, last_try: bool) -> Result<()> {
        let pin = Password::pin(given.text.trim())
            .map_err(|error| given.problem(&error, "the PIN is what the holder was given"))?;
        self.passwords.push(match last_try {
            true => pin.spending_the_last_try(),
            false => pin,
        });
        Ok(())
    }

    fn add_can(&mut self, given: &Given) -> Result<()> {
        let can = Password::can(given.text.trim())
            .map_err(|error| given.problem(&error, "the CAN is the six digits on the document"))?;
        self.passwords.push(can);
        Ok(())
    }

    /// A whole zone, or `number,birth,expiry` where somebody has only those.
    fn add_mrz(&mut self, given: &Given) -> Result<()> {
        const HINT: &str = "compare it with the document: all lines of the zone, or number,YYMMDD,YYMMDD of birth and expiry";
        let text = given.text.trim();
        let parts: Vec<&str> = text.split(',').collect();
        if let [number, birth, expiry] = parts[..] {
            let information =
                MrzInformation::from_parts(number.trim(), birth.trim(), expiry.trim())
                    .map_err(|error| given.problem(&error, HINT))?;
            self.passwords.push(Password::mrz(&information));
            return Ok(());
        }
        let (mrz, findings) = Mrz::parse(text).map_err(|error| given.problem(&error, HINT))?;
        if let Some(finding) = findings.first() {
            return Err(given.problem(&format_args!("mistyped: {finding}"), HINT));
        }
        self.passwords.push(Password::mrz(&mrz.information()));
        self.printed = Some(mrz);
        Ok(())
    }
}

fn given(file: Option<&Path>, variable: &str) -> Result<Option<Given>> {
    if let Some(path) = file {
        let bytes = Zeroizing::new(files::read_at_most(path, MAX_PASSWORD_FILE)?);
        let place = path.display().to_string();
        let text = std::str::from_utf8(&bytes).with_context(|| format!("{place} is no text"))?;
        // Some editors put it in front of every text.
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        return Ok(Some(Given {
            text: Zeroizing::new(text.to_owned()),
            place,
        }));
    }
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(Some(Given {
            text: Zeroizing::new(value),
            place: variable.to_owned(),
        })),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Problem::usage(
            format!("{variable} is no text"),
            "set it to plain digits and letters",
        )),
    }
}

fn ask(asking: Asking) -> Result<Given> {
    if !asking.allowed {
        return Err(Problem::usage(
            "no password was given",
            format!(
                "use --mrz-file, --can-file, --pin-file, {MRZ_VARIABLE}, {CAN_VARIABLE} or {PIN_VARIABLE}"
            ),
        ));
    }
    let text = Prompt::new().with_prompt("CAN (six digits)").interact()?;
    Ok(Given {
        text: Zeroizing::new(text),
        place: "the CAN that was typed".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use protocols::PasswordKind;

    use super::*;

    /// Who gives a PIN wants it to open the card; what is printed is then for comparison.
    #[test]
    fn a_pin_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            Some(path)
        };
        let mut args = PasswordArgs {
            mrz_file: file("mrz.txt", "X12345678,900201,361101"),
            can_file: file("can.txt", "123456"),
            pin_file: file("pin.txt", "987654\n"),
            last_try: false,
            access: crate::args::AccessArg::Auto,
        };
        let asking = Asking { allowed: false };
        let kinds = |args: &PasswordArgs| -> Vec<PasswordKind> {
            let found = passwords(args, asking).unwrap().passwords;
            found.iter().map(Password::kind).collect()
        };
        assert_eq!(
            kinds(&args),
            [PasswordKind::Pin, PasswordKind::Mrz, PasswordKind::Can]
        );
        args.pin_file = file("pin.txt", "987x54");
        let error = passwords(&args, asking).unwrap_err().to_string();
        assert!(
            error.contains("pin.txt") && !error.contains("987"),
            "{error}"
        );
    }

    #[test]
    fn a_file_of_any_editor_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mrz.txt");
        for text in [
            "\u{FEFF}X12345678,900201,361101\r\n",
            "X12345678,900201,361101",
        ] {
            std::fs::write(&path, text).unwrap();
            let mut passwords = Passwords {
                passwords: Vec::new(),
                printed: None,
            };
            passwords
                .add_mrz(&given(Some(&path), "").unwrap().unwrap())
                .unwrap();
            assert_eq!(passwords.passwords.len(), 1, "{text:?}");
        }
    }
}
