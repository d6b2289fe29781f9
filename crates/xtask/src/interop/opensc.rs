//! opensc-tool: sees the card and its ATR, and sends raw APDUs to it.

use anyhow::{Context, Result, bail, ensure};

use super::{
    judge::{Judge, Trial, Verdict, Way},
    protocol::{Inability, Protocol},
};
use crate::process;

/// What a stranger without the key may and may not do, in this order: check, command, status word.
const TRANSCRIPT: [(&str, &str, &str); 6] = [
    ("EF.CardAccess is selected", "00A4020C02011C", "9000"),
    ("EF.CardAccess is read", "00B0000000", "9000"),
    (
        "the application is selected",
        "00A4040C07A0000002471001",
        "9000",
    ),
    ("DG1 stays closed", "00B0810000", "6982"),
    ("EF.SOD stays closed", "00B09D0000", "6982"),
    ("an unknown instruction is refused", "00FE000000", "6D00"),
];

pub(super) struct OpenSc {
    version: String,
}

impl OpenSc {
    /// # Errors
    /// It is not installed.
    pub(super) fn find() -> Result<Self> {
        let version = process::first_line("opensc-tool", &["--info"])
            .context("`opensc-tool` is not installed")?;
        Ok(Self { version })
    }
}

impl Judge for OpenSc {
    fn name(&self) -> &'static str {
        "opensc-tool"
    }

    fn ways(&self) -> &'static [Way] {
        &[Way::Open]
    }

    fn authenticates(&self) -> bool {
        false
    }

    fn cannot(&self, _: Protocol) -> Option<Inability> {
        Some(Inability::Lacks(
            "it sends APDUs as they are and knows no protocol of travel documents",
        ))
    }

    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict> {
        let begun = std::time::Instant::now();
        let mut verdict = Verdict::of(&self.version);
        let atr = process::output(trial.command("opensc-tool").args([
            "--reader",
            trial.reader,
            "--atr",
        ]))?;
        verdict.check("ATR", is_atr(&atr));
        let mut send = trial.command("opensc-tool");
        send.args(["--reader", trial.reader]);
        for (_, command, _) in TRANSCRIPT {
            send.args(["--send-apdu", command]);
        }
        let answers = status_words(&process::output(&mut send)?);
        for (index, (check, command, want)) in TRANSCRIPT.iter().enumerate() {
            let got = answers.get(index).map_or("nothing", String::as_str);
            verdict.check(
                *check,
                if got == *want {
                    Ok(())
                } else {
                    Err(anyhow::anyhow!("{command} gave {got}"))
                },
            );
        }
        verdict.round_trips = u64::try_from(TRANSCRIPT.len()).ok();
        verdict.took(begun.elapsed());
        Ok(verdict)
    }
}

/// ISO 7816-3 §8.2: it begins with 3B or 3F and has at most 33 bytes.
fn is_atr(text: &str) -> Result<()> {
    let bytes: Vec<&str> = text.trim().split(':').collect();
    ensure!(
        matches!(bytes.first(), Some(&"3b" | &"3f")) && (2..=33).contains(&bytes.len()),
        "`{}` is no ATR",
        text.trim()
    );
    if bytes
        .iter()
        .any(|byte| u8::from_str_radix(byte, 16).is_err())
    {
        bail!("`{}` is not hexadecimal", text.trim());
    }
    Ok(())
}

/// The status words in lines such as `Received (SW1=0x90, SW2=0x00):`.
fn status_words(text: &str) -> Vec<String> {
    let digits = |line: &str| -> Option<String> {
        let rest = line.strip_prefix("Received (SW1=0x")?;
        let (first, rest) = rest.split_once(", SW2=0x")?;
        let (second, _) = rest.split_once(')')?;
        Some(format!("{first}{second}"))
    };
    text.lines().filter_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_words_are_read() {
        let text = "Sending: 00 A4 02 0C 02 01 1C \nReceived (SW1=0x90, SW2=0x00)\nSending: 00 B0 00 00 00 \nReceived (SW1=0x69, SW2=0x82):\n31 14\n";
        assert_eq!(status_words(text), ["9000", "6982"]);
    }

    #[test]
    fn an_atr_is_known_from_an_error_message() {
        for (text, want) in [
            ("3b:80:80:01:01\n", true),
            ("Card not present.", false),
            ("", false),
            ("3b:8", true),
            ("3b:zz", false),
        ] {
            assert_eq!(is_atr(text).is_ok(), want, "{text}");
        }
    }
}
