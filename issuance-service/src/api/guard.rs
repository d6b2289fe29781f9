//! Before every handler: who asks, whether the request is his own page's, whether he has the right, and whether his second factor is fresh.

use std::net::IpAddr;

use access::session::{self, CSRF_HEADER};
use access::tls::Peer;
use access::{Permission, SecretToken};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use register::Officer;
use uuid::Uuid;

use super::audit::Audit;
use super::caller::{Caller, CallerKind};
use super::devices::KeptDevice;
use super::layers::RequestId;
use super::problem::{Kind, Problem, internal};
use super::route::{Access, Rules};
use super::{Api, Shared};

/// What a restored register that nobody has accepted does for nobody: it does not know which cards are written, who has a number, which
/// documents are revoked. What has happened since can be entered.
const CLOSED_WHILE_RECONCILING: [Permission; 6] = [
    Permission::BatchClaim,
    Permission::NumberRequest,
    Permission::NumberCancel,
    Permission::VerifyAttributes,
    Permission::VerifyChip,
    Permission::ChangesReceive,
];

/// Lets a request through to its handler, with the [`Caller`] in its extensions, or says why not.
pub async fn admit(
    State((api, rules)): State<(Shared, Rules)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    own_page(&request)?;
    if rules.tells_what_stands && api.is_reconciling() {
        return Err(Kind::Reconciling.into());
    }
    if let Access::Right(permission) = rules.access {
        let caller = Asking::of(&request).caller(&api).await?;
        if let Err(problem) = permitted(&api, &caller, permission, rules) {
            // What was not done by somebody known is told as well.
            if !request.method().is_safe() {
                let mut change = api.change();
                Audit::of(&caller, permission.code(), "request", caller.request)
                    .refused(problem.kind().code())
                    .put(&mut change)?;
                api.commit(&change).await?;
            }
            return Err(problem);
        }
        request.extensions_mut().insert(caller.clone());
        let named = named(request.uri().path());
        let response = next.run(request).await;
        // What was not done because it was decided on something older is told, too.
        if response.extensions().get::<Kind>() == Some(&Kind::VersionDiffers) {
            let mut change = api.change();
            Audit::of(&caller, permission.code(), "request", caller.request)
                .refused(Kind::VersionDiffers.code())
                .with("of", named)
                .put(&mut change)?;
            api.commit(&change).await?;
        }
        return Ok(response);
    }
    Ok(next.run(request).await)
}

/// The id in a path: of what somebody wanted to change.
fn named(path: &str) -> Uuid {
    path.split('/')
        .find_map(|part| Uuid::try_parse(part).ok())
        .unwrap_or_default()
}

fn permitted(
    api: &Api,
    caller: &Caller,
    permission: Permission,
    rules: Rules,
) -> Result<(), Problem> {
    if !caller.may(permission) {
        return Err(Problem::new(Kind::NotPermitted).detail(permission.code()));
    }
    if api.is_reconciling() && CLOSED_WHILE_RECONCILING.contains(&permission) {
        return Err(Problem::new(Kind::Reconciling).detail(permission.code()));
    }
    if rules.step_up
        && permission.needs_step_up()
        && let CallerKind::Account { session, .. } = &caller.kind
        && session
            .stepped_up
            .is_none_or(|shown| api.now() - shown >= api.sessions.step_up)
    {
        return Err(Kind::StepUp.into());
    }
    Ok(())
}

/// A browser says where a request comes from. What another site's page sends is refused, also where nobody is signed in yet.
fn own_page(request: &Request) -> Result<(), Problem> {
    if request.method().is_safe() {
        return Ok(());
    }
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("?"))
    };
    let of_another_site =
        text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let host = text("host").unwrap_or_default();
    let origin = text("origin").map(|origin| {
        origin
            .strip_prefix("https://")
            .or(origin.strip_prefix("http://"))
            .unwrap_or("?")
    });
    if of_another_site || origin.is_some_and(|origin| origin != host) {
        return Err(Kind::Forged.into());
    }
    Ok(())
}

/// What of a request says who asks.
struct Asking<'a> {
    headers: &'a HeaderMap,
    method: &'a Method,
    peer: Option<&'a Peer>,
    request: Uuid,
}

impl<'a> Asking<'a> {
    fn of(request: &'a Request) -> Self {
        Self {
            headers: request.headers(),
            method: request.method(),
            peer: request
                .extensions()
                .get::<ConnectInfo<Peer>>()
                .map(|ConnectInfo(peer)| peer),
            request: request
                .extensions()
                .get::<RequestId>()
                .map_or_else(Uuid::nil, |id| id.0),
        }
    }

    fn address(&self) -> Result<IpAddr, Problem> {
        let peer = self.peer.ok_or(Kind::Internal)?;
        Ok(peer.address().ip())
    }

    /// A certificate counts more than a cookie: a device has none.
    async fn caller(self, api: &Api) -> Result<Caller, Problem> {
        if let Some(identity) = self.peer.and_then(Peer::device) {
            let KeptDevice { device, site, .. } = api.device_of(identity).await?;
            let officer =
                Officer::with_account(&device.name, device.id).map_err(|error| internal(&error))?;
            let roles = device.kind.roles();
            let address = self.address()?;
            let kind = CallerKind::Device {
                id: device.id,
                kind: device.kind,
                name: device.name,
                site,
            };
            return Ok(Caller {
                kind,
                roles,
                officer,
                request: self.request,
                address,
            });
        }
        let token = session_token(self.headers).ok_or(Kind::SignInNeeded)?;
        if !self.method.is_safe() {
            let presented = self
                .headers
                .get(CSRF_HEADER)
                .and_then(|value| value.to_str().ok());
            session::check_csrf(&token, presented.unwrap_or_default())?;
        }
        let (session, account) = api.session_of(&token).await?;
        let officer =
            Officer::with_account(&account.login, account.id).map_err(|error| internal(&error))?;
        let officer = officer.shown_as(&account.display_name);
        Ok(Caller {
            roles: account.roles,
            kind: CallerKind::Account {
                id: account.id,
                login: account.login,
                session: Box::new(session),
            },
            officer,
            request: self.request,
            address: self.address()?,
        })
    }
}

/// The token of the session's cookie. Two cookies of that name are none, in one header or in two.
pub(super) fn session_token(headers: &HeaderMap) -> Option<SecretToken> {
    let mut cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let joined = cookies
        .next()
        .map(|first| cookies.fold(first.to_owned(), |all, next| format!("{all}; {next}")))?;
    session::token_of_cookies(&zeroize::Zeroizing::new(joined))
}
