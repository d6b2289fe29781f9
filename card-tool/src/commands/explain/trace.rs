//! A recorded conversation with a card: what each command asks for and what the answer means. The form of the recording is that of
//! [`transport::trace`].

mod commands;
mod lines;
mod session;

use iso7816::StatusWord;

use self::lines::{Answer, Data, Exchange, Line};
use self::session::Session;
use super::annotation::{Annotation, Finding, Node, Positions};

/// Most exchanges that are explained.
const MAX_EXCHANGES: usize = 100_000;

/// Whether the text is a recording: its first line of substance is a command.
pub(super) fn is_trace(text: &str) -> bool {
    let substance = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    text.lines()
        .find(substance)
        .is_some_and(|line| matches!(lines::read(line), Line::Command(_)))
}

/// The recording, command by command.
pub(super) fn explain(text: &str) -> Annotation {
    let (exchanges, findings) = exchanges(text);
    let mut session = Session::new();
    let mut nodes: Vec<Node> = exchanges
        .iter()
        .map(|exchange| explain_one(exchange, &mut session))
        .collect();
    nodes.push(totals(&exchanges));
    let gap = (!findings.is_empty()).then_some("some lines are no part of a recording");
    Annotation {
        kind: "APDU trace".into(),
        about: "what was said to a card, and what it answered (ISO 7816-4 §5)".into(),
        length: text.len(),
        positions: Positions::Lines,
        nodes,
        findings: Some(findings),
        note: Some("data that may hold secrets are left out"),
        gap,
        ..Annotation::default()
    }
}

/// Commands with their answers; what fits nowhere is a finding.
fn exchanges(text: &str) -> (Vec<Exchange>, Vec<Finding>) {
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match lines::read(line) {
            Line::Empty => {}
            Line::Command(_) if exchanges.len() == MAX_EXCHANGES => {
                findings.push(Finding::at(number, "more commands than are explained"));
                break;
            }
            Line::Command(command) => exchanges.push(Exchange {
                line: number,
                command,
                answer: None,
            }),
            Line::Answer(answer) => match exchanges
                .last_mut()
                .filter(|exchange| exchange.answer.is_none())
            {
                Some(exchange) => exchange.answer = Some((number, answer)),
                None => findings.push(Finding::at(number, "an answer without a command")),
            },
            Line::Other => findings.push(Finding::at(number, "neither a command nor an answer")),
        }
    }
    (exchanges, findings)
}

fn explain_one(exchange: &Exchange, session: &mut Session) -> Node {
    let Exchange {
        line,
        command,
        answer,
    } = exchange;
    let (name, value) = session.describe(command, answer.as_ref().map(|(_, answer)| answer));
    let mut children = commands::data(command, *line);
    children.extend(
        answer
            .as_ref()
            .map(|(line, answer)| explain_answer(exchange, answer, *line)),
    );
    Node {
        at: *line,
        header: command.header.to_vec(),
        length: command.data.length,
        name: name.into(),
        value: (!value.is_empty()).then_some(value),
        remark: command.protection().map(str::to_owned),
        children,
        ..Node::default()
    }
}

fn explain_answer(exchange: &Exchange, answer: &Answer, line: usize) -> Node {
    let node = Node {
        at: line,
        name: "answer".into(),
        ..Node::default()
    };
    match answer {
        Answer::Status { sw, data, micros } => {
            let time = micros
                .map(|micros| format!(", {}.{} ms", micros / 1000, micros / 100 % 10))
                .unwrap_or_default();
            let count = if data.length == 0 {
                String::new()
            } else {
                format!(", {} bytes", data.length)
            };
            let meaning = meaning(StatusWord(*sw));
            Node {
                header: sw.to_be_bytes().to_vec(),
                length: data.length,
                value: Some(format!("{meaning}{count}{time}")),
                children: commands::answer_data(&exchange.command, data, line),
                ..node
            }
        }
        Answer::Failure(reason) => Node {
            name: "no answer".into(),
            value: Some((*reason).to_owned()),
            ..node
        },
    }
}

fn meaning(sw: StatusWord) -> String {
    match sw.tries_left() {
        Some(1) => "verification failed, one try left".to_owned(),
        Some(tries) => format!("verification failed, {tries} tries left"),
        None => sw.meaning().unwrap_or("unknown status word").to_owned(),
    }
}

fn totals(exchanges: &[Exchange]) -> Node {
    let received: usize = exchanges
        .iter()
        .filter_map(Exchange::received)
        .map(|data: &Data| data.length)
        .sum();
    let sent: usize = exchanges
        .iter()
        .map(|exchange| exchange.command.data.length)
        .sum();
    let protected = exchanges
        .iter()
        .filter(|exchange| exchange.command.protection().is_some())
        .count();
    let micros: u64 = exchanges
        .iter()
        .filter_map(Exchange::micros)
        .fold(0, u64::saturating_add);
    let line = exchanges.last().map_or(0, |exchange| exchange.line);
    let text = format!(
        "{} commands, {protected} of them protected; {sent} bytes of data to the card, {received} from it; {}.{:03} s",
        exchanges.len(),
        micros / 1_000_000,
        micros / 1000 % 1000,
    );
    Node {
        at: line,
        ..Node::line("in all", text)
    }
}
