//! The card side of vpcd, the virtual reader of vsmartcard: a chip in a reader that every PC/SC program on the machine sees.
//!
//! The driver speaks first. Every message, in both directions, is a length of two octets (big endian) and that many octets:
//!
//! | From the driver | Meaning | Answer |
//! |---|---|---|
//! | `00`, `01`, `02` | power off, power on, reset | none |
//! | `04` | answer to reset; also "are you still there", 2.5 times a second | the ATR |
//! | anything longer | command APDU | response APDU |
//!
//! The virtual reader has no access control: it listens on all interfaces. It belongs on test machines only.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use iso7816::{Chip, ResponseApdu, StatusWord};
use zeroize::Zeroizing;

use crate::{Error, Result};

/// Port of the first slot of an unchanged installation; the second slot is on the next one.
pub const DEFAULT_PORT: u16 = 35_963;

/// How long a slot must be left empty before the next card comes: within one poll of the service two cards are one.
pub const SETTLE: Duration = Duration::from_millis(500);

/// The service polls every 0.4 s and powers a card that it notices. One not powered by now is not noticed.
const NOTICED: Duration = Duration::from_secs(2);
const RETRY_PAUSE: Duration = Duration::from_millis(50);
/// The driver listens for one card. One more may wait in its queue, and the next gets no answer to its first packet.
const REACHED: Duration = Duration::from_secs(1);

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// A connection to a slot of the virtual reader: the card is in.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    stopped: Arc<AtomicBool>,
}

/// Takes the card out, from another thread.
#[derive(Debug)]
pub struct StopHandle {
    stream: TcpStream,
    stopped: Arc<AtomicBool>,
}

/// How a card's time in the reader ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// How many command APDUs the chip executed.
    pub commands: u64,
    /// How many of them ended in a panic and were answered `6F00`.
    pub panics: u64,
    /// Who ended it.
    pub end: End,
}

/// Who took the card out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A [`StopHandle`].
    Stopped,
    /// The reader: the service was shut down.
    ReaderClosed,
}

/// Puts a card with this answer to reset into the slot that listens at `address`, and waits until the reader has powered
/// it, trying again until `patience` is over.
///
/// A card that comes too soon after another one was lost is asked for its ATR for ever but never powered, and the reader
/// shows itself empty: such a card is taken out and put in again.
///
/// # Errors
/// [`Error::VirtualReader`] with the last reason when nobody listens in time, [`Error::SlotTaken`] when the reader
/// takes the card but does not power it.
pub fn connect(address: impl ToSocketAddrs, atr: &[u8], patience: Duration) -> Result<Connection> {
    let deadline = Instant::now() + patience;
    loop {
        let (error, pause) = match insert(&address, atr) {
            Ok(connection) => return Ok(connection),
            Err(error @ Error::SlotTaken) => (error, SETTLE),
            Err(error) => (error, RETRY_PAUSE),
        };
        if Instant::now() >= deadline {
            return Err(error);
        }
        std::thread::sleep(pause);
    }
}

/// One try: answers with the ATR until the reader powers the card.
fn insert(address: &impl ToSocketAddrs, atr: &[u8]) -> Result<Connection> {
    let stream = reach(address)?;
    stream.set_read_timeout(Some(NOTICED)).map_err(broken)?;
    let until = Instant::now() + NOTICED;
    let mut connection = Connection::new(stream);
    while Instant::now() < until {
        match connection.receive() {
            Ok(Some(message)) => match message.as_slice() {
                [POWER_ON | RESET] => {
                    connection.stream.set_read_timeout(None).map_err(broken)?;
                    return Ok(connection);
                }
                [GET_ATR] => connection.send(atr).map_err(broken)?,
                [] | [_] => {}
                _ => connection.send(&no_precise_diagnosis()).map_err(broken)?,
            },
            Ok(None) => break,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(source) => return Err(broken(source)),
        }
    }
    Err(Error::SlotTaken)
}

