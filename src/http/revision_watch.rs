//! Which data the database holds now: asked again and again, so that a load by another process is
//! seen, told to whoever keeps answers, and to clients that subscribed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::DatabaseConnection;
use tokio::{sync::watch, task::JoinHandle, time};

use crate::import::{StoredDataset, stored_dataset};

/// How long a load may go unseen.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The data of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Generation {
    /// Counts the changes seen by this process. A set that comes back after another one has a
    /// number of its own: an answer that was computed in between cannot pass for it.
    pub(super) number: u64,
    /// The revision of the data set; `None` where nothing is loaded.
    pub(super) revision: Option<Arc<str>>,
}

/// Follows the data of a database.
#[derive(Clone, Debug)]
pub(super) struct RevisionWatch {
    receiver: watch::Receiver<Generation>,
    /// When the database last said what it holds.
    last_response: Arc<Mutex<Option<Instant>>>,
    _task: Arc<AbortOnDrop>,
}

#[derive(Debug)]
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl RevisionWatch {
    /// Follows the data that `database` holds until the last clone is dropped. The connection
    /// should be one of its own: those that answer requests may all be taken for a while.
    pub(super) async fn start(database: DatabaseConnection) -> Self {
        let answered = Arc::new(Mutex::new(None));
        let at = answered.clone();
        let answer = move || {
            *at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        };
        let first = stored_dataset(&database).await;
        if first.is_ok() {
            answer();
        }
        let mut seen = first.ok().flatten();
        let (sender, generations) = watch::channel(Generation {
            number: 0,
            revision: revision(seen.as_ref()),
        });
        let task = tokio::spawn(async move {
            let mut ticks = time::interval(POLL_INTERVAL);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            let mut is_silent = false;
            loop {
                ticks.tick().await;
                // A database that cannot be asked holds what it held, for all that is known;
                // /readyz says that it cannot.
                let now = match stored_dataset(&database).await {
                    Ok(now) => now,
                    Err(error) => {
                        // Once, not four times a second.
                        if !is_silent {
                            let error: &dyn std::error::Error = &error;
                            tracing::warn!(error, "cannot ask the database what it holds");
                        }
                        is_silent = true;
                        continue;
                    }
                };
                answer();
                if is_silent {
                    tracing::info!("the database answers again");
                    is_silent = false;
                }
                if now == seen {
                    continue;
                }
                seen = now;
                let number = sender.borrow().number + 1;
                let revision = revision(seen.as_ref());
                tracing::info!(revision = revision.as_deref(), "the data has changed");
                sender.send_replace(Generation { number, revision });
            }
        });
        Self {
            receiver: generations,
            last_response: answered,
            _task: Arc::new(AbortOnDrop(task)),
        }
    }

    /// The number of the data that is known to be there.
    pub(super) fn generation(&self) -> u64 {
        self.receiver.borrow().number
    }

    /// The revision of the data that is known to be there; `None` where nothing is loaded.
    pub(super) fn revision(&self) -> Option<Arc<str>> {
        self.receiver.borrow().revision.clone()
    }

    /// How long ago the database last said what it holds; `None` where it never did.
    pub(super) fn since_last_response(&self) -> Option<Duration> {
        let answered = self.last_response.lock();
        answered
            .unwrap_or_else(PoisonError::into_inner)
            .map(|at| at.elapsed())
    }

    /// Tells of every change from now on; of several at once, once.
    pub(super) fn subscribe(&self) -> watch::Receiver<Generation> {
        let mut changes = self.receiver.clone();
        changes.mark_unchanged();
        changes
    }
}

fn revision(loaded: Option<&StoredDataset>) -> Option<Arc<str>> {
    loaded.map(|loaded| loaded.revision.as_str().into())
}
