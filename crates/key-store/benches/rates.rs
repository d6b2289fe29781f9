//! How many EF.SOD a second, beside how many signatures a second the same engine makes by itself.
//!
//! Prints, measured in turn in one run and on one thread unless it says otherwise: for keys in memory and on the token of
//! `cargo xtask bench` the bare rate of the engine and the rate of EF.SOD built and signed; EF.SOD verified up to the CSCA; two
//! threads against one; and what the ledger and the self-check of a token cost. Portrait and fingerprints are hashed before,
//! as they are when a card is made; the small data groups are hashed for each document.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement ends at the first surprise"
)]

#[path = "rates/issuer.rs"]
mod issuer;
#[path = "rates/together.rs"]
mod together;
#[path = "rates/token.rs"]
mod token;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crypto::{FastSigningKey, PrivateKey, SignatureAlgorithm};
use issuer::{Issued, NOW, rng};
use key_store::{KeyProfile, UsageLedger};
use pki::passive_authentication::authenticate_signer;
use pki::{SecurityObject, Signer, SoftwareSigner, TrustStore};
use together::{Work, compare, together};

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(150);
/// What the engine is given: the signed attributes of EF.SOD are as long.
const MESSAGE: [u8; 104] = [0x31; 104];
/// Words of the keys in memory, and the share of the bare rate that is wanted.
const SOFTWARE: [(&str, f64); 4] = [
    ("rsa-pss-2048", 0.9),
    ("rsa-pss-3072", 0.9),
    ("ecdsa-p256", 0.8),
    ("ecdsa-brainpoolP256r1", 0.9),
];
/// Words of the keys on the token.
const TOKEN: [(&str, f64); 2] = [("rsa-pss-2048", 0.9), ("ecdsa-p256", 0.8)];
/// Two threads against one.
const GOAL_OF_TWO: f64 = 1.8;

fn main() {
    println!(
        "{:32} {:>10} {:>10} {:>7} {:>6}",
        "key", "bare/s", "EF.SOD/s", "ratio", "goal"
    );
    for (word, goal) in SOFTWARE {
        software(word, goal);
    }
    for (word, goal) in TOKEN {
        on_token(word, goal);
    }
    println!("\n{:32} {:>10}", "verified up to the CSCA", "EF.SOD/s");
    for (word, _) in SOFTWARE {
        verified(word);
    }
    two_threads();
    println!(
        "\n{:32} {:>10} {:>10} {:>7}",
        "counted by a ledger", "free/s", "counted/s", "ratio"
    );
    for threads in [1, 4, 16, 64] {
        counted("ecdsa-p256", threads);
    }
    println!(
        "\n{:32} {:>10} {:>10} {:>7}",
        "token checks itself", "first/s", "every/s", "ratio"
    );
    for (word, _) in TOKEN {
        let rates = token::self_check(word);
        println!(
            "{word:32} {:10.0} {:10.0} {:7.2}",
            rates[0],
            rates[1],
            rates[1] / rates[0]
        );
    }
}

fn profile(word: &str) -> KeyProfile {
    KeyProfile::by_word(word).expect("a profile")
}

/// The signer that the product uses, and the key itself.
fn in_memory(word: &str) -> (Arc<dyn Signer>, PrivateKey) {
    let profile = profile(word);
    let key = profile.kind.generate(&mut rng(1)).expect("a key");
    let again = PrivateKey::from_pkcs8(key.to_pkcs8().expect("PKCS#8").expose()).expect("a key");
    let signer =
        SoftwareSigner::optimised(again, profile.algorithm, Box::new(rng(2))).expect("a signer");
    (Arc::new(signer), key)
}

fn issued(word: &str, signer: &Arc<dyn Signer>) -> Issued {
    assert_eq!(signer.algorithm(), profile(word).algorithm);
    Issued::new(signer)
}

fn software(word: &str, goal: f64) {
    let algorithm = profile(word).algorithm;
    let (signer, key) = in_memory(word);
    let issued = issued(word, &signer);
    let rates = in_turn([&mut bare(&key, algorithm), &mut || issued.sign()]);
    ratio_line(&format!("{word}, {}", engine(&key)), rates, goal);
}

fn engine(key: &PrivateKey) -> &'static str {
    if FastSigningKey::new(key).is_some() {
        "optimised"
    } else {
        "RustCrypto"
    }
}

