//! `eac show`: what a file of certificates, a request or the folder of an entity says.

use std::path::Path;

use anyhow::{Context as _, Result};
use authorization_pki::certificate_row;
use protocols::terminal_authentication::Request;
use serde_json::json;

use super::{describe, print, print_json, standing};
use crate::commands::Context;
use crate::eac_folder;
use crate::exit::Exit;
use crate::files;

/// Runs the verb.
pub fn run(path: &Path, context: &Context) -> Result<Exit> {
    if path.is_dir() {
        let kind = eac_folder::look(path)?.state().settings().kind;
        return standing::run(kind, path, context);
    }
    let file = files::read_first(path, certificate_row::MAX_LEN + 1)?;
    // A request's inner signature is its own key's: what reads as one is one.
    if let Ok(request) = Request::parse(&file) {
        return request_of(&request, &file, context);
    }
    let certificates = certificate_row::read(&file).with_context(|| path.display().to_string())?;
    if context.json() {
        let all: Vec<_> = certificates
            .iter()
            .map(describe::certificate_json)
            .collect();
        print_json(&json!({ "certificates": all, "outcome": Exit::Done.word() }))?;
    } else {
        let all: Vec<_> = certificates.iter().map(describe::certificate).collect();
        print(&all.join("\n\n"))?;
    }
    Ok(Exit::Done)
}

fn request_of(request: &Request, file: &[u8], context: &Context) -> Result<Exit> {
    if context.json() {
        let request = describe::request_json(request, file);
        print_json(&json!({ "request": request, "outcome": Exit::Done.word() }))?;
    } else {
        print(&describe::request(request, file))?;
    }
    Ok(Exit::Done)
}
