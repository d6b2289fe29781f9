//! Issuing by the library, with a hook at each seam.

use std::path::Path;
use std::sync::Arc;

use issuance_service::{
    DocumentOrder, Error, IssuanceService, Issued, JobFolder, load_chip, record_folder,
};
use pki::DocumentSigner;
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use register::store::SqliteStore;
use register::{Approval, Officer};

use crate::bureau::{Bureau, read};
use crate::seams::{Hook, SeamSigner, SeamStore};

/// Issues one document of a bureau at the moment when the bureau was opened.
pub async fn issue(
    bureau: &Bureau,
    record: &Path,
    chip: &Path,
    hook: Hook,
) -> Result<Issued, Error> {
    let signer = SeamSigner::new(bureau, Arc::clone(&hook));
    let certificate = read(&bureau.path("pki/document-signer.der"));
    let signer = Arc::new(DocumentSigner::new(&certificate, Arc::new(signer)).unwrap());
    let register = bureau.path("service/register.sqlite");
    let store = SqliteStore::open(&register).await.unwrap();
    let jobs = JobFolder::new(bureau.path("service/jobs"));
    let service = IssuanceService::new(SeamStore::new(store, hook), jobs);
    let rng = || StdRng::try_from_rng(&mut SysRng).unwrap();
    let now = bureau.now;
    let (record, digest) = record_folder::accept(record, now, &mut rng())?;
    let chip = load_chip(chip)?;
    let officer = |name| Officer::new(name).unwrap();
    let approval = Approval::new(officer("TEST Operator"), officer("TEST Approver")).unwrap();
    let order = DocumentOrder::new(record, digest, chip, approval)?;
    service
        .issue(order, None, signer, now, Box::new(rng()))
        .await
}