/// The engine by itself.
fn bare(key: &PrivateKey, algorithm: SignatureAlgorithm) -> Box<dyn FnMut() + '_> {
    match FastSigningKey::new(key) {
        Some(fast) => Box::new(move || {
            drop(black_box(
                fast.sign(&algorithm, &MESSAGE).expect("a signature"),
            ));
        }),
        None => {
            let mut own = rng(3);
            Box::new(move || {
                drop(black_box(
                    key.sign(&algorithm, &MESSAGE, &mut own)
                        .expect("a signature"),
                ));
            })
        }
    }
}

fn on_token(word: &str, goal: f64) {
    let key = token::key(word);
    let issued = issued(word, &key.signer);
    let rates = in_turn([&mut key.bare(), &mut || issued.sign()]);
    ratio_line(&format!("{word}, token"), rates, goal);
    key.destroy();
}

fn ratio_line(name: &str, [bare, whole]: [f64; 2], goal: f64) {
    println!(
        "{name:32} {bare:10.0} {whole:10.0} {:7.2} {goal:6.2}",
        whole / bare
    );
}

fn verified(word: &str) {
    let chain = Chain::new(word);
    let rates = in_turn([&mut || chain.verify()]);
    println!("{word:32} {:10.0}", rates[0]);
}

/// EF.SOD and the CSCA that it leads to.
struct Chain {
    object: Vec<u8>,
    store: TrustStore,
}

impl Chain {
    fn new(word: &str) -> Self {
        let issued = issued(word, &in_memory(word).0);
        let mut store = TrustStore::default();
        store.add(&issued.csca, "bench").expect("a CSCA");
        let object = issued.security_object();
        Self { object, store }
    }

    fn verify(&self) {
        let object = SecurityObject::parse(&self.object).expect("EF.SOD");
        let report = authenticate_signer(object.signed_data(), &self.store, NOW);
        assert!(report.is_authentic());
    }
}

/// Two threads against one, beside the engine by itself, which shares nothing: what that lacks of two is the machine's.
fn two_threads() {
    println!(
        "\n{:32} {:>10} {:>10} {:>7} {:>7} {:>10} {:>9} {:>6}",
        "two threads", "one/s", "two/s", "wall", "CPU", "bare wall", "bare CPU", "goal"
    );
    for (word, _) in SOFTWARE {
        let (signer, key) = in_memory(word);
        let issued = issued(word, &signer);
        let algorithm = profile(word).algorithm;
        two_line(word, &|| Box::new(|| issued.sign()), &|| {
            bare(&key, algorithm)
        });
    }
    for (word, _) in TOKEN {
        let key = token::key(word);
        let issued = issued(word, &key.signer);
        let name = format!("{word}, token");
        two_line(&name, &|| Box::new(|| issued.sign()), &|| key.bare());
        key.destroy();
    }
    for (word, _) in SOFTWARE {
        let chain = Chain::new(word);
        let public = in_memory(word).0;
        let signature = public.sign(&MESSAGE).expect("a signature");
        let verify = || {
            let key = black_box(public.public_key());
            key.verify(&public.algorithm(), &MESSAGE, &signature)
                .expect("a right signature");
        };
        let name = format!("{word}, verified");
        two_line(&name, &|| Box::new(|| chain.verify()), &|| Box::new(verify));
    }
}

fn two_line(name: &str, ours: &Work<'_>, bare: &Work<'_>) {
    let (ours, bare) = (compare(ours), compare(bare));
    let or_nothing =
        |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    println!(
        "{name:32} {:10.0} {:10.0} {:7.2} {:>7} {:10.2} {:>9} {GOAL_OF_TWO:6.2}",
        ours.one,
        ours.two,
        ours.wall,
        or_nothing(ours.cpu),
        bare.wall,
        or_nothing(bare.cpu)
    );
}

fn counted(word: &str, threads: usize) {
    let (signer, _) = in_memory(word);
    let free = Issued::new(&signer);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("usage.ledger");
    let ledger = UsageLedger::create(&path, signer.public_key(), None).expect("a ledger");
    let counted = Issued::new(&signer).counted_by(Arc::new(ledger));
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rates[0].push(together(threads, &|| Box::new(|| free.sign_next())).wall);
        rates[1].push(together(threads, &|| Box::new(|| counted.sign_next())).wall);
    }
    let [free, counted] = rates.map(median);
    let name = format!("{word}, {threads} threads");
    println!(
        "{name:32} {free:10.0} {counted:10.0} {:7.2}",
        counted / free
    );
}

/// Medians over rounds that take turns, so that a machine that slows down slows all of them.
fn in_turn<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut rates = [const { Vec::new() }; N];
    for _ in 0..ROUNDS {
        for (work, rates) in works.iter_mut().zip(&mut rates) {
            rates.push(rate(&mut **work));
        }
    }
    rates.map(median)
}

fn rate(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < ROUND {
        work();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
