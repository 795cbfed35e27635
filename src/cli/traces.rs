//! Traces for an OpenTelemetry collector, sent by OTLP over HTTP and configured by the standard
//! environment variables.

use std::{fs, time::Duration};

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

use super::variable;

/// The target of the spans that are sent. No log entry has it, so spans are not logged.
pub(super) const SPAN_TARGET: &str = "otel";

/// The timeout of a request to the collector if no variable sets it.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Responses of a collector are short.
const MAX_RESPONSE_BYTES: u64 = 1024 * 1024;

/// Creates a provider that sends spans to the collector of the environment; `None` if there is none.
///
/// # Errors
/// If a variable is not valid or not supported, or the certificate cannot be read.
pub(super) fn tracer_provider() -> anyhow::Result<Option<SdkTracerProvider>> {
    if !is_enabled() {
        return Ok(None);
    }
    if let Some((name, protocol)) = exporter_variable("PROTOCOL")
        && protocol.trim() != "http/protobuf"
    {
        bail!(
            "{name} is {protocol:?}, but only http/protobuf is supported; set it to that, and \
             OTEL_EXPORTER_OTLP_ENDPOINT to the HTTP port of the collector, usually 4318"
        );
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(OtlpClient(http_agent()?))
        .build()
        .context("the OTEL_EXPORTER_OTLP_* variables are not valid")?;
    // The service has the name of the package, unless a variable sets another.
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let has_name = Resource::builder()
        .build()
        .get(&Key::new("service.name"))
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    let resource = if has_name {
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

/// The layer that converts spans of `tracing` to OpenTelemetry.
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
        text_variable(name).is_some_and(|variable| variable.eq_ignore_ascii_case(value))
    };
    let has_endpoint = text_variable("OTEL_EXPORTER_OTLP_ENDPOINT")
        .or_else(|| text_variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
        .is_some();
    has_endpoint && !is("OTEL_SDK_DISABLED", "true") && !is("OTEL_TRACES_EXPORTER", "none")
}

/// Reads an environment variable; `None` if it is not set or blank.
fn text_variable(name: &str) -> Option<String> {
    let value = variable(name)?.into_string().ok()?;
    Some(value).filter(|value| !value.trim().is_empty())
}

/// Reads a variable of the exporter, and returns its name and value: the one for traces, or else the one for all
/// signals.
fn exporter_variable(name: &str) -> Option<(String, String)> {
    ["OTEL_EXPORTER_OTLP_TRACES", "OTEL_EXPORTER_OTLP"]
        .into_iter()
        .find_map(|prefix| {
            let name = format!("{prefix}_{name}");
            let value = text_variable(&name)?;
            Some((name, value))
        })
}

fn http_agent() -> anyhow::Result<Agent> {
    let timeout = match exporter_variable("TIMEOUT") {
        Some((name, text)) => text
            .trim()
            .parse()
            .map(Duration::from_millis)
            .with_context(|| format!("{name} is {text:?}; it must be a number of milliseconds"))?,
        None => DEFAULT_TIMEOUT,
    };
    let mut config = Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .http_status_as_error(false);
    if let Some((name, path)) = exporter_variable("CERTIFICATE") {
        config = config.tls_config(
            TlsConfig::builder()
                .root_certs(load_root_certificates(&name, &path)?)
                .build(),
        );
    }
    Ok(config.build().new_agent())
}

/// Reads the root certificates of a PEM file, which replace the public ones.
///
/// # Errors
/// If the file cannot be read, is not PEM, or has no certificate.
fn load_root_certificates(variable: &str, path: &str) -> anyhow::Result<RootCerts> {
    let pem = fs::read(path).with_context(|| format!("cannot read {path} ({variable})"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        let item = item.with_context(|| format!("{path} is not PEM ({variable})"))?;
        if let PemItem::Certificate(certificate) = item {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        bail!("{path} has no certificate ({variable})");
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// A blocking HTTP client, which is fine because spans are sent by a separate thread.
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
