//! The time limit for reading SQLite: a statement whose request has ended would otherwise occupy its
//! connection until it finishes. PostgreSQL has `statement_timeout` for this.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{Error, SqliteConnection};

/// The number of virtual machine steps between two checks of the clock: well under a millisecond.
pub(super) const PROGRESS_STEPS: i32 = 10_000;

/// A running statement is checked much more often than this, so after such a gap a new one began.
const IDLE_GAP: Duration = Duration::from_secs(1);

/// The times at which the work of a connection began and at which it was last checked.
type WorkTimer = Arc<Mutex<Option<(Instant, Instant)>>>;

/// Limits the time of each transaction on the connection: after `timeout`, the running statement
/// fails as interrupted.
///
/// # Errors
/// If the connection is broken.
pub(super) async fn enforce_timeout(
    connection: &mut SqliteConnection,
    timeout: Duration,
) -> Result<(), Error> {
    let mut handle = connection.lock_handle().await?;
    let timer = WorkTimer::default();
    let rollback_timer = timer.clone();
    // A request reads in one transaction, which is rolled back at the end.
    handle.set_rollback_hook(move || *lock(&rollback_timer) = None);
    handle.set_progress_handler(PROGRESS_STEPS, move || {
        let now = Instant::now();
        let mut timer = lock(&timer);
        let started_at = match *timer {
            Some((started_at, last_check)) if now - last_check < IDLE_GAP => started_at,
            _ => now,
        };
        *timer = Some((started_at, now));
        now - started_at < timeout
    });
    Ok(())
}

fn lock(timer: &WorkTimer) -> std::sync::MutexGuard<'_, Option<(Instant, Instant)>> {
    timer.lock().unwrap_or_else(PoisonError::into_inner)
}
