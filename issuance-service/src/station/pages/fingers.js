// Ten fingers: chosen on the drawing, taken from the scanner's folder or a file, judged at once.
import * as api from "./api.js";
import { alarm, button, fileButton, fill, h, notice } from "./dom.js";
import { bar, Hands, LISTED, ORDER } from "./hands.js";
import { Inbox } from "./inbox.js";
import { ofThisPage } from "./keys.js";
import { T } from "./texts.js";
import { MISSING_REASONS, word } from "./words.js";

const PRINTS = "image/png,image/bmp,.png,.bmp,.wsq,.raw";
const FOUR = ["index", "middle", "ring", "little"];
const SLAPS = {
  left: { text: T.slapLeft, positions: FOUR.map((part) => `left-${part}`) },
  thumbs: { text: T.slapThumbs, positions: ["left-thumb", "right-thumb"] },
  right: { text: T.slapRight, positions: FOUR.map((part) => `right-${part}`) },
};
/** The order in which fingers are asked for: the four of the right hand, the four of the left, the thumbs. */
const SEQUENCE = [...SLAPS.right.positions, ...SLAPS.left.positions, "right-thumb", "left-thumb"];

/** The page; what it answers stops watching the folder. */
export function fingers(main, context) {
  const page = new Fingers(context);
  fill(main,
    h("div", { class: "head" }, h("h1", { tabindex: "-1", say: T.fingers })),
    h("p", { class: "lead", say: T.fingersLead }),
    h("div", { class: "fingers-page" },
      h("section", { class: "card" }, page.several, page.hands.element, page.list),
      h("div", { class: "side" }, page.panel, page.inbox.element)),
    h("div", { class: "actions" }, button(T.nextReview, () => context.next("review"), { class: "primary", id: "next" })));
  ofThisPage([
    ["ArrowLeft", T.keyFinger, () => page.step(-1)],
    ["ArrowRight", null, () => page.step(1)],
  ]);
  page.show();
  return () => page.inbox.close();
}

class Fingers {
  constructor(context) {
    Object.assign(this, context);
    this.draft.fingers ??= {};
    this.draft.missing ??= {};
    const thresholds = this.station.thresholds ?? {};
    this.limits = { least: thresholds.finger_least ?? 20, good: thresholds.finger_green ?? 40 };
    this.hands = new Hands((position) => this.choose(position));
    this.list = h("ol", { class: "ten" });
    this.panel = h("section", { class: "card finger-panel", id: "finger-panel" });
    this.buttons = Object.entries(SLAPS).map(([hand, slap]) => [hand, button(slap.text, () => this.chooseSlap(hand), { "aria-pressed": "false", id: `slap-${hand}` })]);
    this.several = h("div", { class: "several", role: "group", names: { "aria-label": T.slaps } }, this.buttons.map(([, each]) => each));
    this.inbox = new Inbox(this.id, (file) => this.takeFile(file));
    this.chosen = this.open() ?? SEQUENCE[0];
    this.slap = null;
  }

  /** The next finger that has neither a good print nor a reason. */
  open(after) {
    const wanted = this.draft.fingers_wanted ?? SEQUENCE;
    const start = after ? SEQUENCE.indexOf(after) + 1 : 0;
    const turned = [...SEQUENCE.slice(start), ...SEQUENCE.slice(0, start)];
    const isOpen = (position) => !this.draft.missing[position] && !this.draft.fingers[position]?.accepted;
    return turned.find((position) => wanted.includes(position) && isOpen(position)) ?? turned.find(isOpen);
  }

  choose(position) {
    this.slap = null;
    this.chosen = position;
    this.show();
  }

  chooseSlap(hand) {
    this.slap = this.slap === hand ? null : hand;
    this.show();
  }

  step(by) {
    this.choose(ORDER[(ORDER.indexOf(this.chosen) + by + ORDER.length) % ORDER.length]);
  }

  state(position) {
    const reason = this.draft.missing[position];
    if (reason) return { light: "gone", figure: "✕", text: word("missing", reason) };
    const print = this.draft.fingers[position];
    if (!print) return { light: "grey", figure: "", text: T.noPrint };
    const quality = print.quality ?? 0;
    const text = { vi: `${T.quality.vi} ${quality}. ${print.vi ?? ""}`, en: `${T.quality.en} ${quality}. ${print.en ?? ""}` };
    return { light: print.light, figure: String(quality), text };
  }

  show() {
    const several = this.slap ? SLAPS[this.slap].positions : [];
    this.hands.show(this.chosen, several, (position) => this.state(position));
    this.buttons.forEach(([hand, each]) => each.setAttribute("aria-pressed", String(hand === this.slap)));
    fill(this.list, LISTED.map((position) => this.row(position)));
    this.showPanel();
    this.update();
  }

  row(position) {
    const { light, figure } = this.state(position);
    const print = this.draft.fingers[position];
    const gone = this.draft.missing[position];
    return h("li", { class: position === this.chosen && !this.slap ? "chosen" : "" },
      h("button", { type: "button", tabindex: "-1", on: { click: () => this.choose(position) } },
        h("span", { class: "name", say: word("finger", position) }),
        gone ? h("span", { class: "reason", say: word("missing", gone) }) : bar(print?.quality, light, this.limits),
        h("span", { class: "value" }, gone ? "" : figure || "–")));
  }

