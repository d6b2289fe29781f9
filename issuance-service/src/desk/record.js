// The texts of a record as people read them: by parts, words of lists said, days as they are written here.
import { toReader } from "./dates.js";
import { h } from "./dom.js";
import { section } from "./parts.js";
import { parted } from "./sections.js";
import { term } from "./terms.js";
import { FINGERS, word } from "./words.js";

const S = {
  record: { vi: "Thông tin kê khai", en: "Details given" },
};
const DAY = /^\d{4}(-\d\d){0,2}$/;

/** What a field holds, in both languages. */
export function shown(field) {
  if (DAY.test(field.text) && /date|birth|issue|expiry/.test(field.word)) return toReader(field.text);
  return word(field.word, field.text);
}

/** What a field is called. */
export const label = (field) => ({ vi: field.label_vi, en: field.label });

/** What a picture or a measure is about. */
export function said(subject) {
  if (FINGERS.includes(subject)) return word("finger", subject);
  return term("subjects", subject);
}

/** All texts by the parts of the form. */
export function recordFacts(fields) {
  const parts = parted(fields.map((field) => ({ ...field, name: field.word })));
  return section(S.record, parts.map((part) => h("section", { class: "block" }, h("h3", { say: part }),
    h("dl", { class: "facts" }, part.members.map((field) =>
      h("div", {}, h("dt", { say: label(field) }), h("dd", { say: shown(field) })))))));
}
