//! A service with its pages on this machine, people who work there, and what a station has sent in.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::account::{By, Changed, SecondFactor, State};
use access::password::{Password, PasswordHash, Passwords};
use access::tls::Clock;
use access::totp::{RecoveryCodes, STEP_SECONDS, TotpSecret};
use access::{Account, Role, RoleSet};
use crypto::SecretBytes;
use issuance_service::api::serve::{Loopback, serve};
use issuance_service::api::start::{self, Randomness};
use issuance_service::api::{Shared, journal, workers};
use issuance_service::{CONFIG, Config};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;
use tempfile::TempDir;
use test_support::fixture;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use uuid::Uuid;

use crate::desk_folders::{CREW, run, station};
use crate::page::Page;
use crate::workshop::Workshop;

/// A password that the policy takes.
pub const PASSWORD: &str = "con trau di cay 7";

/// The clock of the machine, and as much more as a test wants.
#[derive(Debug, Default)]
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

/// The service, served over loopback by its own program's parts.
pub struct Desk {
    folder: TempDir,
    /// What the routes share: stories look behind the pages with it.
    pub api: Shared,
    /// Where the pages are.
    pub address: String,
    runtime: Runtime,
    end: watch::Sender<bool>,
    clock: Arc<TestClock>,
    hash: PasswordHash,
}

/// Somebody with an account, and what plays his authenticator.
pub struct Person {
    /// The name to sign in with.
    pub login: String,
    totp: TotpSecret,
    shown: Cell<i64>,
}

fn randomness() -> Randomness {
    Arc::new(|| Box::new(StdRng::from_rng(&mut rand::rng())))
}

impl Desk {
    /// A service that knows a station; no account is there, and no application.
    pub fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// With other settings, made from the address at which it is served.
    pub fn with(settings: impl FnOnce(&mut Config, &str)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        station(folder.path());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let clock = Arc::new(TestClock::default());
        let (end, ending) = watch::channel(false);
        let (api, address) = runtime.block_on(async {
            let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = socket.local_addr().unwrap();
            let mut config = Config::read(&folder.path().join("service").join(CONFIG)).unwrap();
            settings(&mut config, &format!("http://{address}"));
            let api = start::open(&config, clock.clone(), &randomness())
                .await
                .unwrap();
            let mut beside = workers::start(&api, 1, &ending);
            let shared = api.clone();
            tokio::spawn(async move {
                serve(&shared, Loopback::new(socket).unwrap(), ending).await;
                while beside.join_next().await.is_some() {}
            });
            (api, format!("http://{address}"))
        });
        let mut rng = randomness()();
        let hash = Passwords::new(&mut *rng)
            .unwrap()
            .hash(&Password::offered(PASSWORD).unwrap(), &mut *rng)
            .unwrap();
        Self {
            folder,
            api,
            address,
            runtime,
            end,
            clock,
            hash,
        }
    }

    /// The link of the first administrator, as `serve` prints it.
    pub fn first_link(&self) -> String {
        let link = self.wait(self.api.first_administrator()).unwrap().unwrap();
        format!("{}/invitation#{}", self.address, link.token.as_str())
    }

    /// Waits for something of the service.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// What time it is there.
    pub fn now(&self) -> OffsetDateTime {
        self.api.now()
    }

    /// Chips, jobs and cards.
    pub fn workshop(&self) -> Workshop {
        Workshop::of(&self.api.office, self.now())
    }

