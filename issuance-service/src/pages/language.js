// Two languages on one page. Every text carries both; switching changes what is shown and nothing else, so that neither
// a half-typed field nor the focus is lost.

// Each room of pages keeps its own, under the name that its index.html says.
const KEY = `${document.documentElement.dataset.room}.language`;
const LANGUAGES = ["vi", "en"];
const named = new WeakMap();

let current = LANGUAGES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "vi";

/** The language shown: `vi` or `en`. */
export function language() {
  return current;
}

/** One of the two texts. */
export function pick(text) {
  return typeof text === "string" ? text : (text?.[current] ?? text?.en ?? "");
}

/** Gives an element its text in both languages; a plain string is the same in both, such as a name. */
export function say(element, text) {
  if (typeof text === "string") {
    delete element.dataset.vi;
    delete element.dataset.en;
  } else {
    element.dataset.vi = text?.vi ?? "";
    element.dataset.en = text?.en ?? "";
  }
  const shown = pick(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Gives an attribute its text in both languages. */
export function name(element, attribute, text) {
  named.set(element, { ...(named.get(element) ?? {}), [attribute]: text });
  element.dataset.named = "";
  element.setAttribute(attribute, pick(text));
}

/** Shows the page in a language. */
export function show(wanted) {
  current = LANGUAGES.includes(wanted) ? wanted : "vi";
  localStorage.setItem(KEY, current);
  apply();
}

/** The other language. */
export function other() {
  return LANGUAGES.find((each) => each !== current);
}

export function apply() {
  document.documentElement.lang = current;
  document.querySelectorAll("[data-vi]").forEach((element) => {
    element.textContent = element.dataset[current];
  });
  document.querySelectorAll("[data-named]").forEach((element) => {
    Object.entries(named.get(element) ?? {}).forEach(([attribute, text]) => element.setAttribute(attribute, pick(text)));
  });
  document.dispatchEvent(new CustomEvent("language"));
}

/** A time of day as people here write it. */
export function clock(date) {
  return new Intl.DateTimeFormat(current, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(date);
}

/** A day and time of an ISO text. */
export function moment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text ?? "";
  return new Intl.DateTimeFormat(current === "vi" ? "vi" : "en-GB", { dateStyle: "short", timeStyle: "short", hour12: false }).format(date);
}
