//! How many may be connected at once, and who makes room.

use std::collections::VecDeque;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places of a server.
pub struct Places {
    most: usize,
    taken: Mutex<Taken>,
}

/// The oldest first.
#[derive(Default)]
struct Taken {
    next: u64,
    connections: VecDeque<Connection>,
}

struct Connection {
    number: u64,
    /// The stream, as long as no whole request has come over it.
    idle: Option<TcpStream>,
}

/// A place, until it is dropped: however the conversation ends.
pub struct Place {
    places: Arc<Places>,
    number: u64,
}

impl Places {
    /// So many places.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            taken: Mutex::new(Taken {
                next: 0,
                connections: VecDeque::new(),
            }),
        }
    }

    /// A place for a stream. Where all are taken, the oldest that has not asked yet is closed; `None` where all have.
    pub fn take(places: &Arc<Self>, stream: &TcpStream) -> Option<Place> {
        let idle = stream.try_clone().ok()?;
        let mut taken = places.lock();
        if taken.connections.len() >= places.most {
            let oldest = taken
                .connections
                .iter()
                .position(|connection| connection.idle.is_some())?;
            let connection = taken.connections.remove(oldest)?;
            if let Some(stream) = connection.idle {
                // Its thread reads the end of it.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        let number = taken.next;
        taken.next += 1;
        taken.connections.push_back(Connection {
            number,
            idle: Some(idle),
        });
        drop(taken);
        Some(Place {
            places: Arc::clone(places),
            number,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// From now on nobody else gets it.
    pub fn has_asked(&self) {
        let mut taken = self.places.lock();
        let mut connections = taken.connections.iter_mut();
        if let Some(own) = connections.find(|connection| connection.number == self.number) {
            own.idle = None;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken
            .connections
            .retain(|connection| connection.number != self.number);
    }
}