/// The first of the addresses that answers. Nobody waits for the system's own patience, which is minutes.
fn reach(address: &impl ToSocketAddrs) -> Result<TcpStream> {
    let unreachable = |source| Error::VirtualReader {
        what: "nobody listens at the address of the slot",
        source,
    };
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs().map_err(unreachable)? {
        match TcpStream::connect_timeout(&address, REACHED) {
            Ok(stream) => return Ok(stream),
            // On this machine somebody listens and takes no more.
            Err(error) if error.kind() == ErrorKind::TimedOut && address.ip().is_loopback() => {
                return Err(Error::SlotTaken);
            }
            Err(error) => last = error,
        }
    }
    Err(unreachable(last))
}

/// Serves a chip on a connection until the reader closes it. The same as [`Connection::serve`], without a way to stop it.
///
/// # Errors
/// As [`Connection::serve`].
pub fn serve(stream: TcpStream, chip: &mut dyn Chip) -> Result<Served> {
    Connection::new(stream).serve(chip)
}

impl Connection {
    /// A connection made elsewhere.
    #[must_use]
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            stopped: Arc::default(),
        }
    }

    /// A handle that takes the card out.
    ///
    /// # Errors
    /// [`Error::VirtualReader`] when the process has no file descriptor left.
    pub fn stop_handle(&self) -> Result<StopHandle> {
        Ok(StopHandle {
            stream: self.stream.try_clone().map_err(broken)?,
            stopped: Arc::clone(&self.stopped),
        })
    }

    /// Powers the chip and lets it answer until somebody takes it out. A chip that panics answers `6F00` and is reset, as a card that
    /// has lost power: the reader never hangs.
    ///
    /// # Errors
    /// [`Error::VirtualReader`] when the connection breaks within a message.
    pub fn serve(mut self, chip: &mut dyn Chip) -> Result<Served> {
        let mut guarded = Guarded {
            chip,
            commands: 0,
            panics: 0,
        };
        guarded.reset();
        let end = match self.converse(&mut guarded) {
            _ if self.stopped.load(Ordering::Acquire) => End::Stopped,
            Ok(()) => End::ReaderClosed,
            Err(source) => return Err(broken(source)),
        };
        Ok(Served {
            commands: guarded.commands,
            panics: guarded.panics,
            end,
        })
    }

    fn converse(&mut self, chip: &mut Guarded<'_>) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        while let Some(message) = self.receive()? {
            if let Some(answer) = chip.answer(&message) {
                self.send(&answer)?;
            }
        }
        Ok(())
    }

    /// The next message, or none when the reader has closed the connection between two messages.
    fn receive(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut length = [0; 2];
        match self.fill(&mut length) {
            Ok(()) => {}
            Err(e)
                if matches!(
                    e.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                ) =>
            {
                return Ok(None);
            }
            Err(e) => return Err(e),
        }
        let mut message = Zeroizing::new(vec![0; usize::from(u16::from_be_bytes(length))]);
        self.fill(&mut message)?;
        Ok(Some(message))
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        acknowledge_at_once(&self.stream)?;
        self.stream.read_exact(buffer)
    }

    /// Length and body in one write, so that the other side need not wait for a second packet.
    fn send(&mut self, answer: &[u8]) -> io::Result<()> {
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        self.stream
            .write_all(&[&length.to_be_bytes()[..], answer].concat())
    }
}

impl StopHandle {
    /// Takes the card out: [`Connection::serve`] returns with [`End::Stopped`]. A command in progress is cut off.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        // Fails when the reader was faster; then there is nothing left to stop.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// A chip whose panics and illegal answers stay inside.
struct Guarded<'a> {
    chip: &'a mut dyn Chip,
    commands: u64,
    panics: u64,
}

