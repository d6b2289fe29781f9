//! Is a job file what a border will accept?

use std::collections::BTreeMap;
use std::path::Path;

use crypto::HashAlgorithm;
use lds::{File, HashedFile};
use perso::CardImage;
use pki::passive_authentication::{DataGroup, authenticate};
use pki::{SecurityObject, TrustStore};

use crate::bureau::{Bureau, read};

/// Reads a job file and authenticates its content against the CSCA of the bureau.
pub fn authentic(bureau: &Bureau, job_file: &Path) -> CardImage {
    let image = CardImage::from_job_file(&read(job_file)).unwrap();
    let mut trust = TrustStore::new();
    trust
        .add(&read(&bureau.path("pki/csca.der")), "test")
        .unwrap();
    let security_object = SecurityObject::parse(&image.files()[&File::Sod]).unwrap();
    let data_groups: BTreeMap<File, DataGroup> = image
        .files()
        .iter()
        .filter(|(file, _)| file.dg_number().is_some())
        .map(|(file, content)| {
            let content = HashedFile::new(content.as_slice(), HashAlgorithm::Sha256);
            (*file, DataGroup::Read(content))
        })
        .collect();
    let report = authenticate(&security_object, data_groups, &trust, bureau.now);
    assert!(report.signer.is_authentic(), "{:?}", report.signer);
    for check in [
        report.data_groups_together(),
        report.issuing_state,
        report.document_type,
        report.signer.document_signer_validity,
        report.signer.csca_validity,
    ] {
        assert!(check.is_successful(), "{report:?}");
    }
    assert!(report.signer.deviations.is_empty() && report.content_deviations.is_empty());
    image
}
