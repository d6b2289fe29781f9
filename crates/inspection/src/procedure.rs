//! The procedure: its list of steps, and what the steps share.

use core::time::Duration;
use std::collections::BTreeMap;

use crypto::{AgreementKey, CryptoRng, HashAlgorithm};
use iso7816::{Channel, ChannelError};
use lds::security_info::FileReference;
use lds::{File, HashedFile, LdsSecurityObject, Parent, SecurityInfos};
use mrz::Mrz;
use pki::TrustStore;
use pki::card_security::Authenticated;
use protocols::Password;
use time::OffsetDateTime;

use crate::check::{Check, CheckKind, Finding};
use crate::line::Line;
use crate::not_yet_verified::NotYetVerified;
use crate::read::{ReadError, Reader};
use crate::report::{Evidence, Report, Source};
use crate::steps::access::{self, Pace};
use crate::steps::renewal::{Opened, Renewals};
use crate::steps::{
    authenticity, card_security, content, files, passive, terminal_authentication, unsigned,
};
use crate::terminal::{Terminal, TerminalAuthentication};

/// What a terminal knows before it meets a document.
pub struct Config<'a> {
    /// Passwords, the preferred one first. BAC needs the MRZ.
    pub passwords: &'a [Password],
    /// Which access protocol.
    pub access: AccessChoice,
    /// The machine readable zone as printed, if it was read optically: EF.DG1 is compared with it.
    pub printed_mrz: Option<&'a Mrz>,
    /// What the terminal shows to be let at fingers and irises. Without it, a chip that protects them keeps them closed.
    pub terminal: Option<Terminal<'a>>,
    /// The CSCA certificates that are trusted.
    pub trust: &'a TrustStore,
    /// The time of the inspection.
    pub now: OffsetDateTime,
    /// Whether extended length may be used where chip and reader announce it.
    pub extended_length: bool,
    /// A clock for the times in the report, counted from any start.
    pub clock: &'a dyn Fn() -> Duration,
}

/// Which access protocol a terminal uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessChoice {
    /// PACE where the chip offers it, else BAC (Doc 9303-11 §4.2).
    #[default]
    Automatic,
    /// PACE and nothing else.
    Pace,
    /// BAC and nothing else.
    Bac,
}

