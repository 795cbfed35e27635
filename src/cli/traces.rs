//! Traces for a collector of OpenTelemetry, by OTLP over HTTP, as the variables that are standard
//! say.

use std::{env, fs, time::Duration};

use anyhow::{Context, bail};
use opentelemetry::{Key, KeyValue, trace::TracerProvider};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};
use ureq::{
    Agent,
    tls::{PemItem, RootCerts, TlsConfig, parse_pem},
};

/// The target of the spans that are sent. Nothing else has it, so that they are not logged too.
pub(super) const SPAN_TARGET: &str = "otel";

/// How long sending may take, where the variables do not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// An answer of a collector is short.
const MAX_RESPONSE_BYTES: u64 = 1024 * 1024;

/// Sends spans to the collector that the environment names; `None` where it names none.
///
/// # Errors
/// Where a variable cannot be followed.
pub(super) fn tracer_provider() -> anyhow::Result<Option<SdkTracerProvider>> {
    if !is_enabled() {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(OtlpClient(http_agent()?))
        .build()
        .context("cannot send traces as the variables OTEL_EXPORTER_OTLP_* say")?;
    // Called as it is, unless a variable calls it otherwise.
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let named = Resource::builder()
        .build()
        .get(&Key::new("service.name"))
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    let resource = if named {
        resource
    } else {
        resource.with_service_name(env!("CARGO_PKG_NAME"))
    };
    Ok(Some(
        SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build(),
    ))
}

/// Makes spans of `tracing` into spans of OpenTelemetry.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
}

fn is_enabled() -> bool {
    let is = |name, value: &str| {
        env_variable(name).is_some_and(|given: String| given.eq_ignore_ascii_case(value))
    };
    let names_one = env_variable("OTEL_EXPORTER_OTLP_ENDPOINT")
        .or_else(|| env_variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
        .is_some();
    names_one && !is("OTEL_SDK_DISABLED", "true") && !is("OTEL_TRACES_EXPORTER", "none")
}

/// A variable; empty ones count as not set.
fn env_variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A variable for traces, or else for everything that is sent.
fn exporter_variable(name: &str) -> Option<String> {
    env_variable(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"))
        .or_else(|| env_variable(&format!("OTEL_EXPORTER_OTLP_{name}")))
}

fn http_agent() -> anyhow::Result<Agent> {
    let timeout = match exporter_variable("TIMEOUT") {
        Some(given) => given
            .trim()
            .parse()
            .map(Duration::from_millis)
            .with_context(|| {
                format!("OTEL_EXPORTER_OTLP_TIMEOUT is {given:?}, not a number of milliseconds")
            })?,
        None => DEFAULT_TIMEOUT,
    };
    let mut config = Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .http_status_as_error(false);
    if let Some(path) = exporter_variable("CERTIFICATE") {
        config = config.tls_config(
            TlsConfig::builder()
                .root_certs(load_root_certificates(&path)?)
                .build(),
        );
    }
    Ok(config.build().new_agent())
}

/// The certificates that a file holds, in place of those that everybody trusts.
fn load_root_certificates(path: &str) -> anyhow::Result<RootCerts> {
    let variable = "OTEL_EXPORTER_OTLP_CERTIFICATE";
    let pem = fs::read(path).with_context(|| format!("cannot read {path} ({variable})"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        let item = item.with_context(|| format!("{path} is not PEM ({variable})"))?;
        if let PemItem::Certificate(certificate) = item {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        bail!("there is no certificate in {path} ({variable})");
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// A client that blocks: spans are sent by a thread that does nothing else.
#[derive(Debug)]
struct OtlpClient(Agent);

#[async_trait::async_trait]
impl HttpClient for OtlpClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let response = self.0.run(Request::from_parts(parts, body.as_ref()))?;
        let (parts, mut body) = response.into_parts();
        let bytes = body.with_config().limit(MAX_RESPONSE_BYTES).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes.into()))
    }
}
