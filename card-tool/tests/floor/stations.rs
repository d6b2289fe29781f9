//! A station at a reader: a machine made of a shell script that feeds emulated chips, reads numbers off them, jams, and lives on when
//! `card-tool` is killed.

use super::*;

const READER_TROUBLE: i32 = 5;

/// The machine. Its folder: `stack` with the chips to come, a line each; `at` with the process of the chip at the encoder; `card` with its
/// file; `good` and `rejects`; a file `jam` makes the next feeding fail.
const MACHINE: &str = r#"set -u
folder=$1 tool=$2 address=$3
cd "$folder" || exit 1
out() {
    kill -INT "$(cat at)" 2>/dev/null
    while kill -0 "$(cat at)" 2>/dev/null; do sleep 0.05; done
    sleep 0.6
    cat card >> "$1"
    rm -f at card
}
case $STATION_STEP in
position)
    if [ -f at ]; then echo '{"position":"at-station"}'; else echo '{"position":"empty"}'; fi ;;
get)
    if [ -f jam ]; then rm jam; exit 11; fi
    [ -s stack ] || exit 10
    head -n 1 stack > card
    sed -i 1d stack
    setsid "$tool" emulate --card "$(cat card)" --vpcd "$address" > emulate.log 2>&1 &
    echo $! > at
    echo '{"position":"at-station"}' ;;
encode)
    echo "$$" >> encoded
    printf '{"number":"%s"}' "$(cat "$(cat card).number")" ;;
done)
    if [ -f stuck ]; then rm stuck; exit 11; fi
    out good ;;
reject)
    echo "$STATION_REASON" >> reasons
    out rejects ;;
esac
"#;

struct Station<'s> {
    site: &'s Site,
    folder: PathBuf,
    contract: String,
}

impl<'s> Station<'s> {
    fn new(site: &'s Site, slot: &Slot) -> Self {
        let folder = PathBuf::from(site.path("machine"));
        std::fs::create_dir(&folder).unwrap();
        let program = folder.join("machine");
        std::fs::write(&program, MACHINE).unwrap();
        let tool = env!("CARGO_BIN_EXE_card-tool");
        let command = format!(
            "{:?}",
            [
                "/bin/sh",
                word(&program),
                word(&folder),
                tool,
                &slot.address
            ]
        );
        let steps = ["position", "get", "encode", "done", "reject"];
        let steps = steps.map(|step| format!("[{step}]\ncommand = {command}\nseconds = 60\n"));
        let text = format!(
            "name = \"press-1\"\nreader = {:?}\nnumber = \"required\"\nenvironment = [\"PATH\"]\n{}",
            slot.reader,
            steps.concat()
        );
        let contract = site.path("press-1.toml");
        std::fs::write(&contract, text).unwrap();
        Self {
            site,
            folder,
            contract,
        }
    }

    /// Puts a chip onto the stack, with this number printed on the card.
    fn stack(&self, chip: &str, number: &str) {
        std::fs::write(format!("{chip}.number"), number).unwrap();
        let mut stack = self.lines("stack");
        stack.push(chip.to_owned());
        std::fs::write(self.folder.join("stack"), stack.join("\n") + "\n").unwrap();
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn start(&self) -> Run {
        let (hall, keys) = (self.site.path("hall"), self.site.path("press"));
        let mut arguments = vec!["floor", "write", &hall, "--keys", &keys, "--by", WRITER];
        arguments.extend(["--station", &self.contract]);
        arguments.extend(JSON);
        Run::start(&mut real(arguments), self.site.folder.path().join("said"))
    }
}

/// The number of the job of a chip.
fn number(site: &Site, chip: &str) -> String {
    let cards = site.status()["cards"].as_array().unwrap().clone();
    let card = cards.iter().find(|card| card["chip"] == *chip).unwrap();
    card["number"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn cards_through_a_station() {
    let site = Site::new();
    let slot = Slot::take();
    let chips: Vec<String> = (0..3).map(|number| site.make_job(&slot, number)).collect();
    let jobs = site.path("jobs");
    site.say(&["take", &jobs, "--unsigned", "--by", WRITER])
        .expect(0);
    let count = ["shift open", "--remaining", "3", "--rejects", "0"];
    site.say(&[&count[..], &["--by", WRITER]].concat())
        .expect(0);
    let station = Station::new(&site, &slot);
    let printed = number(&site, &chips[0]);
    station.stack(&site.chip(0), &printed);
    // The second card bears a number of nobody.
    station.stack(&site.chip(1), "X00000000");
    station.stack(&site.chip(2), &number(&site, &chips[2]));

    // It jams before anything is fed: nothing happened, and nobody goes on before somebody has looked.
    std::fs::write(station.folder.join("jam"), "").unwrap();
    station.start().end(READER_TROUBLE);
    station.start().end(READER_TROUBLE);
    assert_eq!(site.stage("reserved"), 3);
    assert!(
        site.status()["stations"][0]["stopped"]
            .to_string()
            .contains("stuck")
    );
    let clear = [
        "station",
        "press-1",
        "--cleared",
        "TEST nothing was in it",
        "--by",
        WRITER,
    ];
    site.say(&clear).expect(0);
    site.say(&clear).expect(USAGE);

    // Killed with a card at the encoder: the same command goes on with that card.
    let running = station.start();
    until("a card at the encoder", || {
        !station.lines("encoded").is_empty()
    });
    drop(running);
    let mut running = station.start();
    running.end(0);
    assert_eq!(station.lines("good"), [site.chip(0), site.chip(2)]);
    assert_eq!(station.lines("rejects"), [site.chip(1)]);
    assert!(station.lines("reasons")[0].contains("X00000000 is printed on it"));
    assert_eq!([site.stage("written"), site.stage("reserved")], [2, 1]);
    let cards = site.status()["cards"].as_array().unwrap().clone();
    let other = cards.iter().find(|card| card["chip"] == *chips[1]).unwrap();
    assert!(
        other["other_number"].to_string().contains("X00000000"),
        "{other}"
    );
}