    /// Somebody with an active account and these roles, put there without asking anybody.
    pub fn person(&self, login: &str, roles: &[Role]) -> Person {
        let mut rng = randomness()();
        let totp = TotpSecret::generate(&mut *rng);
        let secret = TotpSecret::from_stored(SecretBytes::from(totp.to_stored().expose())).unwrap();
        let (recovery, _) = RecoveryCodes::generate(&mut *rng);
        let name = format!("TEST {login}");
        let Changed { mut account, .. } =
            Account::first_administrator(Uuid::now_v7(), login, &name, self.now()).unwrap();
        account.roles = roles.iter().copied().collect::<RoleSet>();
        account.state = State::Active;
        account.password = Some(self.hash.clone());
        account.second_factor = Some(SecondFactor {
            secret,
            last_step: None,
            recovery,
        });
        let mut change = self.api.change();
        self.api.put_new(&mut change, &account).unwrap();
        self.wait(self.api.commit(&change)).unwrap();
        Person {
            login: account.login,
            totp,
            shown: Cell::new(0),
        }
    }

    /// A code that was not shown before. Where there is none yet, time passes.
    pub fn code(&self, person: &Person) -> String {
        let length = i64::try_from(STEP_SECONDS).unwrap();
        let step = (self.now().unix_timestamp() / length).max(person.shown.get() + 1);
        let missing = step * length - self.now().unix_timestamp();
        if missing > length {
            self.clock.0.fetch_add(missing - length, Ordering::SeqCst);
        }
        person.shown.set(step);
        let at = OffsetDateTime::from_unix_timestamp(step * length).unwrap();
        person.totp.code(at).unwrap().to_string()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.clock
            .0
            .fetch_add(time.whole_seconds(), Ordering::SeqCst);
    }

    /// The code that an authenticator shows next for a secret in base32: one that no page has shown before.
    pub fn code_of(&self, base32: &str) -> String {
        self.pass(Duration::seconds(i64::try_from(STEP_SECONDS).unwrap()));
        let secret =
            TotpSecret::from_stored(SecretBytes::from(base32_octets(base32).as_slice())).unwrap();
        secret.code(self.now()).unwrap().to_string()
    }

    /// The secret of an account's second factor in base32, as the page of its link has shown it.
    pub fn secret_of(&self, login: &str) -> String {
        let kept = self
            .wait(self.api.account_of_login(login))
            .unwrap()
            .unwrap();
        let secret = kept.account.second_factor.unwrap().secret;
        secret.enrolment("TEST", login).unwrap().base32.to_string()
    }

    /// Another administrator gives somebody other roles at this moment.
    pub fn change_roles(&self, login: &str, roles: &[Role]) {
        let admins = access::account::Administrators { active: 3 };
        let roles = roles.iter().copied().collect();
        self.changed(login, |account, by, now| {
            account.change_roles(roles, by, admins, now).unwrap()
        });
    }

    /// Another administrator changes somebody's account.
    pub fn changed(&self, login: &str, how: impl FnOnce(Account, By, OffsetDateTime) -> Changed) {
        let read = || {
            let kept = self.wait(self.api.account_of_login(login));
            kept.unwrap().unwrap()
        };
        let (before, after) = (read(), read());
        let by = By {
            id: Uuid::from_u128(5),
            roles: [Role::Administrator].into_iter().collect(),
        };
        let changed = how(after.account, by, self.now());
        let mut change = self.api.change();
        self.api
            .put_changed(&mut change, &before, &changed, None)
            .unwrap();
        self.wait(self.api.commit(&change)).unwrap();
    }

    /// Something happens that the audit log tells of, so many times.
    pub fn audited(&self, times: usize) {
        for _ in 0..times {
            let mut change = self.api.change();
            let told = issuance_service::api::audit::Audit::by(
                issuance_service::api::audit::system(),
                "user.manage",
                "account",
                Uuid::nil(),
            );
            told.put(&mut change).unwrap();
            self.wait(self.api.commit(&change)).unwrap();
        }
        self.number();
    }

    /// Numbers every entry of the audit log and signs a checkpoint, as a worker does beside the requests.
    pub fn number(&self) {
        let round = || journal::round(&self.api.store, &self.api.keys, self.now());
        // The worker may be at it: then it is asked again.
        while !matches!(self.wait(round()), Ok(0)) {}
    }

