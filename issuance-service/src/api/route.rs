//! One route: what it does, who may use it, how much it takes. The table of all is [`super::routes`].

use core::convert::Infallible;

use access::Permission;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::{Router, middleware};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::UtoipaMethodRouter;

use super::limits::{LONG_REQUEST_TIMEOUT, MAX_BODY, REQUEST_TIMEOUT};
use super::{Shared, guard, idempotency, layers};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody: nobody is asked who he is.
    Everybody,
    /// Whoever has this right.
    Right(Permission),
}

/// What a route asks of a request before its handler sees it.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Who may use it.
    pub access: Access,
    /// Octets of the body at most.
    pub body: usize,
    /// Whether it makes something new, so that a repeated request must be recognised.
    pub creates: bool,
    /// Whether its body is read while it comes: it cannot be recognised by its octets, and takes longer.
    pub streams: bool,
    /// Whether the second factor is asked for again where the right asks for it.
    pub step_up: bool,
    /// Whether it says to everybody which documents stand: a restored register that nobody has accepted does not know.
    pub tells_what_stands: bool,
    /// Whether it changes something that has a version, and does not where an `If-Match` names another one.
    pub versioned: bool,
}

/// One route.
pub struct Route {
    method: Method,
    path: String,
    rules: Rules,
    handler: UtoipaMethodRouter<Shared>,
}

impl Route {
    /// A route for everybody. `routes!(handler)` of one handler.
    #[must_use]
    pub fn everybody(handler: UtoipaMethodRouter<Shared>) -> Self {
        Self::new(Access::Everybody, handler)
    }

    /// A route for who has a right. `routes!(handler)` of one handler.
    #[must_use]
    pub fn right(permission: Permission, handler: UtoipaMethodRouter<Shared>) -> Self {
        Self::new(Access::Right(permission), handler)
    }

    fn new(access: Access, handler: UtoipaMethodRouter<Shared>) -> Self {
        let (path, item) = handler
            .1
            .paths
            .iter()
            .next()
            .map(|(path, item)| (path.clone(), item))
            .unzip();
        let method = item.and_then(method).unwrap_or_default();
        let step_up = !method.is_safe();
        let rules = Rules {
            access,
            body: MAX_BODY,
            creates: false,
            streams: false,
            step_up,
            tells_what_stands: false,
            versioned: false,
        };
        Self {
            method,
            path: path.unwrap_or_default(),
            rules,
            handler,
        }
    }

    /// Takes bodies of so many octets.
    #[must_use]
    pub fn body(mut self, octets: usize) -> Self {
        self.rules.body = octets;
        self
    }

    /// Makes something new: needs an `Idempotency-Key`.
    #[must_use]
    pub const fn creates(mut self) -> Self {
        self.rules.creates = true;
        self
    }

    /// Reads its body while it comes, and takes longer. What it makes has a name of its own, by which a repetition is recognised.
    #[must_use]
    pub const fn streams(mut self) -> Self {
        self.rules.streams = true;
        self
    }

    /// Asks for no second factor although the right does.
    #[must_use]
    pub const fn without_step_up(mut self) -> Self {
        self.rules.step_up = false;
        self
    }

    /// Says to everybody which documents stand: it is closed while a restored register is compared with what has happened since.
    #[must_use]
    pub const fn tells_what_stands(mut self) -> Self {
        self.rules.tells_what_stands = true;
        self
    }

    /// Obeys an `If-Match`.
    #[must_use]
    pub const fn versioned(mut self) -> Self {
        self.rules.versioned = true;
        self
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The template of the path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Who may use it.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.rules.access
    }

    /// What it asks of a request.
    #[must_use]
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// What its description calls by name.
    #[cfg(test)]
    pub(super) fn schemas(&self) -> &[(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)] {
        &self.handler.0
    }

    /// Its description, with what the rules say.
    pub(super) fn describe(&self, document: &mut utoipa::openapi::OpenApi) {
        super::openapi::add(document, &self.path, &self.handler, self.rules);
    }

    /// Into the router, with everything that its rules ask for.
    pub(super) fn mount(self, router: Router<Shared>, shared: &Shared) -> Router<Shared> {
        let Self {
            path,
            rules,
            handler: (_, _, handler),
            ..
        } = self;
        let timeout = if rules.streams {
            LONG_REQUEST_TIMEOUT
        } else {
            REQUEST_TIMEOUT
        };
        // From the inside out.
        let handler = handler
            .layer::<_, Infallible>(middleware::from_fn_with_state(
                (shared.clone(), rules),
                idempotency::once,
            ))
            .layer::<_, Infallible>(DefaultBodyLimit::max(rules.body))
            .layer::<_, Infallible>(middleware::from_fn_with_state(
                (shared.clone(), rules),
                guard::admit,
            ))
            .layer::<_, Infallible>(middleware::from_fn_with_state(timeout, layers::in_time));
        router.route(&path, handler)
    }
}

fn method(item: &PathItem) -> Option<Method> {
    let operations: [(&Option<Operation>, Method); 5] = [
        (&item.get, Method::GET),
        (&item.put, Method::PUT),
        (&item.post, Method::POST),
        (&item.delete, Method::DELETE),
        (&item.patch, Method::PATCH),
    ];
    operations
        .into_iter()
        .find(|(operation, _)| operation.is_some())
        .map(|(_, method)| method)
}
