//! Admission control: a limited number of requests run, some more wait, and further ones get 503
//! before the server is overloaded.

use std::sync::Arc;

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use super::error::HttpError;

/// Limits the requests that run and wait.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    running: Arc<Semaphore>,
    /// A permit for each request that runs or waits.
    admitted: Arc<Semaphore>,
    max_running: usize,
    max_waiting: usize,
}

/// Held by a request while it runs.
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

    /// Waits until the request may run, but not longer than until `deadline`.
    ///
    /// # Errors
    /// 503 if too many requests are waiting already, or the deadline passes.
    pub(super) async fn acquire(&self, deadline: Instant) -> Result<AdmissionPermit, HttpError> {
        let full = || {
            HttpError::overloaded(format!(
                "the server is busy: {} requests are running (limits.maxConcurrentRequests) and {} are \
                 waiting (limits.maxWaitingRequests); try again in a second",
                self.max_running, self.max_waiting
            ))
        };
        let admitted = self
            .admitted
            .clone()
            .try_acquire_owned()
            .map_err(|_| full())?;
        let running = timeout_at(deadline, self.running.clone().acquire_owned())
            .await
            .map_err(|_| self.waited_too_long())?
            .map_err(|_| full())?;
        Ok(AdmissionPermit {
            _running: running,
            _admitted: admitted,
        })
    }

    /// The error of a request that spent its time waiting.
    pub(super) fn waited_too_long(&self) -> HttpError {
        HttpError::overloaded(format!(
            "the server is busy: the request waited until its time limit (limits.requestTimeoutMs), because {} \
             requests are running (limits.maxConcurrentRequests); try again in a second",
            self.max_running
        ))
    }

    /// The numbers of requests that run and that wait.
    pub(super) fn running_and_waiting(&self) -> (usize, usize) {
        let admitted = self.max_running + self.max_waiting - self.admitted.available_permits();
        let running = self.max_running - self.running.available_permits();
        (running, admitted.saturating_sub(running))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn requests_run_wait_or_get_503() {
        let soon = || Instant::now() + Duration::from_millis(50);
        let admission = Admission::new(1, 1);
        let running = admission.acquire(soon()).await.unwrap();
        let mut waiting = Box::pin(admission.acquire(soon()));
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(admission.running_and_waiting(), (1, 1));
        let error = admission.acquire(soon()).await.unwrap_err();
        assert_eq!(error.status, 503);
        assert!(error.message.contains("1 are waiting"), "{}", error.message);
        drop(running);
        let running = waiting.await.unwrap();
        let error = admission.acquire(soon()).await.unwrap_err();
        assert_eq!(error.status, 503);
        assert!(error.message.contains("time limit"), "{}", error.message);
        drop(running);
        assert_eq!(admission.running_and_waiting(), (0, 0));
    }
}