    /// Signs somebody in by the page.
    #[track_caller]
    pub fn enter(&self, page: &mut Page, person: &Person) {
        page.open("about:blank");
        page.open(&format!("{}/desk/", self.address));
        page.until("document.querySelector('#login') || document.querySelector('#rooms a')");
        if page.value("Boolean(document.querySelector('#rooms a'))") == json!(true) {
            page.click("#sign-out");
        }
        self.sign_in(page, &person.login, &self.code(person));
    }

    /// Types name, password and code.
    #[track_caller]
    pub fn sign_in(&self, page: &mut Page, login: &str, code: &str) {
        page.fill("login", login);
        page.fill("password", PASSWORD);
        page.fill("code", code);
        page.press("Enter");
        page.see("#sign-out");
    }

    /// A station enrols people of `fixtures/people` and sends them in; the service checks them.
    pub fn receive(&self, people: &[&str]) -> Vec<Uuid> {
        let before = self.applications();
        for person in people {
            let folder = fixture(&format!("people/{person}")).display().to_string();
            let [operator, supervisor] = CREW;
            let secret = |role: &str| self.path(&format!("{role}.secret")).display().to_string();
            run([
                "station",
                "--station",
                &self.text("station"),
                "enrol",
                "--operator",
                operator[1],
                "--secret-file",
                &secret(operator[0]),
                "--supervisor",
                supervisor[1],
                "--supervisor-secret-file",
                &secret(supervisor[0]),
                "--release",
                "TEST reason",
                &folder,
            ]);
        }
        run([
            "station",
            "--station",
            &self.text("station"),
            "outbox",
            "send",
            "--to",
            &self.text("stick"),
        ]);
        run([
            "intake",
            "--config",
            &self.config(),
            "take",
            &self.text("stick"),
        ]);
        for _ in 0..600 {
            let now: Vec<Uuid> = self
                .applications()
                .into_iter()
                .filter(|id| !before.contains(id))
                .collect();
            if now.len() == people.len() && now.iter().all(|id| self.stage(*id) != "received") {
                return now;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the service does not check what came");
    }

    fn applications(&self) -> Vec<Uuid> {
        let page = register::ApplicationPage {
            stage: None,
            station: None,
            after: None,
            descending: false,
            limit: 100,
        };
        self.wait(self.api.office.applications().list(&page))
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect()
    }

    /// How far an application is.
    pub fn stage(&self, id: Uuid) -> &'static str {
        self.wait(self.api.office.applications().summary(id))
            .unwrap()
            .unwrap()
            .stage
            .word()
    }

    /// Registers somebody at his birth, whom nobody has enrolled.
    pub fn born(&self, texts: &serde_json::Value) {
        let agreement = json!({ "purposes": ["civil-status"], "consent_needed": false, "per_minute": 100, "misses_per_day": 1,
            "tries_per_subject": 1, "numbers": true });
        let party = issuance_service::relying::Party {
            id: Uuid::now_v7(),
            actor: issuance_service::api::audit::system(),
            request: Uuid::now_v7(),
            agreement: serde_json::from_value(agreement).unwrap(),
        };
        let birth = serde_json::from_value(
            json!({ "request": Uuid::now_v7(), "place": "001", "texts": texts }),
        )
        .unwrap();
        let room = &self.api.relying;
        let work = room.desk.register_birth(
            &self.api.office,
            room.scheme().unwrap(),
            &party,
            &birth,
            self.now(),
        );
        self.wait(work).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn config(&self) -> String {
        self.path("service").join(CONFIG).display().to_string()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end.send_replace(true);
    }
}

/// Octets of base32 (RFC 4648 §6).
fn base32_octets(text: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut octets, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    for letter in text.bytes() {
        let value = letters.iter().position(|known| *known == letter).unwrap();
        held = held << 5 | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push((held >> bits & 0xFF) as u8);
        }
    }
    octets
}
