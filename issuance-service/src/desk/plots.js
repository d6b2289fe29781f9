// Plots out of numbers: lines and bars as SVG, with the same numbers as a table for whoever cannot or will not see a drawing.
import { amount } from "./amounts.js";
import { h, svg } from "./dom.js";
import { table } from "./parts.js";

const S = {
  numbers: { vi: "Xem bảng số", en: "Show the numbers" },
};
const WIDE = 460;
const EDGE = { left: 40, right: 14, top: 16, bottom: 28 };
/** Labels of an axis at most. */
const LABELS = 6;

const text = (x, y, anchor, said, kind) => svg("text", { x, y, "text-anchor": anchor, class: kind, say: said });

/** The next number of 1, 2, 5, 10 … that holds the most, in steps that people count in. */
export function scale(most) {
  const rough = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough));
  const steps = Math.max(1, Math.ceil(most / step));
  return { top: step * steps, ticks: Array.from({ length: steps + 1 }, (_, place) => place * step) };
}

function axes({ top, ticks }, tall) {
  const y = (value) => EDGE.top + (1 - value / top) * (tall - EDGE.top - EDGE.bottom);
  const lines = ticks.flatMap((tick) => [
    svg("line", { class: tick === 0 ? "axis" : "grid-line", x1: EDGE.left, x2: WIDE - EDGE.right, y1: y(tick), y2: y(tick) }),
    text(EDGE.left - 8, y(tick) + 4, "end", amount(tick)),
  ]);
  return { y, lines };
}

const drawing = (tall, name, ...children) =>
  svg("svg", { viewBox: `0 0 ${WIDE} ${tall}`, role: "img", names: { "aria-label": name } }, children.flat(3));

/** A plot on its card: heading, drawing, legend, table. */
function card(name, shown, legend, columns, items) {
  return h("section", { class: "card plot" }, h("h2", { say: name }), shown, legend,
    h("details", { class: "numbers" }, h("summary", { say: S.numbers }), table(name, columns, items)));
}

/** Lines over days. `series` are `{ text, value(item) }`; `label(item)` is the short day of the axis, `head(item)` that of the table. */
export function lines(name, items, series, { label, head, what }) {
  const tall = 220;
  const most = Math.max(1, ...items.flatMap((item) => series.map((each) => each.value(item))));
  const { y, lines: grid } = axes(scale(most), tall);
  const x = (place) => EDGE.left + (items.length < 2 ? 0.5 : place / (items.length - 1)) * (WIDE - EDGE.left - EDGE.right);
  const every = Math.ceil(items.length / LABELS);
  const days = items.map((item, place) => place % every === 0 && text(x(place), tall - 8, "middle", label(item)));
  const drawn = series.map((each, place) => svg("polyline", {
    class: `line s${place}`, points: items.map((item, at) => `${x(at).toFixed(1)},${y(each.value(item)).toFixed(1)}`).join(" "),
  }));
  const legend = h("ul", { class: "legend" }, series.map((each, place) => h("li", {},
    svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" }, svg("line", { class: `line s${place}`, x1: 1, x2: 31, y1: 6, y2: 6 })), h("span", { say: each.text }))));
  const columns = [[what, head], ...series.map((each) => [each.text, (item) => amount(each.value(item)), "number"])];
  return card(name, drawing(tall, name, grid, days.filter(Boolean), drawn), legend, columns, items);
}

/** Lying bars: `items` are `{ text, value, shown?, late? }`. */
export function bars(name, items, { what, how, shown = (item) => amount(item.value) }) {
  const row = 44;
  const tall = Math.max(1, items.length) * row + 6;
  const most = Math.max(1, ...items.map((item) => item.value));
  const wide = (value) => (value / most) * (WIDE - 170);
  const drawn = items.map((item, place) => [
    text(0, place * row + 15, "start", item.text),
    svg("rect", { class: item.late ? "column late" : "column", x: 0, y: place * row + 21, width: Math.max(2, wide(item.value)), height: 15, rx: 3 }),
    text(wide(item.value) + 10, place * row + 33, "start", shown(item), "value"),
  ]);
  return card(name, drawing(tall, name, drawn), null, [[what, (item) => item.text], [how, shown, "number"]], items);
}

/** Standing bars over classes, such as scores by tens: `counts` in the order of `classes`. */
export function histogram(name, classes, counts, { what, how }) {
  const tall = 200;
  const { y, lines: grid } = axes(scale(Math.max(1, ...counts)), tall);
  const each = (WIDE - EDGE.left - EDGE.right) / classes.length;
  const drawn = classes.map((scores, place) => [
    svg("rect", { class: "column", x: EDGE.left + place * each + 3, width: each - 6, y: y(counts[place]), height: Math.max(0, y(0) - y(counts[place])), rx: 2 }),
    text(EDGE.left + (place + 0.5) * each, tall - 8, "middle", scores.split("–")[0]),
  ]);
  const items = classes.map((scores, place) => ({ text: scores, value: counts[place] }));
  return card(name, drawing(tall, name, grid, drawn), null, [[what, (item) => item.text], [how, (item) => amount(item.value), "number"]], items);
}
