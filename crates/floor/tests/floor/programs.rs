//! A station's programs: what they may do, and what becomes of those that hang, die, or talk too much.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use floor::station::{
    CommandMachine, Contract, ContractFault, Fault, Handle, MAX_ANSWER, Machine as _,
};
use floor::station::{NumberRule, Position, Step};

/// A folder for the programs of one test.
struct Bench(PathBuf);

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("station-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// A program of this text.
    fn program(&self, text: &str) -> String {
        let path = self.0.join("program");
        std::fs::write(&path, format!("{text}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn contract(&self, text: &str, seconds: u64) -> Contract {
        let handle = Handle {
            command: ["/bin/sh", &self.program(text), "a b", "$(id)"]
                .map(str::to_owned)
                .to_vec(),
            seconds,
        };
        Contract {
            name: "press-1".to_owned(),
            reader: "any".to_owned(),
            environment: vec!["PATH".to_owned()],
            number: NumberRule::Compared,
            chip_seconds: 1,
            position: None,
            get: handle.clone(),
            encode: None,
            done: handle.clone(),
            reject: handle,
        }
    }

    fn run(&self, text: &str, step: Step) -> Result<floor::station::Answer, Fault> {
        let contract = self.contract(text, 20);
        CommandMachine::new(&contract).step(step, &[("STATION_NUMBER", "X1")])
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_a_program_says_is_read() {
    let bench = Bench::new("says");
    let said = bench.run(
        r#"echo '{"position":"at-station","number":"X1","more":1}'"#,
        Step::Get,
    );
    let said = said.unwrap();
    assert_eq!(said.position, Some(Position::AtStation));
    assert_eq!(said.number.as_deref(), Some("X1"));
    assert_eq!(
        bench.run("exit 0", Step::Get),
        Ok(floor::station::Answer::default())
    );
    let talks = format!("head -c {} /dev/zero", MAX_ANSWER + 1);
    for (text, fault) in [
        ("exit 10", Fault::NoMore),
        ("exit 11", Fault::Jam),
        ("exit 12", Fault::DoubleFeed),
        ("exit 13", Fault::NoPower),
        ("exit 1", Fault::Died("exit status: 1".to_owned())),
        ("kill -9 $$", Fault::Died("signal: 9 (SIGKILL)".to_owned())),
        (
            "echo no",
            Fault::NoAnswer("it is not the JSON of an answer"),
        ),
        (&talks, Fault::NoAnswer("it is too long")),
        ("yes", Fault::NoAnswer("it is too long")),
    ] {
        assert_eq!(bench.run(text, Step::Get), Err(fault), "{text}");
    }
    // Only `get` can find that no card is left.
    assert!(matches!(
        bench.run("exit 10", Step::Done),
        Err(Fault::Died(_))
    ));
}

/// No shell, no variable that was not named, no input.
#[test]
fn a_program_gets_what_the_contract_names() {
    let bench = Bench::new("gets");
    let said = bench.0.join("said");
    let text = format!(
        "{{ printf '%s|' \"$@\"; env | sort; cat; pwd; }} > {}",
        said.display()
    );
    bench.run(&text, Step::Reject).unwrap();
    let said = std::fs::read_to_string(said).unwrap();
    assert!(said.starts_with("a b|$(id)|"), "{said}");
    let names: Vec<&str> = said
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    let own = [
        "PATH",
        "PWD",
        "STATION_NAME",
        "STATION_NUMBER",
        "STATION_STEP",
        "SHLVL",
        "_",
        "OLDPWD",
    ];
    for name in &names {
        assert!(
            own.contains(&name.rsplit('|').next().unwrap()),
            "{name}: {said}"
        );
    }
    assert!(
        said.contains("STATION_STEP=reject") && said.contains("STATION_NUMBER=X1"),
        "{said}"
    );
    assert!(said.ends_with("/\n"), "{said}");
}

/// What hangs is ended with all that it has started.
#[test]
fn a_program_that_hangs_is_ended_with_its_children() {
    let bench = Bench::new("hangs");
    let mark = bench.0.join("mark");
    let text = format!("( sleep 3; touch {0} ) & sleep 600", mark.display());
    let contract = bench.contract(&text, 1);
    let begun = Instant::now();
    let hung = CommandMachine::new(&contract).step(Step::Get, &[]);
    assert_eq!(hung, Err(Fault::Hung(1)));
    assert!(begun.elapsed() < Duration::from_secs(20));
    std::thread::sleep(Duration::from_secs(4));
    assert!(!Path::new(&mark).exists(), "a child lives on");
}

/// A helper that stays holds the pipe open, and holds nobody up.
#[test]
fn a_helper_that_stays_is_not_waited_for() {
    let bench = Bench::new("helper");
    let begun = Instant::now();
    let said = bench
        .run(r#"sleep 8 & echo '{"position":"at-station"}'"#, Step::Get)
        .unwrap();
    assert_eq!(said.position, Some(Position::AtStation));
    assert!(
        begun.elapsed() < Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn contracts_that_cannot_be_are_refused() {
    let bench = Bench::new("contract");
    let good = bench.contract("exit 0", 5);
    assert_eq!(good.check(), Ok(()));
    let handle = |command: &[&str], seconds| Handle {
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        seconds,
    };
    let program = good.get.command[0].clone();
    for (wrong, fault) in [
        (
            Contract {
                name: "Press 1".to_owned(),
                ..good.clone()
            },
            ContractFault::Name,
        ),
        (
            Contract {
                name: String::new(),
                ..good.clone()
            },
            ContractFault::Name,
        ),
        (
            Contract {
                chip_seconds: 0,
                ..good.clone()
            },
            ContractFault::Seconds("chip-seconds"),
        ),
        (
            Contract {
                done: handle(&[&program], 601),
                ..good.clone()
            },
            ContractFault::Seconds("done"),
        ),
        (
            Contract {
                get: handle(&["program"], 5),
                ..good.clone()
            },
            ContractFault::Program("get"),
        ),
        (
            Contract {
                get: handle(&["/nonexistent"], 5),
                ..good.clone()
            },
            ContractFault::Program("get"),
        ),
        (
            Contract {
                reject: handle(&[], 5),
                ..good.clone()
            },
            ContractFault::Program("reject"),
        ),
        (
            Contract {
                encode: Some(handle(&[program.as_str(); 65], 5)),
                ..good.clone()
            },
            ContractFault::Arguments("encode"),
        ),
        (
            Contract {
                environment: vec!["STATION_STEP".to_owned()],
                ..good.clone()
            },
            ContractFault::Variable("STATION_STEP".to_owned()),
        ),
    ] {
        assert_eq!(wrong.check(), Err(fault));
    }
}
