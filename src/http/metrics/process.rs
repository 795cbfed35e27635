//! Metrics of the process, under the usual names. Those read from `/proc` exist only on Linux.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    metrics::gauge::Gauge,
    registry::{Registry, Unit},
};

/// The current metrics of a process that was started at this time.
pub(super) fn registry(started: SystemTime) -> Registry {
    let mut registry = Registry::with_prefix("process");
    let gauge = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    gauge.set(
        started
            .duration_since(UNIX_EPOCH)
            .map_or(0.0, |since| since.as_secs_f64()),
    );
    registry.register_with_unit(
        "start_time",
        "Start time of the server, since 1970",
        Unit::Seconds,
        gauge,
    );
    if let Some(bytes) = resident_bytes() {
        let gauge: Gauge = Gauge::default();
        gauge.set(bytes);
        let help = "Resident memory of the process";
        registry.register_with_unit("resident_memory", help, Unit::Bytes, gauge);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(open.count()).unwrap_or(i64::MAX));
        registry.register("open_fds", "Open file descriptors", gauge);
    }
    registry
}

fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}
