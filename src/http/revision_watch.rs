//! Polls the revision of the data in the database, to notice loads by other processes. A change
//! empties the caches and sends an event to subscriptions.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time};
use tokio_util::task::AbortOnDropHandle;

use crate::db::{
    DatabaseError, DatabaseReader, LoadedDataset, ReplicaLag, ServerStatus, Snapshot, StatementLog,
};

/// How long a load may go unnoticed.
pub const REVISION_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The data as of one load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Generation {
    /// Counts the changes that this process has noticed. If an earlier revision is loaded again, it
    /// gets a new number, so answers computed in between are not mistaken for its own.
    pub(super) number: u64,
    /// The loaded data; `None` if nothing is loaded.
    pub(super) dataset: Option<LoadedDataset>,
}

/// A background task that polls the revision, and its latest result.
#[derive(Clone, Debug)]
pub(super) struct RevisionWatch {
    receiver: watch::Receiver<Generation>,
    polls: Arc<Mutex<Polls>>,
    _task: Arc<AbortOnDropHandle<()>>,
}

/// The results of the polls.
#[derive(Debug, Default)]
struct Polls {
    /// When the database last answered.
    last_response: Option<Instant>,
    /// The number of polls since then that failed because the database is not available.
    failures: u32,
    /// The state of the database at that time.
    status: Option<ServerStatus>,
    lag: ReplicaLag,
    /// How far the replica was behind at that time; `None` on a primary.
    replica_lag: Option<Duration>,
}

/// What one poll reads.
struct PolledState {
    dataset: Option<LoadedDataset>,
    status: ServerStatus,
}

/// This many failed polls in a row are an outage. A single one may be a connection that the server closed.
const OUTAGE_FAILURES: u32 = 2;

impl RevisionWatch {
    /// Polls the database until the last clone is dropped. The reader should not be shared with
    /// requests, whose connections may all be in use for a while. If the database does not answer, its connections and those
    /// of the readers that were created with it are given up.
    pub(super) async fn start(reader: DatabaseReader) -> Self {
        let polls = Arc::<Mutex<Polls>>::default();
        let results = polls.clone();
        let first = poll(&reader).await;
        lock(&polls).record(&first);
        let mut current = first.ok().and_then(|state| state.dataset);
        let (sender, receiver) = watch::channel(Generation {
            number: 0,
            dataset: current.clone(),
        });
        let task = tokio::spawn(async move {
            let mut ticks = time::interval(REVISION_POLL_INTERVAL);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            let mut is_failing = false;
            loop {
                ticks.tick().await;
                // If the database does not answer, assume that its data is unchanged; /readyz reports the
                // failure.
                let polled = poll(&reader).await;
                let (before, failures) = lock(&results).record(&polled);
                // If only a new connection gets an answer, the others may lead to a server that is gone.
                if failures >= OUTAGE_FAILURES || (before > 0 && failures == 0) {
                    reader.give_up_connections();
                }
                let loaded = match polled {
                    Ok(state) => state.dataset,
                    Err(error) => {
                        // Log the failure once, not four times a second.
                        if !is_failing {
                            let error: &dyn std::error::Error = &error;
                            tracing::warn!(
                                error,
                                "cannot read the revision of the data from the database"
                            );
                        }
                        is_failing = true;
                        continue;
                    }
                };
                if is_failing {
                    tracing::info!("the database answers again");
                    is_failing = false;
                }
                if loaded == current {
                    continue;
                }
                current = loaded;
                let number = sender.borrow().number + 1;
                let revision = current.as_ref().map(|dataset| &*dataset.revision);
                tracing::info!(revision, "the data has changed");
                let dataset = current.clone();
                sender.send_replace(Generation { number, dataset });
            }
        });
        Self {
            receiver,
            polls,
            _task: Arc::new(AbortOnDropHandle::new(task)),
        }
    }

    /// The current generation.
    pub(super) fn generation(&self) -> Generation {
        self.receiver.borrow().clone()
    }

    /// Whether the database is not available, as far as polls can tell.
    pub(super) fn is_down(&self) -> bool {
        lock(&self.polls).failures >= OUTAGE_FAILURES
    }

    /// Whether the last poll failed.
    pub(super) fn is_failing(&self) -> bool {
        lock(&self.polls).failures > 0
    }

    /// The time since the database last answered a poll; `None` if it never has.
    pub(super) fn since_last_response(&self) -> Option<Duration> {
        let last_response = lock(&self.polls).last_response;
        last_response.map(|time| time.elapsed())
    }

    /// How far the replica is behind; `None` if the database is none.
    pub(super) fn replica_lag(&self) -> Option<Duration> {
        lock(&self.polls).replica_lag
    }

    /// The state of the database when it last answered a poll; `None` if it never has.
    pub(super) fn server_status(&self) -> Option<ServerStatus> {
        lock(&self.polls).status.clone()
    }

    /// A receiver of the changes from now on. Several changes in quick succession may arrive as one.
    pub(super) fn subscribe(&self) -> watch::Receiver<Generation> {
        let mut changes = self.receiver.clone();
        changes.mark_unchanged();
        changes
    }
}

async fn poll(reader: &DatabaseReader) -> Result<PolledState, DatabaseError> {
    match poll_once(reader).await {
        Err(error) if error.is_recovery_conflict() => poll_once(reader).await,
        polled => polled,
    }
}

async fn poll_once(reader: &DatabaseReader) -> Result<PolledState, DatabaseError> {
    let snapshot = Snapshot::open(reader, StatementLog::default()).await?;
    let status = snapshot.server_status().await?;
    let dataset = match snapshot.seen_dataset() {
        Some(dataset) => Some(dataset.clone()),
        None => snapshot.loaded_dataset().await?,
    };
    Ok(PolledState { dataset, status })
}

impl Polls {
    /// Records the result of a poll. Returns the number of failures before and after it.
    fn record(&mut self, result: &Result<PolledState, DatabaseError>) -> (u32, u32) {
        let before = self.failures;
        match result {
            Ok(PolledState { status, .. }) => {
                let now = Instant::now();
                self.last_response = Some(now);
                self.failures = 0;
                let positions = status.positions;
                self.replica_lag = positions.map(|positions| self.lag.record(positions, now));
                self.status = Some(status.clone());
            }
            Err(error) if error.is_unavailable() => self.failures = self.failures.saturating_add(1),
            Err(_) => {}
        }
        (before, self.failures)
    }
}

fn lock(polls: &Mutex<Polls>) -> MutexGuard<'_, Polls> {
    polls.lock().unwrap_or_else(PoisonError::into_inner)
}
