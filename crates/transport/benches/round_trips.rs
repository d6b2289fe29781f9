//! APDUs per second on the way to a chip: READ BINARY of 231 octets.
//!
//! Three ways, measured in turn in one run: the chip in memory; a bare exchange of the same octets over a local socket, which is
//! the least that a virtual reader can cost; and `pcscd` with the virtual reader. Out of the box the last one reaches some 20 per
//! second, because of delayed acknowledgements.
//!
//! `cargo xtask bench` starts the daemon and names the slot in `CARD_TOOLCHAIN_VPCD`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement ends at the first surprise"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use iso7816::{Channel, Chip, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use transport::memory::MemoryChannel;
use transport::pcsc::{Monitor, Options, PcscChannel, Slot};
use transport::vpcd;

const ATR: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, b'B', b'E', b'N', b'C', b'H', 0x46];
const LE: usize = 231;
const ROUNDS: usize = 15;
const COMMANDS: u32 = 1000;
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers READ BINARY with as much as is asked for.
struct Generous;

impl Chip for Generous {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn reset(&mut self) {}

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let command = CommandApdu::parse(command).expect("the driver passes APDUs unchanged");
        let le = command.le.map_or(0, |le| le.get() as usize);
        ResponseApdu::new(vec![0xA5; le], StatusWord::OK).to_bytes()
    }
}

fn main() {
    let slots = std::env::var("CARD_TOOLCHAIN_VPCD").expect("started by `cargo xtask bench`");
    let address = slots.split(',').next().expect("a slot").to_owned();
    let connection = vpcd::connect(&address, &ATR, PATIENCE).expect("a free slot");
    let stop = connection.stop_handle().expect("a handle");
    let card = thread::spawn(move || connection.serve(&mut Generous));

    let reader = reader_of_card();
    let mut pcsc =
        PcscChannel::open(&reader.parse().expect("a name"), Options::default()).expect("our card");
    let mut memory = MemoryChannel::new(Generous);
    let mut socket = echo();
    let ways: [(&str, &mut dyn FnMut()); 3] = [
        ("in memory", &mut || read(&mut memory)),
        ("bare local socket", &mut || ping(&mut socket)),
        ("pcscd and virtual reader", &mut || read(&mut pcsc)),
    ];
    report(ways);

    drop(pcsc);
    stop.stop();
    card.join().expect("no panic").expect("a clean end");
}

fn report(mut ways: [(&str, &mut dyn FnMut()); 3]) {
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (way, rates) in ways.iter_mut().zip(&mut rates) {
            rates.push(rate(way.1));
        }
    }
    let rates = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[ROUNDS / 2]
    });
    println!(
        "{:26} {:>12} {:>22}",
        "way", "APDU/s", "share of bare socket"
    );
    for ((name, _), rate) in ways.iter().zip(rates) {
        println!("{name:26} {rate:12.0} {:22.2}", rate / rates[1]);
    }
}

fn rate(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..COMMANDS {
        work();
    }
    f64::from(COMMANDS) / start.elapsed().as_secs_f64()
}

fn read(channel: &mut dyn Channel) {
    let command = CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::saturating(LE));
    let answer = channel.transmit(&command).expect("an answer");
    assert_eq!(answer.data.len(), LE);
}

/// Octets of the command and of the answer, each with the two octets of length in front that the virtual reader uses.
const PING: [u8; 2 + 5] = [0; 7];
const PONG: [u8; 2 + LE + 2] = [0; 2 + LE + 2];

fn echo() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let client = TcpStream::connect(listener.local_addr().expect("an address")).expect("a peer");
    let (mut server, _) = listener.accept().expect("a peer");
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("an option");
    }
    thread::spawn(move || {
        let mut ping = PING;
        while server.read_exact(&mut ping).is_ok() && server.write_all(&PONG).is_ok() {}
    });
    client
}

fn ping(socket: &mut TcpStream) {
    let mut pong = PONG;
    socket.write_all(&PING).expect("a peer");
    socket.read_exact(&mut pong).expect("a peer");
}

fn reader_of_card() -> String {
    let monitor = Monitor::new().expect("the daemon answers");
    monitor
        .wait_until(Some(PATIENCE), |readers| {
            let ours = readers.iter().find(
                |reader| matches!(&reader.slot, Slot::Card { atr, .. } if atr.as_slice() == ATR),
            );
            ours.map(|reader| reader.name.clone())
        })
        .expect("our card is seen")
}
