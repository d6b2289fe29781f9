//! From an order to a signed job: the part that takes the time of a processor.

use std::sync::Arc;

use crypto::{CryptoRng, SecretBytes};
use lds::{File, RecordEncoding};
use perso::{DocumentRegister, EncodedBiometrics, Order};
use pki::DocumentSigner;
use register::Digest;
use register::document::Signature;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{DocumentOrder, Error, Result};

/// What a run has signed.
pub(crate) struct Signed {
    pub(crate) signature: Signature,
    pub(crate) job_file: SecretBytes,
}

/// Builds, checks, enters and signs, on a thread of its own: images are encoded and keys are used.
pub(crate) async fn sign(
    order: DocumentOrder,
    job: Uuid,
    now: OffsetDateTime,
    mut register: impl DocumentRegister + Send + 'static,
    signer: Arc<DocumentSigner>,
    mut rng: Box<dyn CryptoRng + Send>,
) -> Result<Signed> {
    let work = move || {
        let biometrics =
            EncodedBiometrics::encode(&order.record, RecordEncoding::default(), &mut *rng)?;
        let order = Order::new(&order.record, &biometrics, &order.chip, job, now);
        let image = perso::issue(&order, &signer, &mut register)?;
        let security_object = image.files().get(&File::Sod);
        let security_object = security_object.ok_or(perso::Error::Malformed {
            what: "job: it has no EF.SOD",
        })?;
        Ok(Signed {
            signature: Signature {
                security_object: Digest::of(security_object),
                manifest: Digest::of(&image.manifest().to_bytes()),
                document_signer: Digest::of(signer.certificate().as_der()),
            },
            job_file: image.to_job_file()?,
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Interrupted)?
}
