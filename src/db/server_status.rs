//! What a database says about itself, and how far a replica is behind.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

/// The state of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerStatus {
    /// The program and its version, such as `PostgreSQL 15.8`.
    pub version: Arc<str>,
    /// Whether it replicates another server.
    pub is_replica: bool,
    /// How far a replica is; `None` on a primary, and for databases that do not say.
    pub positions: Option<ReplicaPositions>,
}

/// Positions in the write-ahead log of a replica, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaPositions {
    /// What the replica has received.
    pub received: i64,
    /// What of that can be read.
    pub replayed: i64,
    /// The time since the last commit that can be read; `None` if there was none since the replica started. On an idle
    /// server, it is large although nothing is missing.
    pub last_commit_age: Option<Duration>,
}

/// Measures how long a replica has not been able to replay what it has received.
///
/// The age of the last commit alone would not do: it is large on an idle server, and also while the only transaction is
/// a long load. So the positions are compared with those received earlier.
#[derive(Debug, Default)]
pub struct ReplicaLag {
    /// What the replica had received at which time, and cannot be read yet; the oldest first.
    pending: VecDeque<(i64, Instant)>,
    is_started: bool,
}

/// More are not remembered; four a second are 40 minutes.
const MAX_PENDING: usize = 10_000;

impl ReplicaLag {
    /// Adds the positions at a time, and returns how far the replica is behind.
    pub fn record(&mut self, positions: ReplicaPositions, now: Instant) -> Duration {
        let ReplicaPositions {
            received,
            replayed,
            last_commit_age,
        } = positions;
        while self
            .pending
            .front()
            .is_some_and(|(position, _)| *position <= replayed)
        {
            self.pending.pop_front();
        }
        let is_new = self
            .pending
            .back()
            .is_none_or(|(position, _)| *position < received);
        if received > replayed && is_new && self.pending.len() < MAX_PENDING {
            // The replica may have been behind for long when it is first asked.
            let age = last_commit_age
                .filter(|_| !self.is_started)
                .unwrap_or_default();
            self.pending
                .push_back((received, now.checked_sub(age).unwrap_or(now)));
        }
        self.is_started = true;
        match self.pending.front() {
            Some((_, since)) => now.duration_since(*since),
            None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(received: i64, replayed: i64, age_seconds: u64) -> ReplicaPositions {
        ReplicaPositions {
            received,
            replayed,
            last_commit_age: Some(Duration::from_secs(age_seconds)),
        }
    }

    #[test]
    fn lag_is_the_time_since_the_oldest_position_that_is_not_replayed() {
        let start = Instant::now();
        let mut lag = ReplicaLag::default();
        let mut record = |seconds, received, replayed, age| {
            let now = start + Duration::from_secs(seconds);
            lag.record(positions(received, replayed, age), now)
                .as_secs()
        };
        // An idle server.
        assert_eq!(record(1, 100, 100, 3600), 0);
        // A long transaction is replayed as it arrives. The last commit is old.
        assert_eq!(record(2, 200, 190, 3601), 0);
        assert_eq!(record(3, 300, 290, 3602), 0);
        // Replay is paused.
        assert_eq!(record(4, 400, 300, 1), 0);
        assert_eq!(record(5, 500, 300, 2), 1);
        assert_eq!(record(9, 600, 300, 6), 5);
        // It continues, five seconds behind.
        assert_eq!(record(10, 700, 400, 5), 5);
        assert_eq!(record(11, 700, 500, 5), 2);
        assert_eq!(record(12, 700, 700, 0), 0);
    }

    #[test]
    fn a_replica_that_is_behind_at_the_start_lags_since_its_last_commit() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut lag = ReplicaLag::default();
        assert_eq!(lag.record(positions(200, 100, 60), start).as_secs(), 60);
        let now = start + Duration::from_secs(2);
        assert_eq!(lag.record(positions(300, 100, 62), now).as_secs(), 62);
        assert_eq!(lag.record(positions(300, 250, 1), now).as_secs(), 0);
    }
}
