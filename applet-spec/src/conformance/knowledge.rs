//! What is known of a card before the cases run: what it offers, and what its files hold.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use crypto::{CryptoRng, PublicKey};
use iso7816::ChannelError;
use lds::{
    Dg2, Dg14, EfAtrInfo, EfCardAccess, EfCom, File, FileContent, Parent, RecordEncoding,
    SecurityInfo, SecurityInfos,
};
use pki::SecurityObject;
use protocols::Password;

use self::reading::Reading;
use super::chip_key::Command;
use super::runner::Device;
use super::{Agreement, Authority, Feature, Mapping};

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
    /// The files that could be read.
    pub files: BTreeMap<File, Vec<u8>>,
}

impl Knowledge {
    /// Finds out what a card offers and reads all it gives away after PACE, or BAC where there is no PACE. A card that gives
    /// nothing offers nothing; that is no error.
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
        reading.public_files(&mut knowledge)?;
        if let Some(access) = knowledge.parsed::<EfCardAccess>(File::CardAccess) {
            knowledge.security_infos = access.security_infos;
        }
        if reading.gives_challenge()? {
            knowledge.features.insert(Feature::Bac);
        }
        reading.closed_files(&mut knowledge)?;
        if let Some(dg14) = knowledge.parsed::<Dg14>(File::Dg14) {
            knowledge.add_security_infos(&dg14.security_infos);
        }
        knowledge.conclude();
        Ok(knowledge)
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
        found.extend(self.files.keys().copied().map(Feature::Readable));
        found.extend(self.present().into_iter().map(Feature::Present));
        found.extend(self.of_pace());
        found.extend(self.of_chip_authentication());
        found.extend(self.of_active_authentication());
        found.extend(self.of_face());
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
    }

    /// Files that were read, and data groups that EF.COM or EF.SOD lists.
    fn present(&self) -> BTreeSet<File> {
        let mut files: BTreeSet<File> = self.files.keys().copied().collect();
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
            .map(|(.., feature)| feature)
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

    fn of_face(&self) -> Option<Feature> {
        let dg2: Dg2 = self.parsed(File::Dg2)?;
        Some(match dg2.0.records.first()?.record.encoding() {
            RecordEncoding::Iso19794 => Feature::Face19794,
            RecordEncoding::Iso39794 => Feature::Face39794,
        })
    }
}

/// The data groups and their companions, which lie in the application.
fn in_application() -> impl Iterator<Item = File> {
    File::all().filter(|file| file.parent() == Parent::Application)
}
