//! Frames of the camera: one worker, the latest frame wins, so that memory and waiting stay bounded however fast they come.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use faces::thresholds::Thresholds;
use tokio::sync::oneshot;

use super::problem::{Answer, Problem};
use crate::station::capture::{CheckedPortrait, Examiner};

/// How long a frame may take: a hundred times what it takes.
const LONGEST: Duration = Duration::from_secs(10);

/// What came out of a frame, and how long it took.
pub type Looked = (biometrics::Result<CheckedPortrait>, Duration);

/// The desk of the worker: at most one frame lies on it, and one is in work.
#[derive(Default)]
struct Desk {
    frame: Option<(Bytes, oneshot::Sender<Looked>)>,
    is_closed: bool,
}

/// The worker.
pub struct Live {
    shared: Arc<(Mutex<Desk>, Condvar)>,
}

impl Live {
    /// Starts the worker.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn start(thresholds: Thresholds) -> std::io::Result<Self> {
        let shared = Arc::new((Mutex::new(Desk::default()), Condvar::new()));
        let desk = Arc::clone(&shared);
        thread::Builder::new()
            .name("live check".into())
            .spawn(move || work(&desk, thresholds))?;
        Ok(Self { shared })
    }

    /// Lays a frame on the desk. The one that lay there is answered as overtaken.
    ///
    /// # Errors
    /// [`Problem::overtaken`]; those of the decoder.
    pub async fn look(&self, frame: Bytes) -> Answer<(CheckedPortrait, Duration)> {
        let (sender, receiver) = oneshot::channel();
        {
            let (desk, bell) = &*self.shared;
            lock(desk).frame = Some((frame, sender));
            bell.notify_one();
        }
        // A worker that has died answers nobody.
        let answer = tokio::time::timeout(LONGEST, receiver).await;
        let answer = answer.map_err(|_| Problem::internal())?;
        let (checked, time) = answer.map_err(|_| Problem::overtaken())?;
        Ok((checked?, time))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let (desk, bell) = &*self.shared;
        lock(desk).is_closed = true;
        bell.notify_one();
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(shared: &(Mutex<Desk>, Condvar), thresholds: Thresholds) {
    let (desk, bell) = shared;
    let mut examiner = Examiner::new(thresholds);
    loop {
        let mut held = lock(desk);
        let (frame, sender) = loop {
            if held.is_closed {
                return;
            }
            match held.frame.take() {
                Some(frame) => break frame,
                None => held = bell.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(held);
        // Who has gone away needs no answer.
        if sender.is_closed() {
            continue;
        }
        let start = Instant::now();
        let looked = examiner.frame(&frame);
        let _ = sender.send((looked, start.elapsed()));
    }
}
