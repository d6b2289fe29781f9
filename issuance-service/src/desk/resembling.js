// Who is registered and resembles the applicant, side by side: what differs is marked, by a word and not by colour alone.
import * as api from "./api.js";
import { amount } from "./amounts.js";
import { h } from "./dom.js";
import { brief, facts, form, link, named, section, short } from "./parts.js";
import { part } from "./api.js";
import { label, shown } from "./record.js";
import { may } from "./session.js";
import { term } from "./terms.js";
import { T } from "./texts.js";
import { decided } from "./decisions.js";

const S = {
  title: { vi: "Người đã đăng ký giống người nộp hồ sơ", en: "Registered people who resemble the applicant" },
  lead: {
    vi: "So sánh từng dòng. Một người chỉ được đăng ký một lần.",
    en: "Compare line by line. A person is registered once and never again.",
  },
  applicant: { vi: "Người nộp hồ sơ", en: "Applicant" },
  registered: { vi: "Đã đăng ký", en: "Registered" },
  field: { vi: "Thông tin", en: "Detail" },
  result: { vi: "So sánh", en: "Comparison" },
  same: { vi: "Giống", en: "Same" },
  differs: { vi: "Khác", en: "Differs" },
  missing: { vi: "Một bên không có", en: "One side has none" },
  score: { vi: "Mức giống", en: "Likeness" },
  rule: { vi: "Theo", en: "By" },
  number: { vi: "Số định danh", en: "Personal number" },
  decision: { vi: "Kết luận", en: "Your finding" },
  another: { vi: "Là người mới: không phải ai trong số này", en: "A new person: none of these" },
  isThis: { vi: "Là người đã đăng ký này", en: "This registered person" },
  send: { vi: "Ghi kết luận", en: "Record the finding" },
  portrait: { vi: "Ảnh chân dung của người nộp hồ sơ", en: "Portrait of the applicant" },
  noPortrait: {
    vi: "Không còn ảnh của người này: ảnh được xóa khi đã trả thẻ, hoặc 90 ngày sau khi nhận hồ sơ.",
    en: "No portrait of this person is kept: portraits are erased when the card is handed over, or 90 days after the application came.",
  },
  otherPortrait: { vi: "Ảnh chân dung của người đã đăng ký", en: "Portrait of the registered person" },
};

/** The part of the page, or nothing where nobody resembles. */
export function resembling(view, context, etag) {
  const people = view.resembling_people;
  if (people.length === 0) return null;
  return section(S.title, h("p", { class: "hint", say: S.lead }),
    people.map((person, place) => compared(view, person, place, context.path)),
    view.can.includes("duplicate.review") && review(view, context, etag));
}

function compared(view, person, place, path) {
  const words = [...new Set([...view.fields, ...person.texts].map((field) => field.word))];
  const own = new Map(view.fields.map((field) => [field.word, field]));
  const other = new Map(person.texts.map((field) => [field.word, field]));
  const rows = words.map((word) => ({ word, left: own.get(word), right: other.get(word) }))
    .sort((a, b) => weight(a) - weight(b));
  const portrait = view.images.find((image) => image.of_record && image.subject === "portrait");
  const name = named(S.registered, place + 1);
  return h("section", { class: "compared" },
    h("div", { class: "faces" },
      h("figure", {}, portrait && h("img", { src: `${path}/images/${part(portrait.name)}`, names: { alt: S.portrait } }),
        h("figcaption", { say: S.applicant })),
      h("figure", {}, person.portrait
        ? h("img", { src: person.portrait, names: { alt: named(S.otherPortrait, place + 1) } }) : h("p", { class: "no-face hint", say: S.noPortrait }),
      h("figcaption", { say: name })),
      facts([
        [T.person, may("person.read") ? link(`#/person/${person.person}`, person.person) : short(person.person)],
        [S.number, person.number], [T.status, term("person_status", person.status)],
        [S.score, { vi: `${amount(person.score).vi} %`, en: `${amount(person.score).en}%` }], [S.rule, person.rule],
      ])),
    comparison(name, rows));
}

const isSame = ({ left, right }) => left && right && (right.same ?? left.text === right.text);
/** What differs stands first. */
const weight = (row) => (row.left && row.right ? (isSame(row) ? 1 : 0) : 2);

function comparison(name, rows) {
  const head = [S.field, S.applicant, name, S.result].map((text) => h("th", { scope: "col", say: text }));
  const cell = (field) => h("td", { say: field ? shown(field) : "–" });
  const body = rows.map((row) => {
    const kind = ["differs", "same", "missing"][weight(row)];
    return h("tr", { class: kind }, h("th", { scope: "row", say: label(row.left ?? row.right) }), cell(row.left), cell(row.right),
      h("td", { class: "result", say: S[kind] }));
  });
  return h("div", { class: "scroll", tabindex: "0", role: "region", names: { "aria-label": name } },
    h("table", { class: "comparison" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

function review(view, context, etag) {
  const choice = (value, text, beside) => h("label", { class: "check choice" },
    h("input", { type: "radio", name: "finding", value, required: true }), h("span", { say: text }), beside);
  const known = view.resembling_people.map((person, place) => choice(person.person, S.isThis,
    h("span", { class: "hint" }, ` ${place + 1} · ${person.number ?? brief(person.person)}`)));
  const self = form({
    id: "duplicate-review", submit: S.send,
    children: [h("fieldset", {}, h("legend", { say: S.decision }), choice("new", S.another), known)],
    send: async () => {
      const chosen = self.querySelector("input:checked").value;
      const finding = chosen === "new" ? { finding: "new-person" } : { finding: "known-person", person: chosen };
      await decided(context, view, () => api.post(`${context.path}/duplicate-review`, finding, { etag }));
    },
  });
  return self;
}
