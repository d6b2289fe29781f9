//! `/v1/openapi.json`: what the routes say of themselves, and what their rules add.

use std::sync::OnceLock;

use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder,
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::problem::{MEDIA_TYPE, ProblemBody};
use super::route::{Access, Rules};
use super::{Shared, routes};

/// The scheme of people: the cookie.
const SESSION: &str = "session";
/// The scheme of devices.
const CERTIFICATE: &str = "certificate";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Issuance service",
        description = "People, applications and documents of an issuer. People sign in and keep a session cookie; what changes something \
carries the token of `GET /v1/sessions/current` in `X-CSRF-Token`. Devices show a certificate. Refusals are problems (RFC 9457) in \
English and Vietnamese."
    ),
    components(schemas(ProblemBody))
)]
struct Document;

/// The document.
#[must_use]
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut document = Document::openapi();
        document.info.version = env!("CARGO_PKG_VERSION").to_owned();
        let components = document.components.get_or_insert_with(Components::new);
        let cookie = ApiKey::Cookie(ApiKeyValue::new(access::session::COOKIE_NAME));
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(cookie));
        components.add_security_scheme(
            CERTIFICATE,
            SecurityScheme::MutualTls {
                description: None,
                extensions: None,
                deprecated: None,
            },
        );
        for route in routes::table() {
            route.describe(&mut document);
        }
        super::closed::close(&mut document);
        document
    })
}

/// One route into the document.
pub(super) fn add(
    document: &mut OpenApi,
    path: &str,
    (schemas, paths, _): &UtoipaMethodRouter<Shared>,
    rules: Rules,
) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(schemas.iter().cloned());
    for item in paths.paths.values() {
        let mut item = item.clone();
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            complete(operation, rules);
        }
        match document.paths.paths.get_mut(path) {
            Some(there) => there.merge_operations(item),
            None => {
                document.paths.paths.insert(path.to_owned(), item);
            }
        }
    }
}

fn complete(operation: &mut Operation, rules: Rules) {
    let mut words = operation.description.take().unwrap_or_default();
    match rules.access {
        Access::Everybody => operation.security = Some(vec![SecurityRequirement::default()]),
        Access::Right(permission) => {
            let scheme = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
            operation.security = Some(vec![scheme(SESSION), scheme(CERTIFICATE)]);
            if !words.is_empty() {
                words.push_str("\n\n");
            }
            words.push_str("Needs the right `");
            words.push_str(permission.code());
            words.push_str("`.");
        }
    }
    operation.description = Some(words).filter(|words| !words.is_empty());
    if rules.creates {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("A random word; the same for a repeated request."))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(128))
                    .pattern(Some("^[!-~]+$")),
            ))
            .build();
        operation
            .parameters
            .get_or_insert_default()
            .push(key.into());
    }
    if rules.versioned {
        add_if_match(operation);
    }
    operation
        .responses
        .responses
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(problem()));
}

/// Where the route does not say itself that it takes one.
fn add_if_match(operation: &mut Operation) {
    let name = axum::http::header::IF_MATCH;
    let parameters = operation.parameters.get_or_insert_default();
    let is_there = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.name.eq_ignore_ascii_case(name.as_str()),
        RefOr::Ref(_) => false,
    };
    if parameters.iter().any(is_there) {
        return;
    }
    let parameter = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The ETag that was seen: where it is another one by now nothing is changed, and 412 says so.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    parameters.push(parameter.into());
}

fn problem() -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description("A problem: what is wrong and what to do.")
        .content(
            MEDIA_TYPE,
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::routes;

    /// A name says one thing: two structs of one name would be described as whichever came last.
    #[test]
    fn no_two_schemas_share_a_name() {
        let mut known: BTreeMap<String, serde_json::Value> = BTreeMap::new();
        let mut clashes = Vec::new();
        for route in routes::table() {
            for (name, schema) in route.schemas() {
                let schema = serde_json::to_value(schema).unwrap();
                if let Some(before) = known.insert(name.clone(), schema.clone())
                    && before != schema
                {
                    clashes.push(name.clone());
                }
            }
        }
        assert!(known.len() > 50, "{}", known.len());
        assert!(clashes.is_empty(), "{clashes:?}");
    }
}
