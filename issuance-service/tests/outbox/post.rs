//! A service and a station of it, both as the program makes them, in one folder.

use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use biometrics::image::{Colour, Image, encode_jpeg, encode_png};
use crypto::SecretBytes;
use enrolment::packet::OpenedPacket;
use issuance_service::intake::{IntakeDesk, IntakeFolder};
use issuance_service::station::{PersonKey, Station};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::{BlobName, SqliteStore, Store as _};
use serde_json::Value;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::runtime::Builder;
use uuid::Uuid;

/// Everything that a packet passes.
pub struct Post {
    folder: TempDir,
}

/// What a run ended with.
pub struct Run {
    pub code: i32,
    pub json: Value,
    pub words: String,
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            words: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn must_end(&self, code: i32, naming: &str) -> &Self {
        assert_eq!(self.code, code, "{}", self.words);
        assert!(self.words.contains(naming), "{naming:?} in {}", self.words);
        self
    }

    /// How many there are of something.
    pub fn count(&self, what: &str) -> usize {
        self.json[what].as_array().map_or(0, Vec::len)
    }
}

impl Post {
    pub fn new() -> Self {
        let post = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(post.path("stick")).unwrap();
        let service = post.path("service");
        post.run(["init".as_ref(), service.as_os_str()])
            .must_end(0, "");
        post.say("intake init --name TEST-Service").must_end(0, "");
        let service = post.path("service/intake/service.json");
        post.run([
            "station".as_ref(),
            "init".as_ref(),
            "--name".as_ref(),
            "TEST Station".as_ref(),
            "--service".as_ref(),
            service.as_os_str(),
        ])
        .must_end(0, "");
        post.set("seal-unmeasured = false", "seal-unmeasured = true");
        let person = post.run([
            "station",
            "person",
            "--role",
            "operator",
            "--name",
            "TEST Anna",
        ]);
        person.must_end(0, "");
        let person = PathBuf::from(person.json["file"].as_str().unwrap());
        let station = post.path("station/station.json");
        let register = ["intake".as_ref(), "register".as_ref(), station.as_os_str()];
        post.run(register.into_iter().chain([person.as_os_str()]))
            .must_end(0, "");
        post
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Changes a setting of the station.
    pub fn set(&self, from: &str, to: &str) {
        let path = self.path("station/station.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// The record of a person with this document number.
    pub fn record(&self, number: usize) -> PathBuf {
        let folder = self.path(&format!("record-{number}"));
        if folder.exists() {
            return folder;
        }
        fs::create_dir(&folder).unwrap();
        let today = OffsetDateTime::now_utc().date();
        let expiry = today + time::Duration::days(365 * 9);
        let text = format!(
            "profile = \"uto-passport\"\nportrait = \"portrait.jpg\"\n[fields]\nsurname = \"Specimen\"\n\
             given_names = \"Test\"\ndate_of_birth = \"1990-01-01\"\nsex = \"female\"\nnationality = \"UTO\"\n\
             place_of_birth = \"Exampleton, UTO\"\ndocument_number = \"X{number:08}\"\ndate_of_issue = \"{today}\"\n\
             date_of_expiry = \"{expiry}\"\nissuing_authority = \"Department of Specimens\"\n\
             [[fingers]]\nposition = \"right-index\"\nimage = \"right-index.png\"\n\
             [[fingers]]\nposition = \"left-index\"\nmissing = \"bandaged\"\n"
        );
        fs::write(folder.join("record.toml"), text).unwrap();
        let shade = |place: usize| (place * 7 % 251).to_le_bytes()[0];
        let face = (0..300 * 400 * 3).map(shade).collect();
        let face = Image::new(Colour::Rgb8, 300, 400, face).unwrap();
        fs::write(folder.join("portrait.jpg"), encode_jpeg(&face, 60).unwrap()).unwrap();
        let print = (0..300 * 400).map(shade).collect();
        let print = Image::new(Colour::Grey8, 300, 400, print).unwrap();
        let print = encode_png(&print.with_ppi(500)).unwrap();
        fs::write(folder.join("right-index.png"), print).unwrap();
        folder
    }

    /// Runs the program with words.
    pub fn say(&self, line: &str) -> Run {
        self.run(line.split_whitespace())
    }

    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    pub fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    pub fn seal_words(&self, number: usize) -> Vec<PathBuf> {
        let words = ["station", "seal", "--operator", "TEST Anna"];
        let words = words.into_iter().map(PathBuf::from);
        words.chain([self.record(number)]).collect()
    }

    pub fn seal(&self, number: usize) -> Run {
        self.run(self.seal_words(number))
    }

    /// The words of one step on the way.
    pub fn step_words(&self, step: &str) -> Vec<PathBuf> {
        let stick = self.path("stick");
        let (words, takes_stick) = match step {
            "send" => ("station outbox send --to", true),
            "take" => ("intake take", true),
            "receipts" => ("station outbox receipts --from", true),
            "erase" => ("station outbox erase", false),
            other => (other, false),
        };
        let words = words.split_whitespace().map(PathBuf::from);
        words.chain(takes_stick.then_some(stick)).collect()
    }

    pub fn step(&self, step: &str) -> Run {
        self.run(self.step_words(step))
    }

    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
        command
            .args(arguments)
            .args(["--output-format", "json", "--config"])
            .arg(self.path("service/issuance-service.toml"))
            .env("ISSUANCE_STATION", self.path("station"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The station as the library opens it, and its operator.
    pub fn station(&self, now: OffsetDateTime) -> (Station, PersonKey) {
        let none = SecretBytes::new(Vec::new());
        let station = Station::open(&self.path("station"), &none, now).unwrap();
        let role = enrolment::packet::Role::Operator;
        let anna = station.person(role, "TEST Anna", &none).unwrap();
        (station, anna)
    }

    /// The receiving side as the library opens it.
    pub async fn desk(&self) -> IntakeDesk<SqliteStore> {
        let store = SqliteStore::open(&self.path("service/register.sqlite")).await;
        let folder = IntakeFolder::new(self.path("service/intake"));
        let none = SecretBytes::new(Vec::new());
        let rng = Box::new(StdRng::seed_from_u64(5));
        IntakeDesk::open(&folder, &none, store.unwrap(), rng).unwrap()
    }

    /// The files of a folder with an ending.
    pub fn files(&self, folder: &str, ending: &str) -> Vec<PathBuf> {
        let listed = fs::read_dir(self.path(folder)).unwrap();
        let paths = listed.map(|entry| entry.unwrap().path());
        let mut found: Vec<PathBuf> = paths
            .filter(|path| path.extension() == Some(ending.as_ref()))
            .collect();
        found.sort();
        found
    }

    /// The sealed files of the packets that the service has taken in, two folders down.
    pub fn sealed_files(&self) -> Vec<PathBuf> {
        let folders = |path: PathBuf| {
            let listed = fs::read_dir(path).unwrap();
            let paths = listed.map(|entry| entry.unwrap().path());
            paths.filter(|path| path.is_dir())
        };
        let folders = folders(self.path("service/intake/packets")).flat_map(folders);
        let mut found: Vec<PathBuf> = folders
            .flat_map(|folder| self.files(&folder.to_string_lossy(), "sealed"))
            .collect();
        found.sort();
        found
    }

    /// The file of a packet as it came, out of the sealed file that the service has made of it.
    pub fn received(&self, sealed: &Path) -> Vec<u8> {
        let name = sealed.file_name().unwrap().to_string_lossy();
        let [id, file, _] = name.split('.').collect::<Vec<_>>()[..] else {
            panic!("{name}");
        };
        let (id, file): (Uuid, Uuid) = (id.parse().unwrap(), file.parse().unwrap());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = self.desk().await;
            let key = desk.store().blob(id, BlobName::Key).await.unwrap();
            let key = desk.vault().file_key(id, &key.unwrap()).unwrap();
            assert_eq!(desk.vault().path(id, file), sealed);
            let mut content = Vec::new();
            let mut input = desk.vault().read(id, file, &key).unwrap();
            input.read_to_end(&mut content).unwrap();
            content
        })
    }

    /// Packets as the service opens them, in the order of their coming.
    pub fn opened(&self) -> Vec<OpenedPacket> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = self.desk().await;
            let mut opened = Vec::new();
            for row in desk.packets().packets(None, 100_000).await.unwrap() {
                opened.push(desk.open_packet(row.id).await.unwrap());
            }
            opened
        })
    }
}

/// The only file with an ending.
pub fn only(files: &[PathBuf]) -> &Path {
    let [file] = files else {
        panic!("{} files", files.len());
    };
    file
}
