// Looking for people of the register. What is looked for stands in no address: a browser would keep it.
import * as api from "./api.js";
import { toReader, toRecord } from "./dates.js";
import { fill, h } from "./dom.js";
import { badge, calm, field, form, heading, link, section, table } from "./parts.js";
import { may } from "./session.js";
import { T } from "./texts.js";
import { word } from "./words.js";

const S = {
  title: { vi: "Tìm công dân", en: "Look for people" },
  lead: {
    vi: "Tìm theo số định danh, hoặc theo họ tên và ngày sinh. Mỗi lần tìm đều được ghi vào nhật ký kiểm toán.",
    en: "By personal number, or by name and date of birth. Every search is written into the audit log.",
  },
  number: { vi: "Số định danh cá nhân", en: "Personal number" },
  byNumber: { vi: "Theo số", en: "By number" },
  byName: { vi: "Theo họ tên", en: "By name" },
  nameHint: { vi: "Thứ tự và dấu không quan trọng.", en: "Order and tones do not matter." },
  birthHint: { vi: "Ngày/tháng/năm, hoặc chỉ năm.", en: "Day/month/year, or the year alone." },
  found: { vi: "Kết quả", en: "Found" },
  nobody: { vi: "Không tìm thấy ai.", en: "Nobody was found." },
};
let last = null;

/** The page. What was found before is there again on the way back. */
export async function page(main) {
  const results = h("div", { class: "stack", role: "status" });
  const number = h("input", { id: "number", class: "figures", required: true, maxlength: "32", inputmode: "numeric", autocomplete: "off" });
  const name = h("input", { id: "name", required: true, maxlength: "200", autocomplete: "off" });
  const birth = h("input", { id: "birth", class: "figures", required: true, maxlength: "10", autocomplete: "off", placeholder: "31/12/1999" });
  const look = async (asked) => {
    const { items } = await api.get(api.query("/v1/people", asked));
    last = { items, number: number.value, name: name.value, birth: birth.value };
    fill(results, found(items));
  };
  fill(main, heading(S.title), h("p", { class: "lead", say: S.lead }), h("div", { class: "two" },
    section(S.byNumber, form({ id: "by-number", submit: T.search, children: field(S.number, number), send: () => look({ number: number.value.replace(/\s/g, "") }) })),
    section(S.byName, form({
      id: "by-name", submit: T.search,
      children: [field(T.fullName, name, { hint: S.nameHint }), field(T.birth, birth, { hint: S.birthHint })],
      send: () => look({ name: name.value.trim(), birth: toRecord(birth.value) }),
    }))), results);
  if (last) {
    number.value = last.number;
    name.value = last.name;
    birth.value = last.birth;
    fill(results, found(last.items));
  }
}

document.addEventListener("signed-out", () => { last = null; });

function found(items) {
  if (items.length === 0) return calm(S.nobody);
  return table(S.found, [
    [T.fullName, (item) => (may("person.read") ? h("a", { href: `#/person/${item.id}` }, item.full_name) : item.full_name)],
    [S.number, (item) => item.number ?? "–"],
    [T.birth, (item) => toReader(item.date_of_birth)],
    [T.sex, (item) => (item.sex ? word("sex", item.sex) : "–")],
    [T.status, (item) => badge("person_status", item.status)],
    [T.person, (item) => link(`#/person/${item.id}`, item.id)],
  ], items);
}
