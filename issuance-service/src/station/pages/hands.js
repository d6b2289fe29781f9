// Two hands, drawn: the place where a finger is chosen and seen to be good, weak, missing or still to come.
import { h, svg } from "./dom.js";
import { name } from "./language.js";
import { T } from "./texts.js";
import { word } from "./words.js";

const WIDTH = 720;
/** The right hand from its back: root, tip, thickness. The left is its mirror image. */
const RIGHT = {
  thumb: [[478, 290], [406, 206], 38],
  index: [[482, 212], [464, 84], 34],
  middle: [[518, 200], [515, 56], 35],
  ring: [[553, 206], [566, 76], 34],
  little: [[586, 222], [614, 124], 29],
};
const PALM = "M464 212 Q468 192 500 188 L536 186 Q572 188 596 204 Q608 214 606 240 Q604 296 584 340 Q534 356 490 340 Q474 322 466 286 Q460 246 464 212 Z";
/** From left to right as they lie on the table. */
export const ORDER = ["left-little", "left-ring", "left-middle", "left-index", "left-thumb",
  "right-thumb", "right-index", "right-middle", "right-ring", "right-little"];

const mirrored = (hand, [x, y]) => (hand === "left" ? [WIDTH - x, y] : [x, y]);

/** The ten as a list is read: each hand from the thumb. */
export const LISTED = ["left", "right"].flatMap((hand) => Object.keys(RIGHT).map((part) => `${hand}-${part}`));

/** The drawing. `choose` is called with a position; `state` gives its light, number and words. */
export class Hands {
  constructor(choose) {
    this.choose = choose;
    this.fingers = new Map(ORDER.map((position) => [position, this.finger(position)]));
    this.element = svg("svg", { class: "hands", viewBox: `0 0 ${WIDTH} 360`, role: "radiogroup", names: { "aria-label": T.hands } },
      [...this.fingers.values()].map((finger) => finger.element),
      svg("path", { class: "palm", d: PALM }),
      svg("path", { class: "palm", d: PALM, transform: `translate(${WIDTH} 0) scale(-1 1)` }),
      label(187, T.leftHand), label(533, T.rightHand));
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  finger(position) {
    const [hand, part] = position.split("-");
    const [root, tip, thick] = RIGHT[part];
    const [[x1, y1], [x2, y2]] = [mirrored(hand, root), mirrored(hand, tip)];
    const line = (extra, kind) => svg("line", { x1, y1, x2, y2, class: kind, "stroke-width": thick + extra });
    const number = svg("text", { x: x2, y: y2 + 6, class: "number" });
    const element = svg("g", { class: "finger grey", role: "radio", tabindex: "-1", "aria-checked": "false", id: `finger-${position}` },
      line(14, "focus"), line(4, "edge"), line(0, "flesh"), number);
    element.addEventListener("click", () => this.choose(position));
    return { element, number };
  }

  key(event) {
    const at = ORDER.indexOf(this.chosen);
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step === undefined && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    this.choose(ORDER[(at + (step ?? 0) + ORDER.length) % ORDER.length]);
    this.fingers.get(this.chosen).element.focus();
  }

  /** Shows how each finger stands. */
  show(chosen, several, state) {
    this.chosen = chosen;
    for (const [position, { element, number }] of this.fingers) {
      const { light, figure, text } = state(position);
      const isChosen = position === chosen && several.length === 0;
      const among = several.includes(position);
      element.setAttribute("class", `finger ${light}${isChosen || among ? " chosen" : ""}`);
      element.setAttribute("aria-checked", String(isChosen));
      element.setAttribute("tabindex", position === chosen ? "0" : "-1");
      number.textContent = figure;
      const called = word("finger", position);
      name(element, "aria-label", { vi: `${called.vi}: ${text.vi}`, en: `${called.en}: ${text.en}` });
    }
  }
}

function label(x, text) {
  const element = svg("text", { x, y: 320, class: "hand" });
  element.dataset.vi = text.vi;
  element.dataset.en = text.en;
  element.textContent = text.vi;
  return element;
}

/** A bar from 0 to 100 with the two lines of the thresholds. */
export function bar(quality, light, thresholds) {
  const element = h("div", { class: `quality-bar ${light}`, role: "meter", "aria-valuemin": "0", "aria-valuemax": "100",
    "aria-valuenow": quality ?? 0, names: { "aria-label": T.quality } }, h("span", { class: "level" }));
  element.style.setProperty("--level", `${quality ?? 0}%`);
  for (const [kind, at] of [["lower", thresholds.least], ["upper", thresholds.good]]) {
    const line = h("span", { class: `limit ${kind}`, names: { title: { vi: `${T.threshold.vi} ${at}`, en: `${T.threshold.en} ${at}` } } });
    line.style.setProperty("--at", `${at}%`);
    element.append(line);
  }
  return element;
}
