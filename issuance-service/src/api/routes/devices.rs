//! Devices: certificates issued for their requests, listed, revoked.

use access::DeviceKind;
use access::Permission;
use access::device::{Device, IssuedCertificate, MAX_NAME};
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use register::store::{EntityKind, Query as StoreQuery, Store as _};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::chips::site_of;
use crate::api::Shared;
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::devices::KeptDevice;
use crate::api::etag::{ETag, IfMatch};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::KeyedId;
use crate::api::page::{Page, PageParameters, PageRequest};
use crate::api::problem::{FieldFault, Kind, Problem};
use crate::api::route::Route;
use crate::personalisation::Site;

const ACTION: &str = Permission::DeviceManage.code();
/// Characters of a line of PEM (RFC 7468 §2).
const PEM_LINE: usize = 64;

/// The routes.
pub fn routes() -> Vec<Route> {
    let manage = |handler| Route::right(Permission::DeviceManage, handler);
    vec![
        manage(routes!(list)),
        manage(routes!(show)),
        manage(routes!(register)).creates(),
        manage(routes!(renew)).creates().versioned(),
        manage(routes!(revoke)).versioned(),
        Route::everybody(routes!(authority)),
    ]
}

/// A device.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceView {
    /// Stays for ever.
    id: Uuid,
    /// `station`, `personalisation-site` or `relying-party`.
    #[schema(schema_with = described::device_kind)]
    kind: DeviceKind,
    /// How people call it.
    #[schema(example = "TEST Station 1")]
    name: String,
    /// Its certificates, oldest first.
    certificates: Vec<CertificateView>,
    /// Whether it is refused for good.
    revoked: bool,
    /// Where it writes cards, if it does.
    #[schema(example = "test-site")]
    site: Option<String>,
}

/// A certificate of a device.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateView {
    /// Its serial number in hexadecimal digits.
    serial: String,
    /// When it ends.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    not_after: OffsetDateTime,
}

impl DeviceView {
    fn of(kept: &KeptDevice) -> Self {
        let view = |certificate: &crate::api::devices::Certificate| CertificateView {
            serial: certificate.serial.clone(),
            not_after: certificate.not_after,
        };
        Self {
            id: kept.device.id,
            kind: kept.device.kind,
            name: kept.device.name.clone(),
            certificates: kept.certificates.iter().map(view).collect(),
            revoked: kept.revoked,
            site: kept.site.as_ref().map(Site::to_string),
        }
    }
}

/// A device to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDevice {
    /// `station`, `personalisation-site` or `relying-party`.
    #[schema(schema_with = described::device_kind)]
    kind: DeviceKind,
    /// How people call it.
    #[schema(example = "TEST Station 1", min_length = 1, max_length = 64)]
    name: String,
    /// Where it writes cards: of a `personalisation-site`, and of no other. It gets the batches of this site only.
    #[serde(default)]
    #[schema(example = "test-site", pattern = "^[a-z0-9-]{1,40}$")]
    site: Option<String>,
    /// A certificate request (RFC 2986) in PEM. Only its key is taken from it.
    #[schema(
        max_length = 32768,
        pattern = "^-----BEGIN [A-Z ]*CERTIFICATE REQUEST-----"
    )]
    request: String,
}

/// A request for one more certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renewal {
    /// A certificate request (RFC 2986) in PEM.
    #[schema(
        max_length = 32768,
        pattern = "^-----BEGIN [A-Z ]*CERTIFICATE REQUEST-----"
    )]
    request: String,
}

/// A device and its new certificate.
#[derive(Debug, Serialize, ToSchema)]
struct Issued {
    /// The device.
    device: DeviceView,
    /// The certificate in PEM.
    certificate: String,
    /// The certificate of the authority in PEM: what the device trusts.
    authority: String,
}

/// Devices in the order in which they were registered.
#[utoipa::path(get, path = "/v1/devices", tag = "devices", params(PageParameters), responses((status = 200, body = Page<DeviceView>)))]
async fn list(
    State(api): State<Shared>,
    page: PageRequest,
) -> Result<Json<Page<DeviceView>>, Problem> {
    let query = StoreQuery {
        after: page.after,
        ..StoreQuery::of(EntityKind::Device, page.limit)
    };
    let entities = api.store.list(&query).await?;
    let view = |entity: &_| KeptDevice::read(entity).map(|kept| DeviceView::of(&kept));
    Ok(Json(Page::try_of(&entities, page.limit, view)?))
}

/// One device.
#[utoipa::path(get, path = "/v1/devices/{id}", tag = "devices", params(("id" = Uuid, Path)), responses((status = 200, body = DeviceView)))]
async fn show(
    State(api): State<Shared>,
    Path(id): Path<Uuid>,
) -> Result<(ETag, Json<DeviceView>), Problem> {
    let kept = api.device(id).await?.ok_or(Kind::NotFound)?;
    Ok((ETag(kept.version), Json(DeviceView::of(&kept))))
}