/// What happens while the procedure runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step begins.
    Started(&'a CheckKind),
    /// A file is being read.
    Reading {
        /// The file.
        file: File,
        /// Octets read.
        done: usize,
        /// Octets of the file.
        total: usize,
    },
    /// A file was read, and nobody has verified it yet.
    Read(NotYetVerified<'a>),
    /// A step ended.
    Finished(&'a Check),
}

/// One step: what it checks, whether it talks to the chip, and how.
pub struct Step {
    /// The check it fills in.
    pub kind: CheckKind,
    /// Whether it needs the chip: it is *aborted* once the chip is lost.
    pub needs_chip: bool,
    /// Whether it needs access to the chip: it is *aborted* when access was not won.
    pub needs_access: bool,
    run: fn(&mut Inspection<'_, '_>) -> Finding,
}

impl Step {
    /// Without a command to the chip.
    pub(crate) const fn offline(
        kind: CheckKind,
        run: fn(&mut Inspection<'_, '_>) -> Finding,
    ) -> Self {
        Self {
            kind,
            needs_chip: false,
            needs_access: false,
            run,
        }
    }

    /// With commands that need no access.
    pub(crate) const fn before_access(
        kind: CheckKind,
        run: fn(&mut Inspection<'_, '_>) -> Finding,
    ) -> Self {
        Self {
            kind,
            needs_chip: true,
            needs_access: false,
            run,
        }
    }

    /// With commands that need access.
    pub(crate) const fn with_access(
        kind: CheckKind,
        run: fn(&mut Inspection<'_, '_>) -> Finding,
    ) -> Self {
        Self {
            kind,
            needs_chip: true,
            needs_access: true,
            run,
        }
    }
}

/// The whole inspection, in its order.
pub const PROCEDURE: &[Step] = &[
    access::READ_ATR_INFO,
    access::READ_CARD_ACCESS,
    access::PACE,
    card_security::READ,
    card_security::SIGNATURE,
    access::SELECT_APPLICATION,
    access::BAC,
    files::READ_COM,
    files::READ_SOD,
    files::READ_DG14,
    card_security::CHIP_AUTHENTICATION_MAPPING,
    authenticity::CHIP_AUTHENTICATION,
    files::READ_DG1,
    files::READ_DG15,
    authenticity::ACTIVE_AUTHENTICATION,
    files::READ_DG2,
    files::READ_OTHER_DATA_GROUPS,
    terminal_authentication::TERMINAL_AUTHENTICATION,
    files::READ_PROTECTED_DATA_GROUPS,
    passive::SECURITY_OBJECT,
    passive::DOCUMENT_SIGNER,
    passive::CERTIFICATE_VALIDITY,
    passive::REVOCATION,
    passive::USAGE_PERIOD,
    passive::KNOWN_DEVIATIONS,
    passive::DATA_GROUP_HASHES,
    unsigned::COM_AGAINST_SOD,
    unsigned::CARD_ACCESS_IS_SIGNED,
    passive::ISSUING_STATE,
    passive::DOCUMENT_TYPE,
    content::MRZ_CONSISTENCY,
    content::MRZ_AS_PRINTED,
    content::EXPIRY,
    content::CHIP_AUTHENTICITY,
];

/// Inspects the document at the other end of the line, which has been reset.
///
/// Nothing a document does makes this fail: what goes wrong stands in the report.
pub fn inspect(
    line: &mut dyn Channel,
    config: &Config<'_>,
    rng: &mut dyn CryptoRng,
    observe: &mut dyn FnMut(Event<'_>),
) -> Report {
    let mut inspection = Inspection::new(line, config, rng, observe);
    for step in PROCEDURE {
        inspection.carry_out(step);
    }
    inspection.into_report()
}

/// What the steps of one inspection have found out so far.
pub(crate) struct Inspection<'c, 'a: 'c> {
    /// What is inspected.
    pub(crate) source: Source,
    pub(crate) config: &'a Config<'a>,
    pub(crate) line: Line<'c>,
    pub(crate) rng: &'a mut dyn CryptoRng,
    observe: &'a mut dyn FnMut(Event<'_>),
    reader: Reader,
    /// Open chains that were told of.
    closed_chains: u8,
    /// Why the chip can no longer be talked to.
    pub(crate) lost: Option<ChannelError>,
    /// Whether the chip may be read.
    pub(crate) access: Option<Access>,
    /// With what access was won: a session that the chip loses is built anew with it.
    pub(crate) opened: Option<Opened<'a>>,
    /// Sessions that were built anew.
    pub(crate) renewals: Renewals,
    /// What PACE has left for the protocols after it.
    pub(crate) pace: Option<Pace>,
    /// A proof that the chip has left open although the terminal could have taken all of it.
    pub(crate) left_open: Option<&'static str>,
    /// Why the application cannot be read: it was not selected.
    pub(crate) closed_application: Option<ReadError>,
    /// What the signature on EF.CardSecurity is worth.
    pub(crate) card_security: Option<Authenticated>,
    /// The terminal's key of the newest agreement with a static key of the chip.
    pub(crate) agreed_key: Option<AgreementKey>,
    /// What became of terminal authentication.
    pub(crate) terminal_authentication: Option<TerminalAuthentication>,
    /// What EF.CardAccess offers.
    pub(crate) card_access: Option<SecurityInfos>,
    /// Files that were read.
    pub(crate) files: BTreeMap<File, HashedFile>,
    /// Files that were asked for in vain, and not read later.
    pub(crate) unread: BTreeMap<File, ReadError>,
    /// What EF.SOD claims to cover; believed by nobody before passive authentication.
    pub(crate) claimed: Option<LdsSecurityObject>,
    /// What passive authentication found.
    pub(crate) passive: Option<pki::passive_authentication::Report>,
    /// What was put up with in the step that runs.
    pub(crate) deviations: Vec<String>,
    checks: Vec<Check>,
}

/// How often a file is asked for in the same way when the chip loses its session over it.
const MAX_TRIES_OF_A_FILE: u8 = 2;

/// Whether a lost session is the end of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sessions {
    /// It is.
    This,
    /// It is built anew.
    Many,
}

