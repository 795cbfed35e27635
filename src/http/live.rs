//! Which data the database holds now: asked again and again, so that a load by another process is
//! seen, told to whoever keeps answers, and to clients that subscribed.

use std::{sync::Arc, time::Duration};

use sea_orm::DatabaseConnection;
use tokio::{sync::watch, task::JoinHandle, time};

use crate::import::{Loaded, loaded};

/// How long a load may go unseen.
const INTERVAL: Duration = Duration::from_millis(250);

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
pub(super) struct Live {
    generations: watch::Receiver<Generation>,
    _task: Arc<Stop>,
}

#[derive(Debug)]
struct Stop(JoinHandle<()>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Live {
    /// Follows the data that `database` holds until the last clone is dropped. The connection
    /// should be one of its own: those that answer requests may all be taken for a while.
    pub(super) async fn follow(database: DatabaseConnection) -> Self {
        let mut seen = loaded(&database).await.ok().flatten();
        let (sender, generations) = watch::channel(Generation {
            number: 0,
            revision: revision(seen.as_ref()),
        });
        let task = tokio::spawn(async move {
            let mut ticks = time::interval(INTERVAL);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                // A database that cannot be asked holds what it held, for all that is known;
                // /readyz says that it cannot.
                let now = match loaded(&database).await {
                    Ok(now) => now,
                    Err(error) => {
                        tracing::warn!(error = ?error, "cannot ask the database what it holds");
                        continue;
                    }
                };
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
            generations,
            _task: Arc::new(Stop(task)),
        }
    }

    /// The number of the data that is known to be there.
    pub(super) fn generation(&self) -> u64 {
        self.generations.borrow().number
    }

    /// Tells of every change from now on; of several at once, once.
    pub(super) fn changes(&self) -> watch::Receiver<Generation> {
        let mut changes = self.generations.clone();
        changes.mark_unchanged();
        changes
    }
}

fn revision(loaded: Option<&Loaded>) -> Option<Arc<str>> {
    loaded.map(|loaded| loaded.revision.as_str().into())
}
