//! A real server on a port, over TLS, with accounts of every role.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::account::{Changed, SecondFactor, State};
use access::device::{Device, KeyPair};
use access::password::{Password, PasswordHash, Passwords};
use access::session::csrf_token;
use access::tls::{Clock, TlsLimits, TlsListener};
use access::totp::{RecoveryCodes, TotpSecret};
use access::{Account, DeviceKind, Role, RoleSet, Session};
use crypto::SecretBytes;
use issuance_service::api::start::{self, Randomness};
use issuance_service::api::{Shared, devices::KeptDevice, journal, serve::serve, workers};
use issuance_service::personalisation::Site;
use issuance_service::{CONFIG, Config};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::Expected;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use uuid::Uuid;

use crate::client::Client;

/// A password that the policy takes.
pub const PASSWORD: &str = "con trau di cay 7";

/// The clock of the machine, and as much more as a test wants.
#[derive(Debug, Default)]
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

pub struct Place {
    pub folder: TempDir,
    pub api: Shared,
    pub address: SocketAddr,
    pub runtime: Runtime,
    pub end: watch::Sender<bool>,
    pub served: Option<tokio::task::JoinHandle<usize>>,
    clock: Arc<TestClock>,
    hash: PasswordHash,
}

/// Somebody with an account, and what plays his authenticator.
pub struct Person {
    pub id: Uuid,
    pub login: String,
    pub totp: TotpSecret,
}

/// Who asks: nobody, a session, a device.
#[derive(Clone, Default)]
pub struct Asker {
    pub cookie: Option<String>,
    pub csrf: Option<String>,
    pub device: Option<Arc<KeyPair>>,
}

pub fn randomness() -> Randomness {
    Arc::new(|| Box::new(StdRng::from_rng(&mut rand::rng())))
}

impl Place {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other settings.
    pub fn with(settings: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let clock = Arc::new(TestClock::default());
        let (end, ending) = watch::channel(false);
        let (api, address, served) = runtime.block_on(async {
            let home = folder.path().join("service");
            assert!(start::first_start(&home.join(CONFIG)).await.unwrap());
            let mut config = Config::read(&home.join(CONFIG)).unwrap();
            config.serve.listen = "127.0.0.1:0".parse().unwrap();
            settings(&mut config);
            let api = start::open(&config, clock.clone(), &randomness())
                .await
                .unwrap();
            let socket = TcpListener::bind(config.serve.listen).await.unwrap();
            let address = socket.local_addr().unwrap();
            let tls = start::tls(&api, &config.serve).unwrap();
            let listener = TlsListener::new(socket, tls, TlsLimits::default()).unwrap();
            let mut beside = workers::start(&api, 1, &ending);
            let shared = api.clone();
            let served = tokio::spawn(async move {
                let cut = serve(&shared, listener, ending).await;
                while beside.join_next().await.is_some() {}
                cut
            });
            (api, address, served)
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
            served: Some(served),
            clock,
            hash,
        }
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn now(&self) -> OffsetDateTime {
        self.api.now()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.clock
            .0
            .fetch_add(time.whole_seconds(), Ordering::SeqCst);
    }

    pub fn client(&self) -> Client {
        self.client_of(&Asker::default())
    }

    pub fn client_of(&self, asker: &Asker) -> Client {
        Client::new(
            self.address,
            self.api.keys.authority.certificate(),
            asker.clone(),
        )
    }

    /// An active account with these roles, put there without asking anybody.
    pub fn person(&self, login: &str, roles: &[Role]) -> Person {
        let mut rng = randomness()();
        let totp = TotpSecret::generate(&mut *rng);
        let kept = TotpSecret::from_stored(SecretBytes::from(totp.to_stored().expose())).unwrap();
        let (recovery, _) = RecoveryCodes::generate(&mut *rng);
        let now = self.now();
        let Changed { mut account, .. } =
            Account::first_administrator(Uuid::now_v7(), login, &format!("TEST {login}"), now)
                .unwrap();
        account.roles = roles.iter().copied().collect::<RoleSet>();
        account.state = State::Active;
        account.password = Some(self.hash.clone());
        account.second_factor = Some(SecondFactor {
            secret: kept,
            last_step: None,
            recovery,
        });
        let mut change = self.api.change();
        self.api.put_new(&mut change, &account).unwrap();
        self.wait(self.api.commit(&change)).unwrap();
        Person {
            id: account.id,
            login: account.login,
            totp,
        }
    }

    /// A session without signing in: its second factor is fresh.
    pub fn session(&self, person: &Person) -> Asker {
        self.session_of(person.id)
    }

    /// The same for the owner of an account.
    pub fn session_of(&self, account: Uuid) -> Asker {
        self.wait(async {
            let kept = self.api.account(account).await.unwrap().unwrap();
            let now = self.now();
            let (session, token) = self
                .api
                .draw(|rng| Session::open(&kept.account, true, now, rng))
                .unwrap();
            let mut change = self.api.change();
            self.api
                .put_session(&mut change, &session, Expected::New)
                .unwrap();
            self.api.commit(&change).await.unwrap();
            Asker {
                cookie: Some(format!("__Host-session={}", token.to_text().as_str())),
                csrf: Some(csrf_token(&token)),
                device: None,
            }
        })
    }

    pub fn signed_in(&self, login: &str, roles: &[Role]) -> (Person, Client) {
        let person = self.person(login, roles);
        let client = self.client_of(&self.session(&person));
        (person, client)
    }

    /// A registered device with its key.
    pub fn device(&self, kind: DeviceKind, name: &str) -> (Uuid, Asker) {
        let site = (kind == DeviceKind::PersonalisationSite).then_some("test-site");
        self.device_of(kind, name, site)
    }

    /// A device, at a site where it has one.
    pub fn device_of(&self, kind: DeviceKind, name: &str, site: Option<&str>) -> (Uuid, Asker) {
        let device = Device {
            kind,
            id: Uuid::now_v7(),
            name: name.to_owned(),
        };
        let id = device.id;
        let now = self.now();
        let pair = self
            .api
            .draw(|rng| self.api.keys.authority.issue_with_key(&device, now, rng))
            .unwrap();
        let site = site.map(|site| Site::new(site).unwrap());
        let mut kept = KeptDevice::new(device, now).at(site);
        kept.add(&pair.issued);
        let mut change = self.api.change();
        kept.put(&mut change).unwrap();
        self.wait(self.api.commit(&change)).unwrap();
        (
            id,
            Asker {
                device: Some(Arc::new(pair)),
                ..Asker::default()
            },
        )
    }

    /// Numbers every entry of the audit log, and gives all of them as text.
    pub fn audit_log(&self) -> Vec<String> {
        use register::store::{Store as _, StoreError, Topic};
        self.wait(async {
            loop {
                match journal::round(&self.api.store, &self.api.keys, self.api.now()).await {
                    Ok(0) => break,
                    Ok(_) | Err(issuance_service::Error::Store(StoreError::Sequenced)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            let entries = self
                .api
                .store
                .journal(Topic::Audit, 0, 100_000)
                .await
                .unwrap();
            entries
                .into_iter()
                .map(|entry| String::from_utf8(entry.body).unwrap())
                .collect()
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(served) = self.served.take() {
            let _ = self.runtime.block_on(served);
        }
    }
}

impl Person {
    pub fn code(&self, now: OffsetDateTime) -> String {
        self.totp.code(now).unwrap().to_string()
    }
}
