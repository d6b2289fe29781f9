// Elements made from data. Text is always text: nothing that came over the wire is ever parsed as markup.
import { name, say } from "./language.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `say` is its text in both languages; `names` are attributes in both languages, such as
 * `{ "aria-label": { vi, en } }`; `on` are listeners; everything else is an attribute, `false` and `null` left out.
 */
export function h(tag, props = {}, ...children) {
  return build(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

function build(element, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "say") say(element, value);
    else if (key === "names") Object.entries(value).forEach(([attribute, text]) => name(element, attribute, text));
    else if (key === "on") Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button that does something. */
export function button(text, action, props = {}) {
  return h("button", { type: "button", say: text, ...props, on: { click: action, ...(props.on ?? {}) } });
}

/** Puts other children into an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

/** A short message at the edge of the page that is read out and goes away; an alarm stays until it is closed. */
export function notice(text, kind = "good") {
  const region = document.getElementById(kind === "refuse" ? "alerts" : "notices");
  const close = button({ vi: "Đóng", en: "Close" }, () => note.remove(), { class: "quiet" });
  const note = h("div", { class: `notice ${kind}` }, h("p", { say: text }), close);
  region.replaceChildren(note);
  if (kind !== "refuse") setTimeout(() => note.remove(), 6000);
}

/** A problem of the server, with what to do about it. */
export function alarm(problem) {
  notice(
    { vi: [problem.vi, problem.todo_vi].filter(Boolean).join(" "), en: [problem.en, problem.todo_en].filter(Boolean).join(" ") },
    "refuse",
  );
}

/** Asks a file from the operator. */
export function fileButton(text, accept, take, props = {}) {
  const input = h("input", { type: "file", accept, class: "away", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => {
    const file = input.files[0];
    input.value = "";
    if (file) take(file);
  });
  return h("span", {}, button(text, () => input.click(), props), input);
}
