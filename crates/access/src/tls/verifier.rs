//! Which client certificates are taken: those of the authority, in their time, for clients, naming a device, not revoked.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error as TlsError, SignatureScheme,
};

use super::{DeviceTrust, provider, roots};
use crate::Result;
use crate::device::{DeviceIdentity, RevokedDevices};

/// The library's verifier, and after it the list of revoked certificates.
#[derive(Debug)]
pub(super) struct DeviceVerifier {
    inner: Arc<dyn ClientCertVerifier>,
    revoked: Arc<dyn RevokedDevices>,
}

impl DeviceVerifier {
    pub(super) fn new(trust: DeviceTrust, mandatory: bool) -> Result<Arc<Self>> {
        let mut builder =
            WebPkiClientVerifier::builder_with_provider(roots(&trust.authority)?, provider());
        if !mandatory {
            builder = builder.allow_unauthenticated();
        }
        let inner = builder
            .build()
            .map_err(|_| TlsError::InvalidCertificate(CertificateError::BadEncoding))?;
        Ok(Arc::new(Self {
            inner,
            revoked: trust.revoked,
        }))
    }
}

impl ClientCertVerifier for DeviceVerifier {
    fn offer_client_auth(&self) -> bool {
        self.inner.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.inner.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, TlsError> {
        let verified = self
            .inner
            .verify_client_cert(end_entity, intermediates, now)?;
        let refused =
            TlsError::InvalidCertificate(CertificateError::ApplicationVerificationFailure);
        let device = DeviceIdentity::of_verified(end_entity).map_err(|_| refused)?;
        if self.revoked.is_revoked(device.serial()) {
            return Err(TlsError::InvalidCertificate(CertificateError::Revoked));
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
