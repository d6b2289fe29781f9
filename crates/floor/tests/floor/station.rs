//! Cards through a machine that jams, feeds two, loses power, hangs, reads another number, and lies: no card is lost, none is made twice.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use floor::station::{
    Answer, Came, ChipLine, Contract, Fault, Feeding, Handle, Machine, NoChip, NumberRule,
    Position, Step, Stop, Writing, cleared,
};
use floor::{Desk as _, Error, Lane, Refused, Stage};
use iso7816::Channel;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::hall::{Fuse, Hall, Moment, Spot, WRITER, What, person};

const NAME: &str = "press-1";
const CARDS: usize = 4;

fn contract(number: NumberRule) -> Contract {
    let handle = Handle {
        command: vec!["/bin/true".to_owned()],
        seconds: 1,
    };
    Contract {
        name: NAME.to_owned(),
        reader: "R".to_owned(),
        environment: Vec::new(),
        number,
        chip_seconds: 1,
        position: Some(handle.clone()),
        get: handle.clone(),
        encode: Some(handle.clone()),
        done: handle.clone(),
        reject: handle,
    }
}

/// What goes wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The step is not done: the card stays where it is.
    NotDone(Step, &'static str),
    /// The step is done, and its program dies before it says so.
    DoneUnsaid(Step),
    /// Another number is printed.
    OtherNumber,
    /// No number is read.
    NoNumber,
    /// The chip does not answer at once.
    MuteOnce,
    /// It never does.
    Mute,
    /// The chip is pulled at this command, and is there again.
    Torn(u64),
}

/// A machine with a stack of cards, each with a number printed on it; trays for the good and for the rejects.
struct Simulator {
    stack: VecDeque<usize>,
    at_encoder: Option<usize>,
    good: Vec<usize>,
    rejects: Vec<usize>,
    trouble: Option<(usize, Trouble)>,
}

impl Simulator {
    fn new(trouble: Option<(usize, Trouble)>) -> Self {
        Self {
            stack: (0..CARDS).collect(),
            at_encoder: None,
            good: Vec::new(),
            rejects: Vec::new(),
            trouble,
        }
    }

    /// The trouble that this card has, if it is of this kind; it comes once.
    fn takes(&mut self, card: Option<usize>, is_it: impl Fn(Trouble) -> bool) -> Option<Trouble> {
        let (at, trouble) = self.trouble?;
        let comes = card == Some(at) && is_it(trouble);
        if comes {
            self.trouble = None;
        }
        comes.then_some(trouble)
    }

    fn fault(word: &str) -> Fault {
        match word {
            "jam" => Fault::Jam,
            "double" => Fault::DoubleFeed,
            "power" => Fault::NoPower,
            "hung" => Fault::Hung(1),
            other => Fault::Died(other.to_owned()),
        }
    }

    /// A person opens it and puts what is inside back onto the stack.
    fn open(&mut self) {
        if let Some(card) = self.at_encoder.take() {
            self.stack.push_front(card);
        }
    }

    fn printed(card: usize) -> String {
        format!("X{card:08}")
    }
}

type Shared = Rc<RefCell<Simulator>>;

/// Machine and reader are one thing: the chip at the encoder is the one that was fed.
struct Bench<'h> {
    hall: &'h Hall,
    fuse: Arc<Fuse>,
    simulator: Shared,
}

/// A host that is dead moves nothing any more.
struct Wheels(Shared, Arc<Fuse>);

