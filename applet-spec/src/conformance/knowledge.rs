//! What is known of a card before the cases run: what it offers, and what its files hold.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use crypto::{CryptoRng, PublicKey};
use iso7816::ChannelError;
use lds::{
    Dg14, EfAtrInfo, EfCardAccess, EfCom, File, FileContent, Parent, SecurityInfo, SecurityInfos,
};
use pki::SecurityObject;
use protocols::{Password, PasswordKind};

use self::reading::Reading;
use super::chip_key::Command;
use super::runner::{Device, Permission, as_terminal};
use super::{Agreement, Authority, Feature, Hindrance, Mapping, content};

/// Size from which on offsets need the odd READ BINARY.
const LARGE: usize = 1 << 15;

/// What the owner of a card knows about it, and what was read from it.
#[derive(Default)]
pub struct Knowledge {
    /// Passwords of PACE and BAC; the first one opens the card where nothing else is said.
    pub passwords: Vec<Password>,
    /// The machine readable zone as it is printed, lines joined.
    pub printed_mrz: Option<String>,
    /// A CVCA that the card trusts, if whoever tests holds its key.
    pub authority: Option<Authority>,
    /// SecurityInfos of EF.CardAccess and EF.DG14, public keys included.
    pub security_infos: SecurityInfos,
    /// What the card offers.
    pub features: BTreeSet<Feature>,
    /// What the card is said to offer: where it does not, the cases that need it fail.
    pub declared: BTreeSet<Feature>,
    /// The files that could be read.
    pub files: BTreeMap<File, Vec<u8>>,
    /// Files of the master file that were selected, whether or not they gave anything: no other file lists them.
    pub selected: BTreeSet<File>,
    /// EF.DG3 and EF.DG4 were asked for after terminal authentication.
    pub asked_as_terminal: bool,
    /// What kept a password from being shown to the card.
    pub not_shown: Option<Hindrance>,
    /// The same of the password that would have opened the card: nothing closed was read.
    pub closed: Option<Hindrance>,
    /// A known password that the card refused when it was shown: it is hardly the card's.
    pub refused_password: Option<PasswordKind>,
    /// Commands that the reading took.
    pub commands: usize,
    /// The reading was broken off, since the card went on and on: what was not read may be there.
    pub is_endless: bool,
    /// The card did not take a terminal with all rights that the CVCA can give.
    pub refused_authority: bool,
}

/// What must be on every document (Doc 9303-10 §3.2, §4): a card that hides one of these has it missing, not optional.
const MANDATORY: [File; 4] = [File::Com, File::Sod, File::Dg1, File::Dg2];
/// What a card may keep for terminals that have shown certificates.
const BIOMETRICS: [File; 2] = [File::Dg3, File::Dg4];

impl Knowledge {
    /// Finds out what a card offers and reads all it gives away after PACE, or BAC where there is no PACE. A card that gives
    /// nothing is no error: it lacks what every document has. Each password but the PUK is shown once, up to the first that the
    /// card refuses ([`Knowledge::refused_password`]): cases would show it again and again. A PIN loses a try where it is wrong: let
    /// it be among them only where it opens the card or a case shows it ([`Case::shows`](super::Case::shows)).
    ///
    /// # Errors
    /// When the card or the reader is gone.
    pub fn of(
        device: &mut dyn Device,
        passwords: Vec<Password>,
        printed_mrz: Option<String>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let mut knowledge = Self {
            passwords,
            printed_mrz,
            ..Self::default()
        };
        let mut reading = Reading::new(device, rng);
        let read = knowledge.read(&mut reading);
        knowledge.account(read, &reading)?;
        knowledge.conclude();
        Ok(knowledge)
    }

    fn read(&mut self, reading: &mut Reading<'_>) -> Result<(), ChannelError> {
        reading.public_files(self)?;
        if let Some(access) = self.parsed::<EfCardAccess>(File::CardAccess) {
            self.security_infos = access.security_infos;
        }
        // One of the two must open a document.
        if reading.gives_challenge()? || self.security_infos.pace().next().is_none() {
            self.features.insert(Feature::Bac);
        }
        reading.closed_files(self)?;
        if let Some(dg14) = self.parsed::<Dg14>(File::Dg14) {
            self.add_security_infos(&dg14.security_infos);
        }
        reading.named_trust_points(self)?;
        reading.other_passwords(self)
    }

