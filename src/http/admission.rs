//! How much work is done at a time: so many requests run, some more wait for their turn, and the
//! rest is told to come again, while the server is still able to say so.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::HttpError;

/// Lets requests in.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    running: Arc<Semaphore>,
    /// One for each that runs or waits.
    admitted: Arc<Semaphore>,
    max_running: usize,
    max_waiting: usize,
}

/// Holds the place of a request while it is worked on.
#[derive(Debug)]
pub(super) struct AdmissionPermit {
    _running: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
}

impl Admission {
    /// Lets `max_running` requests run and `max_waiting` wait.
    pub(super) fn new(max_running: usize, max_waiting: usize) -> Self {
        let max_running = max_running.clamp(1, Semaphore::MAX_PERMITS / 2);
        let max_waiting = max_waiting.min(Semaphore::MAX_PERMITS / 2);
        Self {
            running: Arc::new(Semaphore::new(max_running)),
            admitted: Arc::new(Semaphore::new(max_running + max_waiting)),
            max_running,
            max_waiting,
        }
    }

    /// A place, as soon as there is one.
    ///
    /// # Errors
    /// 503 where too many wait already.
    pub(super) async fn acquire(&self) -> Result<AdmissionPermit, HttpError> {
        let full = || {
            HttpError::overloaded(format!(
                "the server is busy: {} requests run (limits.maxConcurrentRequests) and {} wait \
                 (limits.maxWaitingRequests); try again in a second",
                self.max_running, self.max_waiting
            ))
        };
        let inside = self
            .admitted
            .clone()
            .try_acquire_owned()
            .map_err(|_| full())?;
        let running = self
            .running
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| full())?;
        Ok(AdmissionPermit {
            _running: running,
            _admitted: inside,
        })
    }

    /// How many requests run, and how many wait.
    pub(super) fn running_and_waiting(&self) -> (usize, usize) {
        let inside = self.max_running + self.max_waiting - self.admitted.available_permits();
        let running = self.max_running - self.running.available_permits();
        (running, inside.saturating_sub(running))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn some_run_some_wait_and_the_rest_is_refused() {
        let admission = Admission::new(1, 1);
        let runs = admission.acquire().await.unwrap();
        let mut waits = Box::pin(admission.acquire());
        assert!((&mut waits).now_or_never().is_none());
        assert_eq!(admission.running_and_waiting(), (1, 1));
        let refused = admission.acquire().await.unwrap_err();
        assert_eq!(refused.status, 503);
        drop(runs);
        waits.await.unwrap();
        assert_eq!(admission.running_and_waiting(), (0, 0));
    }
}
