// What pages are made of: headings, tables, lists of facts, fields, questions, and lists that come in parts.
import { alarm, button, fill, h } from "./dom.js";
import * as api from "./api.js";
import { term } from "./terms.js";
import { T } from "./texts.js";

/** The heading of a page, with what can be done there beside it. */
export function heading(text, ...beside) {
  return h("div", { class: "head" }, h("h1", { tabindex: "-1", say: text }), h("div", { class: "actions" }, beside.flat()));
}

/** A part of a page. */
export function section(text, ...children) {
  return h("section", { class: "card" }, h("h2", { say: text }), children.flat());
}

/** A text followed by what is the same in both languages: `Batch 0192f0c1`, `Approve: TEST`. */
export const named = (text, rest, between = " ") => ({ vi: `${text.vi}${between}${rest}`, en: `${text.en}${between}${rest}` });

/** Where something stands: a word of a list, in the colour of that word. */
export const badge = (list, word) => h("span", { class: `badge ${word}`, say: term(list, word) });

/** Nothing to show, and why. */
export const calm = (text) => h("p", { class: "card calm", say: text });

/** Pairs of a name and what it is. What is a text or { vi, en } is said, an element is shown; without anything the pair is left out. */
export function facts(pairs) {
  const rows = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return h("dl", { class: "facts" }, rows.map(([text, value]) =>
    h("div", {}, h("dt", { say: text }), value instanceof Node ? h("dd", {}, value) : h("dd", { say: value }))));
}

/**
 * A table. `columns` are `[heading, cell]`, where `cell` makes of an item a text, { vi, en } or an element; a third entry is the class
 * of the column, `number` for figures. On a narrow screen it scrolls by itself, reached by the keyboard.
 */
export function table(name, columns, items, { row = () => ({}) } = {}) {
  const head = columns.map(([text, , kind]) => h("th", { scope: "col", class: kind, say: text }));
  const cells = (item) => columns.map(([, cell, kind], place) => {
    const value = cell(item);
    const tag = place === 0 ? "th" : "td";
    const props = { class: kind, ...(place === 0 ? { scope: "row" } : {}) };
    return value instanceof Node ? h(tag, props, value) : h(tag, { ...props, say: value ?? "–" });
  });
  return h("div", { class: "scroll", tabindex: "0", role: "region", names: { "aria-label": name } },
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, items.map((item) => h("tr", row(item), cells(item))))));
}

/** A list that comes in parts: `draw(items)` shows all that came, `path(after)` is where the next part is. */
export function listed(path, draw, empty) {
  const place = h("div", { class: "stack" });
  const items = [];
  let next = null;
  const more = button(T.more, () => load().catch(alarm), { class: "more" });
  const status = h("p", { class: "hint", role: "status" });
  async function load() {
    more.disabled = true;
    try {
      const part = await api.get(path(next));
      items.push(...part.items);
      next = part.next;
    } finally {
      more.disabled = false;
    }
    more.hidden = next === null || next === undefined;
    fill(place, items.length === 0 ? calm(empty) : draw(items), more, status);
  }
  return { place, load, items };
}

/** The ends of a name of something: ids that were made in the same minute begin alike. */
export const brief = (id) => `${String(id).slice(0, 4)}…${String(id).slice(-6)}`;

/** A name of something long, shortened for the eye and whole for who asks. */
export const short = (id) => h("code", { title: id ?? "" }, id ? brief(id) : "–");

/** The same as a link. */
export const link = (href, id) => h("a", { href, "aria-label": id }, h("code", {}, brief(id)));

/** A field of a form: label, what is typed, hint. */
export function field(text, input, { hint, wide } = {}) {
  input.id ||= `field-${crypto.randomUUID().slice(0, 8)}`;
  const said = hint && h("p", { class: "hint", id: `${input.id}-hint`, say: hint });
  if (said) input.setAttribute("aria-describedby", said.id);
  return h("div", { class: wide ? "field wide" : "field" }, h("label", { for: input.id, say: text }), input, said);
}

/** A choice out of words: `[value, text]`. */
export function select(id, choices, chosen) {
  const options = choices.map(([value, text]) => h("option", { value, say: text, selected: value === chosen }));
  return h("select", { id, name: id }, options);
}

/** A form that sends itself: while it works its button rests, and what was refused is said in it. What was typed stays. */
export function form({ id, submit, danger, inline, children, send, more }) {
  const said = h("div", { class: "said", role: "alert" });
  const button = h("button", { class: danger ? "danger" : "primary", say: submit });
  const self = h("form", { class: inline ? "inline" : "stack", id }, children, said, h("div", { class: "actions" }, button, more));
  self.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    said.replaceChildren();
    try {
      await send();
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      fill(said, refusal(problem));
    } finally {
      button.disabled = false;
    }
  });
  return self;
}

/** A problem as it stands in a page. */
export function refusal(problem) {
  return h("div", { class: "finding refuse" }, h("p", { say: { vi: problem.vi, en: problem.en } }),
    (problem.todo_vi || problem.todo_en) && h("p", { class: "hint", say: { vi: problem.todo_vi, en: problem.todo_en } }));
}

/** A question over the page: `make(close)` draws it. Escape closes it, and the focus goes back to where it was. */
export function ask(text, make, { wide } = {}) {
  return new Promise((resolve) => {
    let answer = null;
    const dialog = h("dialog", { class: wide ? "card wide-dialog" : "card", "aria-labelledby": "question" });
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    fill(dialog, h("h2", { id: "question", say: text }), make(close));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A question with a form of its own: it closes when it was sent. */
export function asked(text, { id, submit, danger, children, send }) {
  return ask(text, (close) => form({
    id, submit, danger, children, more: button(T.cancel, () => close(false)),
    send: async () => {
      await send();
      close(true);
    },
  }));
}

/** Asks before what cannot be taken back. */
export function sure(text, explained, yes, { danger = true } = {}) {
  return ask(text, (close) => [
    h("p", { say: explained }),
    h("div", { class: "actions" },
      button(T.cancel, () => close(false), { autofocus: true }),
      button(yes, () => close(true), { class: danger ? "danger" : "primary", id: "yes" })),
  ]);
}
