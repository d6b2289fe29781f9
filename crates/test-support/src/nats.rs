//! A private NATS server with JetStream for tests, on a free port of loopback, its streams in a temporary folder.
//!
//! `cargo xtask test` names the program in [`VARIABLE`].

use std::{ffi::OsString, fs, path::Path};

use crate::{
    account::Account,
    guard::{Guard, Plan, folder_for, variable},
};

/// The variable that names the program `nats-server`.
pub const VARIABLE: &str = "CARD_TOOLCHAIN_NATS";
/// Let the system choose.
const ANY_PORT: i32 = -1;

/// A running server; dropping it ends it and removes everything.
pub struct Server {
    guard: Guard,
    url: String,
    /// What a test has added to the configuration.
    more: String,
}

impl Server {
    /// Starts a server.
    ///
    /// # Panics
    /// When it is not here or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|_| String::new())
    }

    /// Starts a server with more lines in its configuration, made by somebody who knows its folder.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[must_use]
    pub fn start_with(more: impl FnOnce(&Path) -> String) -> Self {
        let program = variable(VARIABLE);
        let folder = folder_for("nats", Account::Ourselves);
        let words: [OsString; 3] = [
            program.into(),
            "--config".into(),
            folder.join("nats.conf").into(),
        ];
        let guard = Guard::new(Plan {
            folder,
            account: Account::Ourselves,
            words: &words,
            end: "TERM",
        });
        let mut server = Self {
            more: more(guard.folder()),
            guard,
            url: String::new(),
        };
        server.configure(&ANY_PORT.to_string());
        server.begin();
        // After a restart its clients find it where it was.
        let port = server.url.rsplit(':').next().unwrap_or_default().to_owned();
        server.configure(&port);
        server
    }

    /// Its address: `nats://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it with SIGKILL, in the middle of whatever it does. Its streams stay as they are.
    pub fn kill(&mut self) {
        self.guard.signal("KILL");
        self.guard.wait();
    }

    /// Ends it in good order. Its streams stay.
    pub fn stop(&mut self) {
        self.guard.signal("TERM");
        self.guard.wait();
    }

    /// Starts it again on the same port.
    ///
    /// # Panics
    /// When it runs, or does not start.
    pub fn restart(&mut self) {
        self.begin();
    }

    /// What it said last.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.guard.last_words()
    }

    fn configure(&self, port: &str) {
        let folder = self.guard.folder().display();
        let text = format!(
            "host: \"127.0.0.1\"\nport: {port}\nports_file_dir: \"{folder}\"\njetstream {{ store_dir: \"{folder}/streams\" }}\n{}\n",
            self.more
        );
        fs::write(self.guard.folder().join("nats.conf"), text).expect("nats.conf is written");
    }

    fn begin(&mut self) {
        let id = self.guard.start();
        let file = self.guard.folder().join(format!("nats-server_{id}.ports"));
        self.url = self.guard.until("NATS starts", || {
            let text = fs::read_to_string(&file).ok()?;
            let ports: serde_json::Value = serde_json::from_str(&text).ok()?;
            ports.pointer("/nats/0")?.as_str().map(str::to_owned)
        });
    }
}
