// One counter. The field at the top takes what a scanner types; the rest shows what the program says, and forgets it with the card.
import { fill, h, notice } from "./dom.js";
import { apply, other, say, show } from "./language.js";
import { T, label, value } from "./texts.js";

const at = (id) => document.getElementById(id);
const field = at("typed");
let sending = Promise.resolve();
let sounded = null;
let audio = null;

// A scanner types line after line faster than the line travels: they go in order.
function send(line) {
  sending = sending.then(async () => {
    const answer = await fetch("line", { method: "POST", headers: { "Content-Type": "text/plain" }, body: line });
    if (!answer.ok) throw new Error(`${answer.status}`);
  }).catch(() => notice(T.lost, "refuse"));
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const line = field.value;
  field.value = "";
  if (line.trim()) send(line);
});

// Whatever has the focus: letters go to the field.
document.addEventListener("keydown", (event) => {
  audio ??= new AudioContext();
  if (event.key === "F8") {
    event.preventDefault();
    turn();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && document.activeElement !== field) {
    field.focus();
  }
});

function turn() {
  show(other());
}

// High and short for good, low and repeated for bad: who looks at the person hears it.
const SOUNDS = { green: [[880, 1]], grey: [[440, 2]], yellow: [[587, 3]], red: [[220, 5]] };

function sound(light) {
  if (!audio || !SOUNDS[light]) return;
  const [[pitch, times]] = SOUNDS[light];
  for (let i = 0; i < times; i += 1) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(audio.destination);
    tone.start(audio.currentTime + i * 0.22);
    tone.stop(audio.currentTime + i * 0.22 + 0.14);
  }
}

const lights = { successful: "green", failed: "red", undetermined: "yellow", "not supported": "grey", aborted: "grey" };
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

function headline(state) {
  const { verdict, waiting, step } = state;
  if (verdict) return judged(verdict);
  if (step) return [T.reading, step.name ?? "", "busy"];
  if (waiting?.has_begun) return [T.moreLines, "", "none"];
  if (waiting?.card) return [T.numberWanted, T.numberWantedMore, "none"];
  if (waiting?.number) return [T.cardWanted, T.cardWantedMore, "none"];
  return [T.bothWanted, T.bothWantedMore, "none"];
}

function judged({ light, report }) {
  // Some documents have nothing to show that their chip is no copy: then nothing is claimed of it.
  const chip = report.checks.find((check) => check.id === "chip-authenticity");
  if (light === "green" && chip?.result !== "successful") return [T.green, T.greenWithoutProof, light];
  if (light !== "grey") return [T[light], T[`${light}More`], light];
  if (report.overall === "aborted") return [T.cutShort, T.cutShortMore, light];
  return [T.notOpened, reasons(report)[0]?.plain.todo ?? "", light];
}

// What failed and counts; without a failure, what was left open.
function reasons(report) {
  const counts = (check) => check.weight !== "evaluatory" || check.result === "aborted";
  const is = (...results) => report.checks.filter((check) => counts(check) && results.includes(check.result));
  const failed = is("failed");
  if (failed.length) return failed;
  const aborted = is("aborted");
  return aborted.length ? aborted.slice(0, 1) : report.checks.filter((check) => check.weight === "mandatory" && check.result !== "successful");
}

function reason(check) {
  return h("li", { class: `reason ${lights[check.result]}`, id: `reason-${check.id}` },
    h("h3", {}, h("span", { say: check.plain.name ?? check.title }), ": ", h("span", { say: T[check.result] })),
    check.plain.meaning ? h("p", { say: check.plain.meaning }) : null,
    check.plain.todo ? h("p", { class: "todo", say: check.plain.todo }) : null,
    h("p", { class: "hint", say: check.cause }));
}

function checks(verdict) {
  if (!verdict) return [];
  const { report } = verdict;
  const why = verdict.light === "green" ? [] : reasons(report);
  const { remarks } = report.verdict;
  return [
    why.length ? h("div", { class: "card" }, h("h2", { say: T.why }), h("ul", { class: "plain" }, why.map(reason))) : null,
    remarks.length ? h("div", { class: "card" }, h("h2", { say: T.beside }), h("ul", { class: "plain" }, remarks.map(remark(report)))) : null,
    h("details", { class: "card", id: "all" }, h("summary", { say: T.all }), h("ul", { class: "plain" }, report.checks.map(line))),
  ];
}

const remark = (report) => ({ id, text }) => {
  const check = report.checks.find((each) => each.id === id);
  const words = check?.plain.meaning ?? T.remarks[id];
  return h("li", { class: id === "document-status" ? "reason yellow" : "", id: `remark-${id}` }, words ? h("p", { say: words }) : null,
    id === "document-status" ? h("p", { class: "todo", say: check?.plain.todo ?? "" }) : null, h("p", { class: words ? "hint" : "", say: text }));
};

