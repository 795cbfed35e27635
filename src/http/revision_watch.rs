//! Polls the revision of the data in the database, to notice loads by other processes. A change
//! empties the caches and sends an event to subscriptions.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time};
use tokio_util::task::AbortOnDropHandle;

use crate::db::{DatabaseError, DatabaseReader, LoadedDataset, Snapshot, StatementLog};

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
}

/// This many failed polls in a row are an outage. A single one may be a connection that the server closed.
const OUTAGE_FAILURES: u32 = 2;

impl RevisionWatch {
    /// Polls the database until the last clone is dropped. The reader should not be shared with
    /// requests, whose connections may all be in use for a while. If the database does not answer, the connections of
    /// `readers` are given up.
    pub(super) async fn start(reader: DatabaseReader, readers: [DatabaseReader; 2]) -> Self {
        let polls = Arc::<Mutex<Polls>>::default();
        let results = polls.clone();
        let first = loaded_dataset(&reader).await;
        lock(&polls).record(&first);
        let mut current = first.ok().flatten();
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
                let loaded = loaded_dataset(&reader).await;
                let (before, failures) = lock(&results).record(&loaded);
                // If only a new connection gets an answer, the others may lead to a server that is gone.
                if failures == OUTAGE_FAILURES || (before > 0 && failures == 0) {
                    for reader in &readers {
                        reader.give_up_connections();
                    }
                }
                let loaded = match loaded {
                    Ok(loaded) => loaded,
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

    /// The time since the database last answered a poll; `None` if it never has.
    pub(super) fn since_last_response(&self) -> Option<Duration> {
        let last_response = lock(&self.polls).last_response;
        last_response.map(|time| time.elapsed())
    }

    /// A receiver of the changes from now on. Several changes in quick succession may arrive as one.
    pub(super) fn subscribe(&self) -> watch::Receiver<Generation> {
        let mut changes = self.receiver.clone();
        changes.mark_unchanged();
        changes
    }
}

async fn loaded_dataset(reader: &DatabaseReader) -> Result<Option<LoadedDataset>, DatabaseError> {
    let snapshot = Snapshot::open(reader, StatementLog::default()).await?;
    snapshot.loaded_dataset().await
}

impl Polls {
    /// Records the result of a poll. Returns the number of failures before and after it.
    fn record<T>(&mut self, result: &Result<T, DatabaseError>) -> (u32, u32) {
        let before = self.failures;
        match result {
            Ok(_) => {
                *self = Self {
                    last_response: Some(Instant::now()),
                    failures: 0,
                }
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
