//! The rate limit of each client.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use moka::{policy::EvictionPolicy, sync::Cache};

use super::{Server, client_address, error::HttpError, listen::PeerAddress};

/// Clients whose limits are stored, the most recent ones. A flood from more addresses than that has
/// to be stopped by the network.
pub const MAX_RATE_LIMITED_CLIENTS: u64 = 65_536;

/// The client of a request, attached to the requests that pass the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientKey(IpAddr);

/// A token bucket for each client.
pub(super) struct RateLimit {
    quota: Quota,
    clock: DefaultClock,
    /// An entry expires when its bucket is full again, so nobody gains from being evicted.
    limiters: Cache<IpAddr, Arc<DefaultDirectRateLimiter>>,
}

impl RateLimit {
    /// Allows `per_second` requests, and `burst` at once after a pause; `None` if either is 0.
    pub(super) fn new(per_second: u32, burst: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = NonZeroU32::new(burst)?;
        let pause = Duration::from_secs(u64::from(burst.get() / per_second) + 1);
        Some(Self {
            quota: Quota::per_second(per_second).allow_burst(burst),
            clock: DefaultClock::default(),
            limiters: Cache::builder()
                .max_capacity(MAX_RATE_LIMITED_CLIENTS)
                .time_to_idle(pause)
                // With the default policy, new clients might not be admitted to the cache.
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        })
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// 429 with `Retry-After` if the client has exceeded its limit.
    pub(super) fn check(&self, client: ClientKey) -> Result<(), HttpError> {
        let new = || {
            Arc::new(DefaultDirectRateLimiter::direct_with_clock(
                self.quota,
                self.clock.clone(),
            ))
        };
        let limiter = self.limiters.get_with(client.0, new);
        limiter.check().map_err(|not_until| {
            let error = HttpError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                format!(
                    "too many requests: the limit is {} per second, with bursts of up to {}; try again after \
                     the number of seconds in the Retry-After header",
                    1_000_000_000 / self.quota.replenish_interval().as_nanos().max(1),
                    self.quota.burst_size()
                ),
            );
            error.with_retry_after(not_until.wait_time_from(self.clock.now()))
        })
    }
}

/// Counts a request against the limit of its client. Returns the client; `None` if there is no limit.
///
/// # Errors
/// 429 if the client has exceeded its limit.
pub(super) fn check_request(
    server: &Server,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Result<Option<ClientKey>, HttpError> {
    let Some(limit) = &server.rate_limit else {
        return Ok(None);
    };
    let peer = extensions.get::<PeerAddress>();
    // If the address is unknown, all clients share one limit.
    let peer = peer.map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
    let address = server.settings.proxies.client_address(peer, headers);
    let client = ClientKey(client_address::rate_limit_key(address));
    limit.check(client)?;
    Ok(Some(client))
}

/// The layer that answers 429 to requests beyond the limit.
pub(super) async fn enforce(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    match check_request(&server, request.extensions(), request.headers()) {
        Ok(Some(client)) => _ = request.extensions_mut().insert(client),
        Ok(None) => {}
        Err(error) => return error.into_response(),
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_beyond_the_limit_get_429() {
        assert!(RateLimit::new(0, 5).is_none());
        let limit = RateLimit::new(1, 3).unwrap();
        let client = |last| ClientKey(IpAddr::from([192, 0, 2, last]));
        for _ in 0..3 {
            limit.check(client(1)).unwrap();
        }
        let error = limit.check(client(1)).unwrap_err();
        assert_eq!((error.status.as_u16(), error.code), (429, "RATE_LIMITED"));
        assert!(error.message.contains("1 per second"), "{}", error.message);
        // Other clients are not affected.
        limit.check(client(2)).unwrap();
    }

    #[test]
    fn the_number_of_stored_clients_is_bounded() {
        let limit = RateLimit::new(1, 1).unwrap();
        for n in 0..100_000_u32 {
            limit
                .check(ClientKey(IpAddr::from(n.to_be_bytes())))
                .unwrap();
        }
        limit.limiters.run_pending_tasks();
        assert!(limit.limiters.entry_count() <= MAX_RATE_LIMITED_CLIENTS);
    }
}