function line(check) {
  return h("li", { class: `check-line ${lights[check.result]}` },
    h("span", { class: "name", say: check.plain.name ?? check.title }), h("span", { class: "result", say: T[check.result] }),
    h("span", { class: "hint", say: check.cause }), h("span", { class: "ms" }, `${check.elapsed_ms.toFixed(0)} ms`));
}

function holder(state) {
  const fields = state.verdict?.report.holder.fields ?? state.not_yet_verified ?? [];
  if (!fields.length && !state.portrait) return [];
  const mark = state.verdict ? (state.verdict.report.data_verified ? T.verified : T.notVerified) : T.notYetVerified;
  const kind = state.verdict ? (state.verdict.report.data_verified ? "green" : "red") : "amber";
  return h("div", { class: `card holder ${kind}` },
    h("h2", { say: T.holder }), h("p", { class: `mark ${kind}`, id: "mark", say: mark }),
    h("div", { class: "person" },
      state.portrait ? h("img", { src: `portrait?${state.verdict ? "final" : "first"}`, names: { alt: T.portrait } }) : null,
      h("dl", {}, fields.map((each) => [h("dt", { say: label(each.label) }), h("dd", { say: value(each) })]))));
}

function progress(state) {
  if (state.verdict) {
    const { times, status, asked: by } = state.verdict.report;
    const wasAsked = by !== "offline" && by !== "not-asked";
    const parts = Object.entries(T.phase).filter(([word]) => wasAsked || word !== "status").map(([word, name]) => h("span", {}, h("span", { say: name }), ` ${seconds(times[`${word}_ms`])}`));
    const asked = h("p", { class: "times", id: "asked" }, h("span", { class: "label", say: T.asked }), h("span", { say: status.words }));
    return [h("p", { class: "times", id: "times" }, h("span", { class: "label", say: T.times }), parts,
      h("strong", {}, h("span", { say: T.total }), ` ${seconds(state.verdict.took_ms)}`)), asked];
  }
  if (!state.file || !state.step) return [];
  return h("progress", { max: state.file.total || 1, value: state.file.done, names: { "aria-label": { vi: state.file.name, en: state.file.name } } });
}

function notes(state) {
  const wrong = state.verdict?.refused_numbers;
  return [
    state.refused ? h("p", { class: "finding warn", id: "refused", say: T.refused[state.refused] }) : null,
    state.trouble ? h("p", { class: "finding refuse", id: "trouble", say: `${state.trouble.what}. ${state.trouble.todo ?? ""}` }) : null,
    wrong ? h("p", { class: "finding warn", id: "wrong" }, h("span", { say: T.wrongNumbers }), ` ${wrong}`) : null,
    state.kept ? h("p", { class: "hint", id: "kept" }, h("span", { say: T.kept }), ` ${state.kept}`) : null,
    state.last && !state.verdict && !state.step ? before(state.last) : null,
  ];
}

// The card before: its light, and nothing of its holder.
function before({ light, overall, took_ms }) {
  const isCut = overall === "aborted";
  const what = light === "grey" ? (isCut ? T.cutShort : T.notOpened) : T[light];
  return h("p", { class: isCut ? "finding warn" : "hint", id: "last" },
    h("span", { say: T.last }), ": ", h("span", { say: what }), `, ${seconds(took_ms)}; `, h("span", { say: T.gone }),
    isCut ? [" ", h("strong", { say: T.cutShortMore })] : null);
}

function draw(state) {
  const [first, second, light] = headline(state);
  document.body.dataset.light = light;
  say(at("headline"), first);
  say(at("subline"), second);
  fill(at("progress"), progress(state));
  fill(at("notes"), notes(state));
  fill(at("holder"), holder(state));
  fill(at("checks"), checks(state.verdict));
  apply();
  document.title = at("headline").textContent;
  // What had the focus may be gone with the card.
  if (document.activeElement === document.body) field.focus();
  // A verdict sounds once, whatever is shown beside it later.
  const key = state.verdict?.number ?? null;
  if (key && key !== sounded) sound(light);
  sounded = key;
}

async function follow() {
  let version = null;
  for (;;) {
    try {
      const answer = await fetch(version === null ? "state" : `state?after=${version}`);
      const state = await answer.json();
      if (state.version !== version) draw(state);
      version = state.version;
    } catch {
      // A verdict without its program is nobody's: the next card would lie under it.
      version = null;
      draw({ version: -1 });
      notice(T.lost, "refuse");
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

say(at("room"), T.room);
say(at("typed-label"), T.typed);
fill(at("tools"), h("button", { type: "button", id: "language", say: T.language, on: { click: turn } }));
draw({ version: -1 });
field.focus();
follow();
