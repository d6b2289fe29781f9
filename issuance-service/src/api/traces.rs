//! Traces: how long each request and each step of a worker took, and what came of what, as OTLP over HTTP (protobuf) to a collector.
//!
//! Nothing is sent unless a collector is named. What is sent are words of this program, templates of routes, ids, times and numbers; never
//! what was logged, never a path, a field of a head or a body. Of a caller's trace its name and place are taken over (`traceparent`, W3C
//! Trace Context), not what else it says (`tracestate`, `baggage`).

use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SdkTracerProvider, Span as SdkSpan, SpanData, SpanProcessor,
};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;
use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;

use crate::{Error, Result};

/// The target of spans that are traced; no others are.
pub const TARGET: &str = "trace";
/// The name of the service, unless `OTEL_SERVICE_NAME` says another.
const SERVICE: &str = "issuance-service";
/// The field of a request and of a message by which a trace goes on (W3C Trace Context §3.2).
pub const TRACEPARENT: &str = "traceparent";
/// A field longer than any version of it.
const MAX_TRACEPARENT: usize = 256;
/// The attribute of a step in which nothing was to be done: it is not sent.
const IDLE: &str = "idle";
/// How long the last spans may take on their way when the service ends.
const LAST: Duration = Duration::from_secs(5);
/// Octets of a collector's answer that are read.
const MAX_ANSWER: u64 = 64 * 1024;

/// Where spans go.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends to a collector from now on: at an address such as `http://127.0.0.1:4318`, or where the environment says
    /// (`OTEL_EXPORTER_OTLP_ENDPOINT` and what else OpenTelemetry has defined). `authorities` vouch for one that is met by TLS.
    ///
    /// # Errors
    /// [`Error::Setting`] for an address that is none; [`Error::Access`] without a certificate among the authorities.
    pub fn start(address: Option<&str>, authorities: Option<&[u8]>) -> Result<Self> {
        let agent = match authorities {
            Some(pem) => access::http_client::agent_with_resolver(pem, DefaultResolver::default())?,
            None => access::http_client::loopback_agent_with_resolver(DefaultResolver::default()),
        };
        let mut builder = SpanExporter::builder()
            .with_http()
            .with_http_client(Line(agent));
        if let Some(address) = address {
            let address = address.trim_end_matches('/');
            builder = builder.with_endpoint(format!("{address}/v1/traces"));
        }
        let exporter = builder.build().map_err(|_| {
            Error::Setting("telemetry.otlp: the address of a collector, http://host:4318")
        })?;
        let resource = Resource::builder()
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => resource,
            None => resource.with_service_name(SERVICE),
        };
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Worked(BatchSpanProcessor::builder(exporter).build()))
            .with_resource(resource.build())
            .build();
        Ok(Self(provider))
    }

    /// What takes spans out of the program's own words.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let traced = filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET)
            .with_max_level_hint(LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(traced)
    }

    /// Sends what is still here. Waits for a collector for some seconds at most.
    pub fn end(&self) {
        if self.0.shutdown_with_timeout(LAST).is_err() {
            tracing::warn!(target: "service", "the last traces could not be sent");
        }
    }
}

/// Passes on what was worked, and not that there was nothing to do.
#[derive(Debug)]
struct Worked(BatchSpanProcessor);

impl SpanProcessor for Worked {
    fn on_start(&self, span: &mut SdkSpan, context: &Context) {
        self.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let is_idle = |attribute: &KeyValue| {
            attribute.key.as_str() == IDLE && attribute.value == Value::Bool(true)
        };
        if !span.attributes.iter().any(is_idle) {
            self.0.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// The line to the collector: the HTTP client of the house. It is waited for on the exporter's own thread.
#[derive(Debug)]
struct Line(Agent);

#[async_trait]
impl HttpClient for Line {
    async fn send_bytes(
        &self,
        request: Request<Bytes>,
    ) -> core::result::Result<Response<Bytes>, HttpError> {
        let sent = self.0.run(request.map(|body| body.to_vec()));
        let (head, mut body) = match sent {
            Ok(answer) => answer.into_parts(),
            Err(error) => {
                metrics::counter!("traces_not_sent_total").increment(1);
                return Err(error.into());
            }
        };
        if !head.status.is_success() {
            metrics::counter!("traces_not_sent_total").increment(1);
        }
        let octets = body.with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(head, Bytes::from(octets)))
    }
}

/// The span of a request. The template of its route stands for its path.
pub(super) fn of_request(
    method: &'static str,
    route: &str,
    id: uuid::Uuid,
    headers: &HeaderMap,
) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        problem = tracing::field::Empty,
        request = %id,
    );
    if !span.is_disabled()
        && let Some(parent) = headers.get(TRACEPARENT)
        && let Ok(parent) = parent.to_str()
    {
        follow(&span, parent);
    }
    span
}

/// What became of it.
pub(super) fn answered(span: &Span, status: u16, problem: &'static str) {
    span.record("http.response.status_code", status);
    if !problem.is_empty() {
        span.record("problem", problem);
    }
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of a step of a worker.
pub(super) fn of_step(worker: &'static str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "step",
        otel.name = worker,
        otel.status_code = tracing::field::Empty,
        idle = tracing::field::Empty,
    )
}

/// There was nothing to do: the step is not sent.
pub(super) fn was_idle(span: &Span) {
    span.record(IDLE, true);
}

/// It could not be done.
pub(super) fn failed(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

/// Makes a span go on with the trace of a field `traceparent`. One that is none changes nothing.
fn follow(span: &Span, traceparent: &str) {
    if traceparent.len() > MAX_TRACEPARENT {
        return;
    }
    let context = propagated(traceparent);
    if context.span().span_context().is_valid() {
        // Only a span that has begun already cannot follow; it stands for itself then.
        let _ = span.set_parent(context);
    }
}

/// Says to the collector that a span belongs to the trace of a field `traceparent`, and does not go on with it.
pub fn belongs_to(span: &Span, traceparent: &str) {
    if traceparent.len() <= MAX_TRACEPARENT {
        span.add_link(propagated(traceparent).span().span_context().clone());
    }
}

/// The field by which others go on with the trace of a span; `None` where nothing is traced.
#[must_use]
pub fn traceparent(span: &Span) -> Option<String> {
    use opentelemetry::propagation::TextMapPropagator as _;
    if span.is_disabled() {
        return None;
    }
    let mut fields = std::collections::HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut fields);
    fields.remove(TRACEPARENT)
}

fn propagated(traceparent: &str) -> Context {
    use opentelemetry::propagation::TextMapPropagator as _;
    let fields =
        std::collections::HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    TraceContextPropagator::new().extract_with_context(&Context::new(), &fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_callers_trace_only_its_name_is_taken() {
        let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let check = |text: &str, holds: bool| {
            let context = propagated(text);
            assert_eq!(context.span().span_context().is_valid(), holds, "{text}");
        };
        check(valid, true);
        for text in [
            "",
            "00",
            "TEST Nguyễn",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        ] {
            check(text, false);
        }
        assert!(traceparent(&Span::none()).is_none());
    }
}