  showPanel() {
    if (this.slap) {
      const { text, positions } = SLAPS[this.slap];
      fill(this.panel, h("h2", { say: text }),
        h("ul", { class: "plain" }, positions.map((position) => h("li", { say: word("finger", position) }))),
        h("div", { class: "actions" }, fileButton(T.importPrint, PRINTS, (file) => this.take(`slaps/${this.slap}`, file), { class: "primary", id: "import" })));
      return;
    }
    const position = this.chosen;
    const print = this.draft.fingers[position];
    const gone = this.draft.missing[position];
    const { light } = this.state(position);
    fill(this.panel,
      h("h2", { say: word("finger", position) }),
      !gone && bar(print?.quality, light, this.limits),
      !gone && h("p", { class: `verdict ${light}`, id: "verdict", say: print ? this.state(position).text : T.noPrint }),
      !gone && print && this.hints(print),
      h("div", { class: "actions" },
        !gone && fileButton(T.importPrint, PRINTS, (file) => this.take(`fingers/${position}`, file), { class: print?.accepted ? "" : "primary", id: "import" })),
      this.reasons(position, gone));
  }

  hints(print) {
    const same = print.same_finger_as;
    const found = (print.findings ?? []).filter((finding) => !finding.released);
    const twice = same && word("finger", same);
    return h("ul", { class: "plain" },
      found.map((finding) => h("li", { class: `finding ${finding.severity}`, say: finding })),
      found.length === 0 && same && h("li", { class: "finding refuse", say: { vi: `${T.sameFinger.vi}: ${twice.vi}`, en: `${T.sameFinger.en}: ${twice.en}` } }));
  }

  reasons(position, gone) {
    const given = (this.station.missing_reasons ?? []).map((reason) => [reason.word, reason.label]);
    const known = given.length > 0 ? given : MISSING_REASONS.map((reason) => [reason, word("missing", reason)]);
    const select = h("select", { id: "missing" }, h("option", { value: "", say: T.notMissing }),
      known.map(([value, text]) => h("option", { value, say: text })));
    select.value = gone ?? "";
    select.addEventListener("change", () => this.setMissing(position, select.value));
    return h("div", { class: "field" }, h("label", { for: "missing", say: T.missingReason }), select);
  }

  async setMissing(position, reason) {
    try {
      await api.missing(this.id, position, reason);
      await this.learn();
      notice({ vi: `${word("finger", position).vi}: ${reason ? word("missing", reason).vi : T.notMissing.vi}`,
        en: `${word("finger", position).en}: ${reason ? word("missing", reason).en : T.notMissing.en}` });
    } catch (problem) {
      alarm(problem);
    }
    this.show();
    document.getElementById("missing")?.focus();
  }

  /** A file of the scanner: its name says the finger, or it is for the finger chosen. */
  takeFile(file) {
    const named = file.slap ? `slaps/${file.slap}` : file.position ? `fingers/${file.position}` : null;
    const chosen = this.slap ? `slaps/${this.slap}` : `fingers/${this.chosen}`;
    return this.take(named ?? chosen, file.name);
  }

  /** Takes a file of the operator's or, by name, one of the watched folder. */
  async take(what, file) {
    const [kind, place] = what.split("/");
    if (kind === "fingers") this.choose(place);
    fill(this.panel, h("h2", { say: kind === "fingers" ? word("finger", place) : SLAPS[place].text }), h("p", { class: "hint", role: "status", say: T.reading }));
    try {
      const result = typeof file === "string" ? await api.takeFromInbox(this.id, what, file)
        : kind === "fingers" ? await api.finger(this.id, place, file) : await api.slap(this.id, place, file);
      await this.learn();
      this.tell(kind, place, result);
    } catch (problem) {
      alarm(problem);
    }
    this.show();
  }

  tell(kind, place, result) {
    const bad = kind === "slaps" ? (result.findings ?? []).find((finding) => finding.severity === "refuse") : null;
    if (bad) return notice(bad, "refuse");
    const worse = (kind === "slaps" ? result.fingers ?? [] : [result]).filter((finger) => finger?.refused_try);
    if (worse.length > 0) return this.tellKept(worse);
    const called = kind === "slaps" ? SLAPS[place].text : word("finger", place);
    const good = kind === "slaps" || result.accepted;
    if (kind === "slaps") this.slap = null;
    if (good) this.chosen = this.open(kind === "slaps" ? SLAPS[place].positions.at(-1) : place) ?? this.chosen;
    const score = kind === "slaps" ? (result.fingers ?? []).map((finger) => finger.quality ?? "–").join(", ") : result.quality;
    const seen = kind === "slaps" ? result.findings ?? [] : [result];
    const said = (language) => [`${called[language]}: ${T.quality[language]} ${score}`, ...seen.map((each) => each[language])].filter(Boolean).join(". ");
    // A slap that is to be looked at is told until somebody has closed it.
    const kindOf = kind === "slaps" && seen.length > 0 ? "refuse" : good ? "good" : "warn";
    notice({ vi: said("vi"), en: said("en") }, kindOf);
  }

  /** The try just made was worse than the print that is kept: nothing is announced as taken, and the finger stays chosen. */
  tellKept(worse) {
    const of = (finger, language) => [`${word("finger", finger.position)[language]}: ${T.notTaken[language]}`,
      finger.refused_try[language], `${T.earlierKept[language]} ${finger.quality ?? "–"}.`].filter(Boolean).join(" ");
    const said = (language) => worse.map((finger) => of(finger, language)).join(" ");
    this.slap = null;
    this.chosen = worse[0].position;
    notice({ vi: said("vi"), en: said("en") }, "refuse");
  }

  async learn() {
    const { fingers: prints, missing, findings, fingers_wanted: wanted } = await api.person(this.id);
    Object.assign(this.draft, { fingers: prints ?? {}, missing: missing ?? {}, findings, fingers_wanted: wanted });
  }
}
