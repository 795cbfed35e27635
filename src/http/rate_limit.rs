//! How fast requests of one client may come.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use moka::{policy::EvictionPolicy, sync::Cache};

use super::{Server, client_address, error::HttpError, listen::PeerAddress};

/// How many clients are remembered: who floods from more addresses than these is for those to
/// stop who carry the traffic.
const MAX_CLIENTS: u64 = 65_536;

/// What stands for a client, put into requests that were let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientKey(IpAddr);

/// A limit for each client.
pub(super) struct RateLimit {
    quota: Quota,
    clock: DefaultClock,
    /// Those who asked lately. A client that goes unseen until it might ask as much as a new one is
    /// forgotten, so nobody gains by it.
    limiters: Cache<IpAddr, Arc<DefaultDirectRateLimiter>>,
}

impl RateLimit {
    /// So many requests a second, and so many at once after a pause; `None` where one of them is 0.
    pub(super) fn new(per_second: u32, burst: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = NonZeroU32::new(burst)?;
        let pause = Duration::from_secs(u64::from(burst.get() / per_second) + 1);
        Some(Self {
            quota: Quota::per_second(per_second).allow_burst(burst),
            clock: DefaultClock::default(),
            limiters: Cache::builder()
                .max_capacity(MAX_CLIENTS)
                .time_to_idle(pause)
                // A client who asks once is remembered like one who asks often.
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        })
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 where there were too many; it says when the next one may come.
    pub(super) fn check(&self, client: ClientKey) -> Result<(), HttpError> {
        let new = || {
            Arc::new(DefaultDirectRateLimiter::direct_with_clock(
                self.quota,
                self.clock.clone(),
            ))
        };
        let limiter = self.limiters.get_with(client.0, new);
        limiter.check().map_err(|not_until| {
            let refused = HttpError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                format!(
                    "too many requests: {} a second are allowed, and {} at once after a pause; \
                     try again when Retry-After says",
                    1_000_000_000 / self.quota.replenish_interval().as_nanos().max(1),
                    self.quota.burst_size()
                ),
            );
            refused.with_retry_after(not_until.wait_time_from(self.clock.now()))
        })
    }
}

/// The layer that lets requests through, or refuses them.
pub(super) async fn enforce(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(limit) = server.rate_limit() else {
        return next.run(request).await;
    };
    let peer = request.extensions().get::<PeerAddress>();
    // Without an address, all are one.
    let peer = peer.map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
    let address = server
        .settings()
        .proxies
        .client_address(peer, request.headers());
    let client = ClientKey(client_address::rate_limit_key(address));
    if let Err(refused) = limit.check(client) {
        return refused.into_response();
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_fast_is_told_when_to_come_again() {
        assert!(RateLimit::new(0, 5).is_none());
        let limit = RateLimit::new(1, 3).unwrap();
        let client = |last| ClientKey(IpAddr::from([192, 0, 2, last]));
        for _ in 0..3 {
            limit.check(client(1)).unwrap();
        }
        let refused = limit.check(client(1)).unwrap_err();
        assert_eq!(
            (refused.status.as_u16(), refused.code),
            (429, "RATE_LIMITED")
        );
        assert!(
            refused.message.contains("1 a second"),
            "{}",
            refused.message
        );
        // Others are not held responsible.
        limit.check(client(2)).unwrap();
    }

    #[test]
    fn only_so_many_clients_are_remembered() {
        let limit = RateLimit::new(1, 1).unwrap();
        for n in 0..100_000_u32 {
            limit
                .check(ClientKey(IpAddr::from(n.to_be_bytes())))
                .unwrap();
        }
        limit.limiters.run_pending_tasks();
        assert!(limit.limiters.entry_count() <= MAX_CLIENTS);
    }
}