impl Guarded<'_> {
    fn answer(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        match message {
            [] => None,
            [POWER_OFF | POWER_ON | RESET] => {
                self.reset();
                None
            }
            [GET_ATR] => Some(self.attempt(|chip| chip.atr()).unwrap_or_default()),
            command => Some(self.execute(command)),
        }
    }

    fn reset(&mut self) {
        self.attempt(|chip| chip.reset());
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.commands += 1;
        match self.attempt(|chip| chip.execute(command)) {
            // Length 0 hangs the driver, one octet is no answer, and the frame ends at 65,535.
            Some(answer) if (2..=usize::from(u16::MAX)).contains(&answer.len()) => answer,
            Some(_) => no_precise_diagnosis(),
            None => {
                self.panics += 1;
                self.reset();
                no_precise_diagnosis()
            }
        }
    }

    /// Runs the chip. A panic may leave it in the middle of a change, which is what `AssertUnwindSafe` waives. That is
    /// right here: for the chip it is a loss of power, which it must survive anyway, and the reset that follows drops
    /// all that is volatile.
    fn attempt<T>(&mut self, work: impl FnOnce(&mut dyn Chip) -> T) -> Option<T> {
        catch_unwind(AssertUnwindSafe(|| work(self.chip))).ok()
    }
}

fn no_precise_diagnosis() -> Vec<u8> {
    ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS).to_bytes()
}

fn broken(source: io::Error) -> Error {
    Error::VirtualReader {
        what: "the connection broke",
        source,
    }
}