    /// What a reading took. One that came to its end for want of commands or time is no error: what it brought is kept.
    fn account(
        &mut self,
        read: Result<(), ChannelError>,
        reading: &Reading<'_>,
    ) -> Result<(), ChannelError> {
        self.commands = reading.commands();
        self.is_endless |= reading.is_endless();
        read.or_else(|error| match reading.is_endless() {
            true => Ok(()),
            false => Err(error),
        })
    }

    /// Takes up the key of a CVCA that the card trusts. Where the card may be changed, EF.DG3 and EF.DG4 are read as a terminal
    /// with all rights: what such a terminal does not get is missing.
    ///
    /// # Errors
    /// When the card or the reader is gone.
    pub fn authorize(
        &mut self,
        authority: Authority,
        device: &mut dyn Device,
        permission: Permission,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), ChannelError> {
        self.authority = Some(authority);
        self.features.insert(Feature::CvcaKey);
        let offered = [
            Feature::TerminalAuthentication,
            Feature::AnyChipAuthentication,
        ];
        let is_offered = offered
            .iter()
            .all(|feature| self.features.contains(feature));
        if permission == Permission::Harmless || !is_offered {
            return Ok(());
        }
        self.asked_as_terminal = true;
        device.reset()?;
        match as_terminal(device, self, rng) {
            Some(session) => {
                let mut reading = Reading::within(session, device, rng, self.commands);
                let read = reading.biometrics(self);
                self.account(read, &reading)?;
            }
            None => self.refused_authority = true,
        }
        let found = self.present().into_iter().map(Feature::Present);
        self.features.extend(found);
        Ok(())
    }

    /// The content of a file, if it was read and holds together.
    fn parsed<F: FileContent>(&self, file: File) -> Option<F> {
        let parsed = F::parse(self.files.get(&file)?).ok()?;
        Some(parsed.value)
    }

    fn add_security_infos(&mut self, more: &SecurityInfos) {
        let missing: Vec<SecurityInfo> = more
            .missing_from(&self.security_infos)
            .into_iter()
            .cloned()
            .collect();
        let all = self.security_infos.iter().cloned().chain(missing);
        self.security_infos = SecurityInfos::new(all);
    }

    /// Features that follow from files and SecurityInfos.
    fn conclude(&mut self) {
        let mut found = BTreeSet::new();
        found.extend(self.of_pace());
        found.extend(self.of_chip_authentication());
        found.extend(self.of_active_authentication());
        found.extend(content::faces(self));
        let atr_info = self.files.get(&File::AtrInfo);
        let lengths = atr_info.and_then(|file| EfAtrInfo::parse(file).ok()?.value.extended_length);
        for (offered, feature) in [
            (lengths.is_some(), Feature::ExtendedLength),
            (self.printed_mrz.is_some(), Feature::PrintedMrz),
            (
                self.files
                    .get(&File::Dg2)
                    .is_some_and(|file| file.len() >= LARGE),
                Feature::LargeFile,
            ),
            (
                self.security_infos.terminal_authentication().is_some(),
                Feature::TerminalAuthentication,
            ),
        ] {
            if offered {
                found.insert(feature);
            }
        }
        self.features.extend(found);
        self.conclude_files();
    }

    /// Files that must be there, and those of them that must open after BAC or PACE: all but biometrics, which a card may keep for
    /// terminals that have shown certificates.
    fn conclude_files(&mut self) {
        let present = self.present();
        let opens = |file: &File| {
            let was_read = self.files.contains_key(file) && !self.asked_as_terminal;
            !BIOMETRICS.contains(file) || was_read
        };
        let readable: Vec<File> = present.iter().copied().filter(opens).collect();
        self.features
            .extend(readable.into_iter().map(Feature::Readable));
        self.features
            .extend(present.into_iter().map(Feature::Present));
    }

    /// Declares what the card is said to offer: cases that need it do not excuse a card that lacks it.
    pub fn declare(&mut self, features: impl IntoIterator<Item = Feature>) {
        self.declared.extend(features);
        if self.declared.contains(&Feature::ChecksDates) {
            self.features.insert(Feature::ChecksDates);
        }
        self.conclude_files();
    }

