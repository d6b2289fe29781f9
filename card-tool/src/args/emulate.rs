//! The grammar of `emulate`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use applet_spec::timing::Link;
use applet_spec::{LifeCycle, Quirk};
use clap::{Args, ValueEnum};

/// Most readers of one pcscd.
const MAX_SLOTS: u64 = 16;

/// What stands below the options.
pub(super) const HELP: &str = "\
Examples:
  card-tool emulate --card fixtures/cards/vn-citizen-nam.json
  card-tool emulate --new --card blank.json --keys keys --vpcd 127.0.0.1:35963
  card-tool emulate --card fixtures/cards/vn-citizen-nam.json --timing 848k
  card-tool emulate --quirks
  card-tool emulate --card fixtures/cards/vn-citizen-nam.json --quirk Q006 --quirk Q013

A quirk of the data groups needs an issuer of the card's state and document type:
  card-tool specimen --out card
  card-tool pki init pki --country UT --state UTO --document-types PP,P
  card-tool emulate --card card/card.json --quirk Q041 --pki pki

A rack of readers:
  card-tool emulate --reader-conf 16                        # what pcscd needs for 16 slots
  card-tool emulate --manufacture 100 --cards chips --keys keys
  card-tool emulate --rack 16 --cards chips                 # the first 16, and then what is said
  card-tool emulate --rack 16 --cards chips --feed written --timing 848k

A rack is told on standard input, a line each, what to do with slots 1 to N; it ends when the input ends:
  in SLOT FILE    put the chip of a file in (a name, or a path, in the folder of --cards)
  out SLOT        pull it, whatever it does: its file is what its memory was when the power went
On standard output it says a line for each thing that happened, as JSON with --output-format json:
  in SLOT FILE STATE                 the reader has powered it
  out SLOT FILE STATE COMMANDS WHY   pulled, finished, reader-closed, broken
  passed-over SLOT FILE STATE        with --feed: it has reached the state before
  refused SLOT FILE WHY              no chip file, in use by another program, or an order that cannot be
  no-reader SLOT FILE WHY            nobody listens there

With --feed a slot helps itself: a chip that has reached the state and is left alone is taken out and the next of the folder put
in. Whoever is pulled before that comes again after all others. It ends when every chip of the folder has reached the state, or
is dead, and not with the input.";

/// `emulate`.
#[derive(Debug, Args)]
pub struct Emulate {
    /// The chip: a file that holds its memory and keeps it.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present_any = ["quirks", "rack", "manufacture", "reader_conf"]
    )]
    pub card: Option<PathBuf>,
    /// Make a new chip, as a maker delivers it, when the file does not exist.
    #[arg(long, requires_all = ["keys", "card"])]
    pub new: bool,
    /// Folder with the transport master key for new chips.
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
    /// Where the driver of the virtual reader listens. Of a rack: the place of each slot, or of the first, and the others follow it.
    #[arg(
        long,
        env = "CARD_VPCD",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:35963",
        value_delimiter = ','
    )]
    pub vpcd: Vec<SocketAddr>,
    /// Without extended length.
    #[arg(long)]
    pub short: bool,
    /// Take the time of a real chip on this line: contactless at 106 to 848 kbit/s, or T=1 at 312.5 kbit/s.
    #[arg(long, value_enum, value_name = "LINE")]
    pub timing: Option<LinkArg>,
    /// Take the time of a real chip for generating keys, too: 5 s for RSA-2048.
    #[arg(long, requires = "timing")]
    pub slow_keys: bool,
    /// So many slots at once, each with a chip.
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["card", "quirk", "reader_conf"], value_parser = slots())]
    pub rack: Option<u64>,
    /// Folder of the rack's chips.
    #[arg(long, value_name = "FOLDER")]
    pub cards: Option<PathBuf>,
    /// Make so many new chips in the folder first, as a maker delivers them; each file has the serial number for its name.
    #[arg(long, value_name = "COUNT", requires_all = ["cards", "keys"], conflicts_with = "card")]
    pub manufacture: Option<u64>,
    /// Change chips without being told: each stays until it has reached this state.
    #[arg(long, value_enum, value_name = "STATE", requires_all = ["rack", "cards"])]
    pub feed: Option<GoalArg>,
    /// How long a chip that has reached its state must be left alone before it is taken out, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, requires = "feed")]
    pub settle: Duration,
    /// Print what pcscd has to be told for so many slots, and how to install it.
    #[arg(long, value_name = "COUNT", conflicts_with = "card", value_parser = slots())]
    pub reader_conf: Option<u64>,
    /// A way of real chips that this one is to have, such as Q006; may be given several times. The chip is a copy: its file stays
    /// as it is.
    #[arg(long, value_name = "NUMBER", conflicts_with = "new")]
    pub quirk: Vec<Quirk>,
    /// List the quirks: what each does, and how a reader has to deal with it.
    #[arg(long, conflicts_with_all = ["card", "quirk", "new", "rack", "manufacture", "reader_conf"])]
    pub quirks: bool,
    /// Folder of an issuer's PKI, who signs EF.SOD of a card whose data groups have a quirk.
    #[arg(long, value_name = "FOLDER", requires = "quirk")]
    pub pki: Option<PathBuf>,
    /// File with the secret or PIN of the document signer's key; CARD_SIGNER_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE", requires = "pki")]
    pub signer_secret_file: Option<PathBuf>,
}

/// The line that a chip keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkArg {
    /// Contactless, 106 kbit/s.
    #[value(name = "106k")]
    Contactless106,
    /// Contactless, 212 kbit/s.
    #[value(name = "212k")]
    Contactless212,
    /// Contactless, 424 kbit/s.
    #[value(name = "424k")]
    Contactless424,
    /// Contactless, 848 kbit/s.
    #[value(name = "848k")]
    Contactless848,
    /// Contacts, T=1, 312.5 kbit/s.
    #[value(name = "t1")]
    T1,
}

impl From<LinkArg> for Link {
    fn from(arg: LinkArg) -> Self {
        match arg {
            LinkArg::Contactless106 => Self::CONTACTLESS_106,
            LinkArg::Contactless212 => Self::CONTACTLESS_212,
            LinkArg::Contactless424 => Self::CONTACTLESS_424,
            LinkArg::Contactless848 => Self::CONTACTLESS_848,
            LinkArg::T1 => Self::T1,
        }
    }
}

/// The state that a chip of a feeding rack is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GoalArg {
    /// The issuer's keys are in.
    Initialised,
    /// The job is written.
    Written,
    /// The card is locked.
    Operational,
}

impl From<GoalArg> for LifeCycle {
    fn from(arg: GoalArg) -> Self {
        match arg {
            GoalArg::Initialised => Self::Initialised,
            GoalArg::Written => Self::Written,
            GoalArg::Operational => Self::Operational,
        }
    }
}

fn slots() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=MAX_SLOTS)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "no number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