impl Machine for Wheels {
    fn step(&mut self, step: Step, _: &[(&'static str, &str)]) -> Result<Answer, Fault> {
        if self.1.has_blown() {
            return Err(Fault::NoPower);
        }
        let mut machine = self.0.borrow_mut();
        let card = match step {
            Step::Get => machine.stack.front().copied(),
            _ => machine.at_encoder,
        };
        if let Some(Trouble::NotDone(_, word)) = machine.takes(
            card,
            |trouble| matches!(trouble, Trouble::NotDone(at, _) if at == step),
        ) {
            return Err(Simulator::fault(word));
        }
        let unsaid = machine.takes(card, |trouble| trouble == Trouble::DoneUnsaid(step));
        let mut answer = Answer::default();
        match step {
            Step::Position => {
                let at = machine
                    .at_encoder
                    .map_or(Position::Empty, |_| Position::AtStation);
                answer.position = Some(at);
            }
            Step::Get => {
                machine.at_encoder = Some(machine.stack.pop_front().ok_or(Fault::NoMore)?);
            }
            Step::Encode => {
                let number = card.map(Simulator::printed);
                answer.number = match machine.takes(card, |trouble| {
                    matches!(trouble, Trouble::OtherNumber | Trouble::NoNumber)
                }) {
                    Some(Trouble::OtherNumber) => Some("X99999999".to_owned()),
                    Some(_) => None,
                    None => number,
                };
            }
            Step::Done => {
                let card = machine.at_encoder.take().unwrap();
                machine.good.push(card);
            }
            Step::Reject => {
                let card = machine.at_encoder.take().unwrap();
                machine.rejects.push(card);
            }
        }
        match unsaid {
            Some(_) => Err(Fault::Died("signal: 9".to_owned())),
            None => Ok(answer),
        }
    }
}

impl ChipLine for Bench<'_> {
    fn connect(&mut self, _: Duration) -> Result<Box<dyn Channel + '_>, NoChip> {
        let mut machine = self.simulator.borrow_mut();
        let card = machine.at_encoder;
        let trouble = machine.takes(card, |trouble| {
            matches!(
                trouble,
                Trouble::Mute | Trouble::MuteOnce | Trouble::Torn(_)
            )
        });
        let fuse = match trouble {
            Some(Trouble::Torn(at)) => Fuse::new(What::Card, at, Moment::After),
            Some(trouble) => {
                if trouble == Trouble::Mute {
                    machine.trouble = card.map(|card| (card, Trouble::Mute));
                }
                return Err(NoChip("no answer".to_owned()));
            }
            None => Arc::clone(&self.fuse),
        };
        Ok(Box::new(self.hall.insert(card.unwrap(), &fuse)))
    }
}

/// What a run came to: all that came out, and how it ended.
fn run(
    hall: &Hall,
    fuse: &Arc<Fuse>,
    simulator: &Shared,
    rule: NumberRule,
) -> (Vec<Came>, Result<(), Error>) {
    let desk = &hall.desk(fuse);
    let contract = contract(rule);
    let by = person(WRITER);
    let mut line = Bench {
        hall,
        fuse: Arc::clone(fuse),
        simulator: simulator.clone(),
    };
    let mut feeding = Feeding {
        contract: &contract,
        machine: &mut Wheels(simulator.clone(), Arc::clone(fuse)),
        line: &mut line,
        lane: Lane {
            reader: NAME,
            by: &by,
            desk,
        },
    };
    let mut rng = StdRng::seed_from_u64(11);
    let mut watch = |_: &floor::Card, _| {};
    let mut writing = Writing {
        role: &hall.office.keys.personalisation,
        rng: &mut rng,
        watch: &mut watch,
    };
    let mut came = Vec::new();
    match feeding.begin(&mut writing) {
        Ok(left) => came.extend(left),
        Err(error) => return (came, Err(error)),
    }
    loop {
        match feeding.next(&mut writing) {
            Ok(Came::NoMore) => return (came, Ok(())),
            Ok(card) => came.push(card),
            Err(error) => return (came, Err(error)),
        }
    }
}