/// A way of reading a file.
type Way = fn(
    &mut Reader,
    &mut dyn Channel,
    File,
    HashAlgorithm,
    &mut dyn FnMut(usize, usize),
) -> Result<HashedFile, ReadError>;

/// How access was won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Pace,
    Bac,
    /// A chip without access control (Doc 9303-11 §4.1 note 1).
    Open,
}

impl<'c, 'a: 'c> Inspection<'c, 'a> {
    pub(crate) fn new(
        line: &'c mut dyn Channel,
        config: &'a Config<'a>,
        rng: &'a mut dyn CryptoRng,
        observe: &'a mut dyn FnMut(Event<'_>),
    ) -> Self {
        Self {
            source: Source::Chip,
            config,
            line: Line::new(line).timed(config.clock),
            rng,
            observe,
            reader: Reader::new(config.extended_length),
            closed_chains: 0,
            lost: None,
            access: None,
            opened: None,
            renewals: Renewals::default(),
            pace: None,
            left_open: None,
            closed_application: None,
            card_security: None,
            agreed_key: None,
            terminal_authentication: None,
            card_access: None,
            files: BTreeMap::new(),
            unread: BTreeMap::new(),
            claimed: None,
            passive: None,
            deviations: Vec::new(),
            checks: Vec::new(),
        }
    }

    pub(crate) fn carry_out(&mut self, step: &Step) {
        (self.observe)(Event::Started(&step.kind));
        let start = (self.config.clock)();
        let finding = match self.obstacle(step) {
            Some(obstacle) => obstacle,
            None => (step.run)(self),
        };
        if step.needs_chip {
            self.tell_of_the_line();
        }
        let elapsed = (self.config.clock)().saturating_sub(start);
        let deviations = core::mem::take(&mut self.deviations);
        let check = Check {
            kind: step.kind,
            finding,
            deviations,
            elapsed,
        };
        (self.observe)(Event::Finished(&check));
        self.checks.push(check);
    }

    /// Chains that somebody has left open, and were closed.
    fn tell_of_the_line(&mut self) {
        let closed = self.line.closed_chains();
        if closed > self.closed_chains {
            self.closed_chains = closed;
            self.tolerate(["a run that somebody had broken off was still open, and was closed"]);
        }
    }

    fn obstacle(&self, step: &Step) -> Option<Finding> {
        if let (true, Some(error)) = (step.needs_chip, self.lost) {
            return Some(Finding::aborted(format!(
                "the chip can no longer be read: {error}"
            )));
        }
        (step.needs_access && self.access.is_none())
            .then(|| Finding::aborted("no access to the chip"))
    }

    /// Reads a file into [`Self::files`] or its error into [`Self::unread`]. Once EF.SOD is known, files are hashed by its
    /// algorithm. A session that the chip loses over it is built anew.
    pub(crate) fn read(&mut self, file: File) -> Result<&HashedFile, ReadError> {
        self.read_by(Reader::read, file, Sessions::Many)
    }

    /// As [`Self::read`], of a file of the master file that cannot be had by its short identifier.
    pub(crate) fn read_in_master_file(&mut self, file: File) -> Result<&HashedFile, ReadError> {
        self.read_by(Reader::read_in_master_file, file, Sessions::Many)
    }

    /// As [`Self::read`], and if the session is lost, so is the chip: where the answer proves something of this session.
    pub(crate) fn read_in_this_session(&mut self, file: File) -> Result<&HashedFile, ReadError> {
        self.read_by(Reader::read, file, Sessions::This)
    }

    fn read_by(
        &mut self,
        way: Way,
        file: File,
        sessions: Sessions,
    ) -> Result<&HashedFile, ReadError> {
        // Short identifiers would name other files, those of the master file.
        if let (Some(closed), Parent::Application) = (self.closed_application, file.parent()) {
            return Err(self.not_read(file, closed));
        }
        let before = self.reader.clone();
        let mut tries = 1;
        let read = loop {
            let read = self.read_once(way, file);
            let Err(ReadError::Line(ChannelError::SessionLost(sw))) = read else {
                break read;
            };
            // Only a refusal says that the session is over: whoever answers anything else lies.
            if !sw.is_error() || sessions == Sessions::This || !self.renew_session() {
                break read;
            }
            // The session is there again. What is asked for once more is asked for in another way, or once.
            if !self.reader.ask_otherwise(sw) && tries >= MAX_TRIES_OF_A_FILE {
                self.reader.give_up(before);
                break Err(ReadError::Refused(sw));
            }
            tries += 1;
        };
        let habits = self.reader.new_habits();
        self.tolerate(habits);
        match read {
            Ok(read) => {
                self.unread.remove(&file);
                (self.observe)(Event::Read(NotYetVerified::new(file, read.as_bytes())));
                Ok(&*self.files.entry(file).insert_entry(read).into_mut())
            }
            Err(error) => Err(self.not_read(file, error)),
        }
    }

    fn read_once(&mut self, way: Way, file: File) -> Result<HashedFile, ReadError> {
        let hash = self
            .claimed
            .as_ref()
            .map_or(HashAlgorithm::Sha256, |claimed| claimed.hash);
        let observe = &mut *self.observe;
        let progress = &mut |done, total| observe(Event::Reading { file, done, total });
        way(&mut self.reader, &mut self.line, file, hash, progress)
    }

    /// Reads EF.CVCA, where the chip says that it lies, as [`Self::read`].
    pub(crate) fn read_cvca(&mut self, place: FileReference) -> Result<Vec<u8>, ReadError> {
        let file = File::Cvca;
        match self.reader.read_cvca(&mut self.line, place) {
            Ok(bytes) => {
                let read = HashedFile::new(&*bytes, HashAlgorithm::Sha256);
                self.unread.remove(&file);
                self.files.insert(file, read);
                Ok(bytes)
            }
            Err(error) => Err(self.not_read(file, error)),
        }
    }

    fn not_read(&mut self, file: File, error: ReadError) -> ReadError {
        if let ReadError::Line(error) = error {
            self.lost = Some(error);
        }
        self.unread.insert(file, error);
        error
    }

    /// The content of a file that was read.
    pub(crate) fn bytes(&self, file: File) -> Option<&[u8]> {
        self.files.get(&file).map(HashedFile::as_bytes)
    }

    /// The result of a check that ran before.
    pub(crate) fn earlier(&self, kind: &CheckKind) -> Option<&Finding> {
        self.checks
            .iter()
            .find(|check| check.kind.id == kind.id)
            .map(|check| &check.finding)
    }

    /// Notes what was put up with.
    pub(crate) fn tolerate(
        &mut self,
        deviations: impl IntoIterator<Item = impl core::fmt::Display>,
    ) {
        self.deviations.extend(
            deviations
                .into_iter()
                .map(|deviation| deviation.to_string()),
        );
    }

    pub(crate) fn into_report(self) -> Report {
        let document = crate::steps::content::document(&self);
        Report::new(
            self.source,
            self.checks,
            document,
            Evidence {
                passive: self.passive,
                card_security: self.card_security.map(|file| file.signer),
                terminal_authentication: self.terminal_authentication,
            },
            self.unread,
        )
    }
}
