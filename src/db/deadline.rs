//! Work that takes too long is ended, on SQLite: a statement that nobody waits for any more would
//! otherwise hold its connection until it is through. PostgreSQL has `statement_timeout`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{Error, SqliteConnection};

/// How many steps SQLite takes between two looks at the clock: well under a millisecond.
pub(super) const PROGRESS_STEPS: i32 = 10_000;

/// A running statement is looked at all the time; after such a pause it is another one.
const IDLE_GAP: Duration = Duration::from_secs(1);

/// When the work of a connection began, and when it was last looked at.
type WorkTimer = Arc<Mutex<Option<(Instant, Instant)>>>;

/// Ends every transaction of the connection, other than by a commit, that has worked for longer than
/// `timeout`: its statement fails as interrupted.
///
/// # Errors
/// Where the connection is broken.
pub(super) async fn enforce_timeout(
    connection: &mut SqliteConnection,
    timeout: Duration,
) -> Result<(), Error> {
    let mut handle = connection.lock_handle().await?;
    let busy = WorkTimer::default();
    let ended = busy.clone();
    // A request reads in one transaction, which ends by being rolled back.
    handle.set_rollback_hook(move || *lock(&ended) = None);
    handle.set_progress_handler(PROGRESS_STEPS, move || {
        let now = Instant::now();
        let mut busy = lock(&busy);
        let since = match *busy {
            Some((since, last)) if now - last < IDLE_GAP => since,
            _ => now,
        };
        *busy = Some((since, now));
        now - since < timeout
    });
    Ok(())
}

fn lock(busy: &WorkTimer) -> std::sync::MutexGuard<'_, Option<(Instant, Instant)>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
