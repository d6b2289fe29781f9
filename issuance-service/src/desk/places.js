// At which site or counter somebody works: typed once, remembered until the page is closed.
import { h } from "./dom.js";

const chosen = { site: "", counter: "" };

/** The word of the place. */
export const placed = (kind) => chosen[kind];

/** A field for the word of a place: small letters, digits, hyphens. */
export function placeField(kind, value = chosen[kind]) {
  const input = h("input", { id: kind, name: kind, required: true, maxlength: "40", pattern: "[a-z0-9\\-]+", value, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  input.addEventListener("change", () => { chosen[kind] = input.value.trim(); });
  return input;
}

/** It is this place from now on. */
export function work(kind, word) {
  chosen[kind] = word;
}