/// Every chip is somewhere, none is made twice, and what the trays hold is what the journal says.
#[track_caller]
fn accounts(hall: &Hall, simulator: &Simulator, trouble: Trouble) {
    hall.no_half_card();
    let mut seen: Vec<usize> = [&simulator.good[..], &simulator.rejects[..]].concat();
    seen.extend(&simulator.at_encoder);
    seen.extend(&simulator.stack);
    seen.sort_unstable();
    assert_eq!(seen, (0..CARDS).collect::<Vec<_>>(), "{trouble:?}");
    for card in 0..CARDS {
        let (_, job) = &hall.chips[card];
        let is_good = simulator.good.contains(&card);
        assert_eq!(
            hall.stage(card) == Stage::Written,
            hall.lines("written", *job) == 1,
            "{trouble:?}"
        );
        assert!(
            !is_good || hall.stage(card) == Stage::Written,
            "{trouble:?}: card {card}"
        );
        assert!(
            hall.lines("written", *job) <= 1,
            "{trouble:?}: card {card} was written twice"
        );
    }
    let desk = hall.desk(&Fuse::none());
    let journal = desk.journal.lock().unwrap();
    assert!(journal.state().numbers().adds_up(), "{trouble:?}");
}

fn bench(trouble: Option<Trouble>) -> (Hall, Shared) {
    let hall = Hall::of(CARDS);
    hall.take();
    let simulator = Simulator::new(trouble.map(|trouble| (1, trouble)));
    (hall, Rc::new(RefCell::new(simulator)))
}

/// A machine that stops is opened by a person; then the same command goes on, and all cards become good.
#[test]
fn a_machine_that_stops_is_cleared_and_goes_on() {
    let mut troubles = Vec::new();
    for step in [Step::Get, Step::Encode, Step::Done] {
        for word in ["jam", "double", "power", "hung", "exit status: 1"] {
            troubles.push(Trouble::NotDone(step, word));
        }
        troubles.push(Trouble::DoneUnsaid(step));
    }
    for trouble in troubles {
        let (hall, simulator) = bench(Some(trouble));
        let (came, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Compared);
        assert_eq!(came.len(), 1, "{trouble:?}");
        let Err(Error::Station(Stop { inside, .. })) = ended else {
            panic!("{trouble:?}: {ended:?}");
        };
        let was_written = matches!(
            trouble,
            Trouble::NotDone(Step::Done, _) | Trouble::DoneUnsaid(Step::Done)
        );
        assert_eq!(inside.is_some(), was_written, "{trouble:?}");
        accounts(&hall, &simulator.borrow(), trouble);
        // Nobody goes on over a machine that has stopped: not this process, not the next one.
        let (came, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Compared);
        assert!(
            came.is_empty() && matches!(ended, Err(Error::Station(_))),
            "{trouble:?}"
        );
        simulator.borrow_mut().open();
        let desk = hall.desk(&Fuse::none());
        desk.note(&cleared(NAME, "opened", &person(WRITER)))
            .unwrap();
        let (_, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Compared);
        ended.unwrap();
        accounts(&hall, &simulator.borrow(), trouble);
        for card in 0..CARDS {
            assert_eq!(hall.stage(card), Stage::Written, "{trouble:?}: card {card}");
        }
    }
}

/// What is wrong with one card does not stop the machine: it goes to the rejects, and the others are made.
#[test]
fn a_card_that_is_not_fit_is_set_aside() {
    for (trouble, rule, word) in [
        (
            Trouble::OtherNumber,
            NumberRule::Compared,
            "X99999999 is printed on it",
        ),
        (
            Trouble::NoNumber,
            NumberRule::Required,
            "no number was read",
        ),
        (Trouble::Mute, NumberRule::Compared, "no answer"),
    ] {
        let (hall, simulator) = bench(Some(trouble));
        let before = hall.chips[1].0.octets();
        let (came, ended) = run(&hall, &Fuse::none(), &simulator, rule);
        ended.unwrap();
        assert_eq!(came.len(), CARDS, "{trouble:?}");
        let Came::SetAside { why, .. } = &came[1] else {
            panic!("{trouble:?}: {:?}", came[1]);
        };
        assert!(why.contains(word), "{trouble:?}: {why}");
        assert!(
            hall.chips[1].0.octets() == before,
            "{trouble:?}: it was touched"
        );
        assert_eq!(hall.stage(1), Stage::Reserved);
        assert_eq!(simulator.borrow().rejects, [1]);
        accounts(&hall, &simulator.borrow(), trouble);
    }
}

