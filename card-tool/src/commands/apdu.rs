//! `apdu`: commands as they are.

use anyhow::{Context as _, Result};
use iso7816::{Channel as _, CommandApdu};
use serde_json::json;

use super::{Context, print, print_json};
use crate::args::Apdu;
use crate::exit::{Exit, Problem};
use crate::reader;

/// Runs the verb.
pub fn run(args: &Apdu, context: &mut Context) -> Result<Exit> {
    let commands = args
        .commands
        .iter()
        .map(|text| parse(text))
        .collect::<Result<Vec<_>>>()?;
    let mut channel = reader::open(&args.reader)?;
    let mut answers = Vec::new();
    let mut refused = false;
    for command in &commands {
        let answer = channel
            .transmit(command)
            .with_context(|| format!("{command:?}"))?;
        refused |= answer.sw.is_error();
        if context.json() {
            answers.push(json!({ "data": hex::encode_upper(&answer.data), "sw": format!("{:?}", answer.sw) }));
        } else {
            let space = if answer.data.is_empty() { "" } else { " " };
            print(&format!(
                "{}{space}{}",
                hex::encode_upper(&answer.data),
                answer.sw
            ))?;
        }
    }
    if context.json() {
        print_json(&json!({ "reader": channel.reader(), "answers": answers }))?;
    }
    Ok(if refused { Exit::Card } else { Exit::Done })
}

fn parse(text: &str) -> Result<CommandApdu> {
    let digits: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != ':')
        .collect();
    let bytes = hex::decode(&digits).map_err(|_| {
        Problem::usage(
            "a command is not hexadecimal",
            "write it as 00A4040C07A0000002471001",
        )
    })?;
    CommandApdu::parse(&bytes).map_err(|error| {
        Problem::usage(
            error.to_string(),
            "CLA INS P1 P2, then Lc and data, then Le",
        )
    })
}