    /// What kept a file from being read that the card was right to keep to itself.
    pub(super) fn why_unread(&self, file: File) -> Option<Hindrance> {
        let is_public = [File::AtrInfo, File::Dir, File::CardAccess].contains(&file);
        let closed = self.closed.filter(|_| !is_public);
        let is_biometric = BIOMETRICS.contains(&file) && !self.asked_as_terminal;
        let unread = self.is_endless.then_some(Hindrance::Endless);
        closed
            .or(unread)
            .or_else(|| is_biometric.then_some(Hindrance::Unread(file)))
    }

    /// Files that were read or selected, data groups that EF.COM or EF.SOD lists, what every document has, and what goes with
    /// what the card offers or is said to offer.
    fn present(&self) -> BTreeSet<File> {
        let mut files: BTreeSet<File> = self.files.keys().copied().collect();
        files.extend(&self.selected);
        files.extend(MANDATORY);
        files.extend(self.declared.iter().filter_map(|feature| match feature {
            Feature::Present(file) | Feature::Readable(file) => Some(*file),
            _ => None,
        }));
        for (feature, file) in [
            (Feature::Pace, File::CardAccess),
            (Feature::PaceCam, File::CardSecurity),
            (Feature::AnyChipAuthentication, File::Dg14),
            (Feature::TerminalAuthentication, File::Cvca),
            (Feature::ActiveAuthentication, File::Dg15),
        ] {
            if self.features.contains(&feature) || self.declared.contains(&feature) {
                files.insert(file);
            }
        }
        if let Some(com) = self.parsed::<EfCom>(File::Com) {
            files.extend(com.data_groups());
        }
        let security_object = self
            .files
            .get(&File::Sod)
            .map(|file| SecurityObject::parse(file));
        if let Some(Ok(object)) = security_object {
            let hashes = object.lds_security_object().hashes.keys();
            files.extend(hashes.filter_map(|number| File::dg(*number)));
        }
        files
    }

    fn of_pace(&self) -> BTreeSet<Feature> {
        let mut found = BTreeSet::new();
        let mut parameters = BTreeSet::new();
        for info in self.security_infos.pace() {
            parameters.insert(info.parameter_id);
            found.insert(Feature::Pace);
            found.insert(match Mapping::of(info) {
                Mapping::Gm => Feature::PaceGm,
                Mapping::Im => Feature::PaceIm,
                Mapping::Cam => Feature::PaceCam,
            });
            found.insert(match info.protocol.agreement().into() {
                Agreement::Dh => Feature::PaceDh,
                Agreement::Ecdh => Feature::PaceEcdh,
            });
        }
        if parameters.len() == 1 {
            found.insert(Feature::OnePaceParameter);
        }
        found
    }

    fn of_chip_authentication(&self) -> Vec<Feature> {
        use Command::{GeneralAuthenticate, KeyAgreementTemplate};
        let (dh, ecdh) = (Some(Agreement::Dh), Some(Agreement::Ecdh));
        let forms = [
            (GeneralAuthenticate, None, Feature::ChipAuthentication),
            (GeneralAuthenticate, dh, Feature::ChipAuthenticationDh),
            (GeneralAuthenticate, ecdh, Feature::ChipAuthenticationEcdh),
            (KeyAgreementTemplate, None, Feature::KeyAgreementTemplate),
            (KeyAgreementTemplate, dh, Feature::KeyAgreementTemplateDh),
            (
                KeyAgreementTemplate,
                ecdh,
                Feature::KeyAgreementTemplateEcdh,
            ),
        ];
        let offers = |command, agreement| self.chip_key(command, agreement).is_some();
        forms
            .into_iter()
            .filter(|(command, agreement, _)| offers(*command, *agreement))
            .flat_map(|(.., feature)| [feature, Feature::AnyChipAuthentication])
            .collect()
    }

    fn of_active_authentication(&self) -> Vec<Feature> {
        let algorithm = match self.active_authentication_key() {
            Some(PublicKey::Rsa(_)) => Feature::ActiveAuthenticationRsa,
            Some(PublicKey::Ec(_)) => Feature::ActiveAuthenticationEcdsa,
            _ => return Vec::new(),
        };
        vec![Feature::ActiveAuthentication, algorithm]
    }
}

/// The data groups and their companions, which lie in the application.
fn in_application() -> impl Iterator<Item = File> {
    File::all().filter(|file| file.parent() == Parent::Application)
}