/// A chip that is late or was torn is brought to the encoder once more, and goes on where it stands.
#[test]
fn a_second_try_at_the_encoder() {
    for trouble in [
        Trouble::MuteOnce,
        Trouble::Torn(0),
        Trouble::Torn(3),
        Trouble::Torn(6),
        Trouble::Torn(12),
    ] {
        let (hall, simulator) = bench(Some(trouble));
        let (came, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Required);
        ended.unwrap();
        assert_eq!(
            simulator.borrow().good,
            [0, 1, 2, 3],
            "{trouble:?}: {came:?}"
        );
        accounts(&hall, &simulator.borrow(), trouble);
    }
}

/// A card with another number on it is written nowhere and judged by nobody, until the right number is read off it.
#[test]
fn another_number_on_a_card_is_not_forgotten() {
    let (hall, simulator) = bench(Some(Trouble::OtherNumber));
    let desk = hall.desk(&Fuse::none());
    run(&hall, &Fuse::none(), &simulator, NumberRule::Compared)
        .1
        .unwrap();
    let refused = hall.write(&desk, 1, &Fuse::none()).unwrap_err();
    assert!(
        matches!(refused, Error::Refused(Refused::NumberDiffers { .. })),
        "{refused}"
    );
    // The optics were wrong, not the print.
    {
        let mut simulator = simulator.borrow_mut();
        simulator.rejects.clear();
        simulator.stack.push_back(1);
    }
    let (came, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Compared);
    ended.unwrap();
    assert!(matches!(came[..], [Came::Written(_)]), "{came:?}");
    accounts(&hall, &simulator.borrow(), Trouble::OtherNumber);
}

/// The host dies at every line of the journal and every command to the chips; the machine keeps its card, and the same command goes on.
#[test]
fn a_host_that_dies_finds_the_card_where_it_was() {
    let mut hall = Hall::of(CARDS);
    let fresh: Vec<Vec<u8>> = hall.chips.iter().map(|(spot, _)| spot.octets()).collect();
    let mut cut = 0;
    for moment in [Moment::Before, Moment::Torn, Moment::After] {
        for at in 0.. {
            hall.paper.lock().unwrap().clear();
            for (chip, octets) in hall.chips.iter_mut().zip(&fresh) {
                chip.0 = Spot::of(octets);
            }
            hall.take();
            let mut simulator = Simulator::new(None);
            // Two are enough: what comes after is as it was before.
            simulator.stack.truncate(2);
            let simulator = Rc::new(RefCell::new(simulator));
            let fuse = Fuse::new(What::Process, at, moment);
            let _ = run(&hall, &fuse, &simulator, NumberRule::Compared);
            if !fuse.has_blown() {
                assert!(at > 20, "{at} acts only");
                break;
            }
            cut += 1;
            let (_, ended) = run(&hall, &Fuse::none(), &simulator, NumberRule::Compared);
            ended.unwrap_or_else(|error| panic!("{moment:?} {at}: {error}"));
            hall.no_half_card();
            assert_eq!(simulator.borrow().good, [0, 1], "{moment:?} {at}");
            for card in 0..2 {
                let (_, job) = &hall.chips[card];
                assert_eq!(
                    hall.stage(card),
                    Stage::Written,
                    "{moment:?} {at}: card {card}"
                );
                assert_eq!(
                    hall.lines("written", *job),
                    1,
                    "{moment:?} {at}: card {card}"
                );
            }
        }
    }
    println!("{cut} deaths of the host");
}