/// Drivers up to version 0.8 send length and body apart and wait for the acknowledgement in between; Linux delays it by
/// 40 ms unless told otherwise before every single read.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn acknowledge_at_once(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_quickack(true)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn acknowledge_at_once(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::test_chip::EchoChip;

    /// Plays the driver: a listener, the accepted connection, and a chip served in another thread.
    struct Driver {
        stream: TcpStream,
        card: thread::JoinHandle<(Result<Served>, EchoChip)>,
        stop: StopHandle,
    }

    impl Driver {
        fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let connection =
                Connection::new(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
            let stop = connection.stop_handle().unwrap();
            let card = thread::spawn(move || {
                let mut chip = EchoChip::default();
                (connection.serve(&mut chip), chip)
            });
            let stream = listener.accept().unwrap().0;
            stream.set_nodelay(true).unwrap();
            Self { stream, card, stop }
        }

        fn send(&mut self, message: &[u8]) {
            let length = u16::try_from(message.len()).unwrap().to_be_bytes();
            self.stream.write_all(&length).unwrap();
            self.stream.write_all(message).unwrap();
        }

        fn receive(&mut self) -> Vec<u8> {
            let mut length = [0; 2];
            self.stream.read_exact(&mut length).unwrap();
            let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
            self.stream.read_exact(&mut answer).unwrap();
            answer
        }

        fn ask(&mut self, message: &[u8]) -> Vec<u8> {
            self.send(message);
            self.receive()
        }

        fn finish(self) -> (Result<Served>, EchoChip) {
            drop(self.stream);
            self.card.join().unwrap()
        }
    }

    #[test]
    fn a_session_as_the_driver_leads_it() {
        let mut driver = Driver::new();
        driver.send(&[POWER_ON]);
        assert_eq!(driver.ask(&[GET_ATR]), EchoChip::ATR);
        assert_eq!(driver.ask(&[0, 1, 0, 0, 2, 8, 9]), [8, 9, 0x90, 0]);
        assert_eq!(driver.ask(&[0, 5, 7, 0]), [0, 0x90, 0], "remember 7");
        assert_eq!(driver.ask(&[GET_ATR]), EchoChip::ATR, "touches no state");
        assert_eq!(driver.ask(&[0, 5, 0, 0]), [7, 0x90, 0]);
        driver.send(&[0, 5, 9, 0]);
        driver.receive();
        driver.send(&[RESET]);
        assert_eq!(driver.ask(&[0, 5, 0, 0]), [0, 0x90, 0], "forgotten");
        driver.send(&[POWER_OFF]);
        let (served, chip) = driver.finish();
        let expected = Served {
            commands: 5,
            panics: 0,
            end: End::ReaderClosed,
        };
        assert_eq!((served.unwrap(), chip.resets), (expected, 4));
    }

    #[test]
    fn a_message_in_pieces_is_one_message() {
        let mut driver = Driver::new();
        for byte in [0, 7, 0, 1, 0, 0, 2, 8, 9] {
            driver.stream.write_all(&[byte]).unwrap();
            thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(driver.receive(), [8, 9, 0x90, 0]);
    }

    #[test]
    fn bad_chips_never_hang_the_reader() {
        let mut driver = Driver::new();
        for command in [EchoChip::PANIC, EchoChip::SILENCE, EchoChip::FLOOD] {
            driver.send(&[0, 5, 1, 0]);
            driver.receive();
            assert_eq!(driver.ask(&[0, command.0, 0, 0]), [0x6F, 0], "{command}");
        }
        assert_eq!(driver.ask(&[1, 2]), [0x67, 0], "no APDU");
        assert_eq!(driver.ask(&[GET_ATR]), EchoChip::ATR);
        let (served, chip) = driver.finish();
        assert_eq!((served.unwrap().panics, chip.resets), (1, 2));
    }

    #[test]
    fn the_largest_frames_pass() {
        let mut driver = Driver::new();
        let read = [0, 0xB0, 0, 0, 0, 0xFF, 0xFD];
        assert_eq!(driver.ask(&read).len(), 65_535);
        let mut echo = vec![0, 1, 0, 0, 0, 0xFF, 0xF8];
        echo.resize(7 + 0xFFF8, 0x55);
        assert_eq!(driver.ask(&echo).len(), 0xFFF8 + 2);
    }

    #[test]
    fn a_card_is_taken_out_from_another_thread() {
        let mut driver = Driver::new();
        driver.ask(&[GET_ATR]);
        driver.stop.stop();
        let (served, _) = driver.finish();
        assert_eq!(served.unwrap().end, End::Stopped);
    }

    #[test]
    fn a_break_within_a_message_is_an_error() {
        let mut driver = Driver::new();
        driver.stream.write_all(&[0, 9, 0, 0xB0]).unwrap();
        let (served, _) = driver.finish();
        assert!(matches!(served, Err(Error::VirtualReader { .. })));
    }

    #[test]
    fn a_card_is_put_in_again_until_the_reader_powers_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let reader = thread::spawn(move || {
            let poll = |stream: &mut TcpStream| {
                stream.write_all(&[0, 1, GET_ATR]).unwrap();
                let mut answer = [0; 2 + EchoChip::ATR.len()];
                stream.read_exact(&mut answer).unwrap();
                assert_eq!(answer[2..], EchoChip::ATR);
            };
            let mut stream = listener.accept().unwrap().0;
            poll(&mut stream); // the first time without noticing
            drop(stream);
            let mut stream = listener.accept().unwrap().0;
            poll(&mut stream);
            stream.write_all(&[0, 1, POWER_ON]).unwrap();
            poll(&mut stream);
        });
        let mut chip = EchoChip::default();
        let connection = connect(address, &chip.atr(), Duration::from_secs(5)).unwrap();
        assert_eq!(connection.serve(&mut chip).unwrap().commands, 0);
        assert_eq!(chip.resets, 1);
        reader.join().unwrap();
    }

    #[test]
    fn a_slot_that_never_powers_the_card_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let reader = thread::spawn(move || drop(listener.accept().unwrap()));
        let taken = connect(address, &EchoChip::ATR, Duration::ZERO);
        assert!(matches!(taken, Err(Error::SlotTaken)), "{taken:?}");
        reader.join().unwrap();
    }

    #[test]
    fn nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let refused = connect(address, &EchoChip::ATR, Duration::from_millis(60));
        assert!(matches!(refused, Err(Error::VirtualReader { .. })));
    }
}