/// Registers a device and issues its certificate.
#[utoipa::path(post, path = "/v1/devices", tag = "devices", request_body = NewDevice, responses((status = 201, body = Issued)))]
async fn register(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(asked): Json<NewDevice>,
) -> Result<(StatusCode, ETag, Json<Issued>), Problem> {
    if asked.name.chars().count() > MAX_NAME {
        return Err(Problem::field("name"));
    }
    let place = asked.site.as_deref();
    let place = place.map(|word| site_of("site", word)).transpose()?;
    if place.is_some() != (asked.kind == DeviceKind::PersonalisationSite) {
        return Err(Problem::field("site"));
    }
    let device = Device {
        kind: asked.kind,
        id,
        name: asked.name,
    };
    let kept = KeptDevice::new(device, api.now()).at(place);
    issue(&api, &caller, kept, &asked.request, "registered").await
}

/// Issues one more certificate to a device, before its last one ends.
#[utoipa::path(post, path = "/v1/devices/{id}/certificates", tag = "devices", params(("id" = Uuid, Path)), request_body = Renewal,
    responses((status = 201, body = Issued)))]
async fn renew(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    seen: Option<IfMatch>,
    Json(asked): Json<Renewal>,
) -> Result<(StatusCode, ETag, Json<Issued>), Problem> {
    let kept = seen_device(&api, id, seen).await?;
    if kept.revoked {
        return Err(Problem::new(Kind::Conflict).detail("the device is revoked"));
    }
    issue(&api, &caller, kept, &asked.request, "certificate").await
}

/// A device, as whoever changes it has seen it. It is written only as it was read.
async fn seen_device(api: &Shared, id: Uuid, seen: Option<IfMatch>) -> Result<KeptDevice, Problem> {
    let kept = api.device(id).await?.ok_or(Kind::NotFound)?;
    seen.map_or(Ok(()), |seen| seen.check(kept.version))?;
    Ok(kept)
}

async fn issue(
    api: &Shared,
    caller: &Caller,
    mut kept: KeptDevice,
    request: &str,
    what: &str,
) -> Result<(StatusCode, ETag, Json<Issued>), Problem> {
    let request = unpem(request, "CERTIFICATE REQUEST").ok_or_else(|| {
        Problem::new(Kind::Content)
            .detail("request: PEM of a certificate request")
            .at("#/request".to_owned(), FieldFault::Value)
    })?;
    let now = api.now();
    let issued: IssuedCertificate =
        api.draw(|rng| api.keys.authority.issue(&kept.device, &request, now, rng))?;
    kept.add(&issued);
    let mut change = api.change();
    kept.put(&mut change)?;
    Audit::of(caller, ACTION, "device", kept.device.id)
        .with_word("what", what)
        .with_word("serial", &issued.serial.to_string())
        .put(&mut change)?;
    api.commit(&change).await?;
    let answer = Issued {
        device: DeviceView::of(&kept),
        certificate: pem(&issued.certificate, "CERTIFICATE"),
        authority: pem(api.keys.authority.certificate(), "CERTIFICATE"),
    };
    Ok((StatusCode::CREATED, ETag(kept.version + 1), Json(answer)))
}

/// Refuses a device for good, with all its certificates, at once.
#[utoipa::path(post, path = "/v1/devices/{id}/revoke", tag = "devices", params(("id" = Uuid, Path)), responses((status = 200, body = DeviceView)))]
async fn revoke(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    seen: Option<IfMatch>,
) -> Result<(ETag, Json<DeviceView>), Problem> {
    let mut kept = seen_device(&api, id, seen).await?;
    if !kept.revoked {
        kept.revoked = true;
        let mut change = api.change();
        kept.put(&mut change)?;
        Audit::of(&caller, ACTION, "device", id)
            .with_word("what", "revoked")
            .put(&mut change)?;
        api.commit(&change).await?;
        kept.version += 1;
    }
    api.revoked().add(&kept);
    Ok((ETag(kept.version), Json(DeviceView::of(&kept))))
}

/// The certificate of the authority over devices: what a device trusts when it connects.
#[utoipa::path(get, path = "/v1/device-authority", tag = "devices",
    responses((status = 200, content_type = "application/x-pem-file", body = String)))]
async fn authority(
    State(api): State<Shared>,
) -> ([(axum::http::HeaderName, &'static str); 1], String) {
    let text = pem(api.keys.authority.certificate(), "CERTIFICATE");
    (
        [(axum::http::header::CONTENT_TYPE, "application/x-pem-file")],
        text,
    )
}

/// DER as PEM (RFC 7468).
#[must_use]
pub fn pem(der: &[u8], label: &str) -> String {
    let text = BASE64.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % PEM_LINE == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push_str(&format!("\n-----END {label}-----\n"));
    pem
}

/// The DER of the one PEM block of a text.
#[must_use]
pub fn unpem(text: &str, label: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let inner = text
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let letters: String = inner.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(letters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_leads_back_and_other_text_is_none() {
        for length in [1, 47, 48, 49, 1000] {
            let der = vec![0x30; length];
            let text = pem(&der, "CERTIFICATE");
            assert_eq!(unpem(&text, "CERTIFICATE"), Some(der));
            assert!(text.lines().all(|line| line.len() <= PEM_LINE));
        }
        for bad in [
            "",
            "-----BEGIN CERTIFICATE-----",
            "MIIB",
            "-----BEGIN CERTIFICATE-----?-----END CERTIFICATE-----",
        ] {
            assert_eq!(unpem(bad, "CERTIFICATE"), None, "{bad}");
        }
    }
}
