// The keyboard. Single letters act only outside of fields and can be switched off (WCAG 2.1.4); `?` lists them.
import { button, fill, h } from "./dom.js";
import { T } from "./texts.js";

const general = new Map();
let local = new Map();
let letters = true;

/** A shortcut of every page. `key` is as `KeyboardEvent.key` says it. */
export function everywhere(key, text, action) {
  general.set(key, { text, action });
}

/** The shortcuts of the page shown now, in place of those of the page before. */
export function ofThisPage(entries) {
  local = new Map(entries.map(([key, text, action]) => [key, { text, action }]));
}

/** Starts to listen. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const entry = local.get(event.key) ?? general.get(event.key);
    if (!entry?.action) return;
    if (event.key.length === 1 && (!letters || isTyping(event.target))) return;
    if (event.key === " " && event.target.closest("button, a, summary, [role=radio], input")) return;
    event.preventDefault();
    entry.action();
  });
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

const SHOWN = { " ": "Space", ArrowLeft: "←", ArrowRight: "→" };

/** The list of shortcuts. */
export function help() {
  const rows = [...local, ...general]
    .filter(([, entry]) => entry.text)
    .map(([key, entry]) => [h("dt", {}, h("kbd", {}, SHOWN[key] ?? key)), h("dd", { say: entry.text })]);
  const toggle = h("input", { type: "checkbox", id: "letters", checked: letters });
  toggle.addEventListener("change", () => { letters = toggle.checked; });
  const dialog = h("dialog", { class: "card", "aria-labelledby": "keys-title" });
  fill(
    dialog,
    h("h2", { id: "keys-title", say: T.keysTitle }),
    h("dl", { class: "keys" }, rows),
    h("p", { class: "check" }, toggle, h("label", { for: "letters", say: T.keysOn })),
    h("p", { class: "hint", say: T.keysNote }),
    button(T.close, () => dialog.close(), { autofocus: true, class: "primary" }),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
