//! Polls the revision of the data in the database, to notice loads by other processes. A change
//! empties the caches and sends an event to subscriptions.

use std::{
    sync::{Arc, Mutex, PoisonError},
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
    /// The revision of the dataset; `None` if nothing is loaded.
    pub(super) revision: Option<Arc<str>>,
}

/// A background task that polls the revision, and its latest result.
#[derive(Clone, Debug)]
pub(super) struct RevisionWatch {
    receiver: watch::Receiver<Generation>,
    /// When the database last answered a poll.
    last_response: Arc<Mutex<Option<Instant>>>,
    _task: Arc<AbortOnDropHandle<()>>,
}

impl RevisionWatch {
    /// Polls the database until the last clone is dropped. The reader should not be shared with
    /// requests, whose connections may all be in use for a while.
    pub(super) async fn start(reader: DatabaseReader) -> Self {
        let last_response = Arc::new(Mutex::new(None));
        let response_time = last_response.clone();
        let record_response = move || {
            *response_time.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        };
        let first = loaded_dataset(&reader).await;
        if first.is_ok() {
            record_response();
        }
        let mut current = first.ok().flatten();
        let (sender, receiver) = watch::channel(Generation {
            number: 0,
            revision: revision(current.as_ref()),
        });
        let task = tokio::spawn(async move {
            let mut ticks = time::interval(REVISION_POLL_INTERVAL);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            let mut is_failing = false;
            loop {
                ticks.tick().await;
                // If the database does not answer, assume that its data is unchanged; /readyz reports the
                // failure.
                let loaded = match loaded_dataset(&reader).await {
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
                record_response();
                if is_failing {
                    tracing::info!("the database answers again");
                    is_failing = false;
                }
                if loaded == current {
                    continue;
                }
                current = loaded;
                let number = sender.borrow().number + 1;
                let revision = revision(current.as_ref());
                tracing::info!(revision = revision.as_deref(), "the data has changed");
                sender.send_replace(Generation { number, revision });
            }
        });
        Self {
            receiver,
            last_response,
            _task: Arc::new(AbortOnDropHandle::new(task)),
        }
    }

    /// The number of the current generation.
    pub(super) fn generation(&self) -> u64 {
        self.receiver.borrow().number
    }

    /// The revision of the current data; `None` if nothing is loaded.
    pub(super) fn revision(&self) -> Option<Arc<str>> {
        self.receiver.borrow().revision.clone()
    }

    /// The time since the database last answered a poll; `None` if it never has.
    pub(super) fn since_last_response(&self) -> Option<Duration> {
        let last_response = self.last_response.lock();
        last_response
            .unwrap_or_else(PoisonError::into_inner)
            .map(|time| time.elapsed())
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

fn revision(dataset: Option<&LoadedDataset>) -> Option<Arc<str>> {
    dataset.map(|dataset| dataset.revision.clone())
}
