// What a relying party may ask: agreed on paper first, then written down here.
import * as api from "./api.js";
import { day } from "./amounts.js";
import { conflict } from "./decisions.js";
import { toReader, toRecord } from "./dates.js";
import { fill, h, notice } from "./dom.js";
import { field, form, heading, named, section } from "./parts.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Thỏa thuận", en: "Agreement" },
  lead: { vi: "Chỉ ghi những gì đã ký trên giấy.", en: "Only what was signed on paper." },
  none: { vi: "Chưa có thỏa thuận với bên này.", en: "There is no agreement with this party yet." },
  day: { vi: "Ngày/tháng/năm; để trống nếu không có.", en: "Day/month/year; empty if there is none." },
  words: { vi: "Mỗi dòng một từ.", en: "One word a line." },
};
const lines = (text) => text.split(/[\s,]+/).filter(Boolean);
const both = (text) => ({ vi: text, en: text });
const yesNo = (value) => (value ? T.yes : T.no);

/** Each part: its word, what it is called, and how it is read and shown. */
const PARTS = [
  { word: "purposes", text: { vi: "Mục đích", en: "Purposes" }, kind: "words", initial: [] },
  { word: "attributes", text: { vi: "Thông tin được đối chiếu", en: "Attributes that may be compared" }, kind: "words", initial: [] },
  { word: "changes", text: { vi: "Thay đổi được thông báo", en: "Changes that are told" }, kind: "words", initial: [] },
  { word: "consent_needed", text: { vi: "Mỗi lần hỏi phải có mã đồng ý của công dân", en: "Every question needs the holder's consent" }, kind: "box", initial: true },
  { word: "chips", text: { vi: "Được xác thực chip", en: "May have chips checked" }, kind: "box", initial: false },
  { word: "numbers", text: { vi: "Đăng ký khai sinh và nhận số", en: "Registers births and gets numbers" }, kind: "box", initial: false },
  { word: "per_minute", text: { vi: "Số lần hỏi mỗi phút", en: "Questions a minute" }, kind: "number", least: 1, most: 60_000, initial: 60 },
  { word: "lines_per_day", text: { vi: "Số dòng theo lô mỗi ngày", en: "Lines of batches a day" }, kind: "number", least: 0, most: 10_000_000, initial: 0 },
  { word: "misses_per_day", text: { vi: "Số lần không khớp mỗi ngày", en: "Misses a day" }, kind: "number", least: 1, most: 1_000_000, initial: 100 },
  { word: "tries_per_subject", text: { vi: "Số lần thử cho một người mỗi ngày", en: "Attempts for one subject a day" }, kind: "number", least: 1, most: 32, initial: 5 },
  { word: "until", text: { vi: "Ngày cuối", en: "Last day" }, kind: "day", initial: null },
];

/** The page. */
export async function page(main, { rest: [party] }) {
  const path = `/v1/agreements/${api.part(party)}`;
  const look = () => api.read(path).catch((problem) => {
    if (problem.status === 404) return { value: null, etag: null };
    throw problem;
  });
  const seen = await look();
  const device = await api.get(`/v1/devices/${api.part(party)}`);
  fill(main, heading(named(S.title, device.name, ": ")),
    h("p", { class: "lead", say: seen.value ? S.lead : S.none }), section(S.title, agreement(path, seen, look)));
}

function agreement(path, seen, look) {
  let { value, etag } = seen;
  const told = h("div", {});
  const inputs = PARTS.map((part) => input(part, value?.agreement[part.word] ?? part.initial));
  const send = async () => {
    fill(told);
    const asked = Object.fromEntries(inputs.map(({ part, read }) => [part.word, read()]).filter(([, given]) => given !== null));
    try {
      const answer = await api.put(path, asked, { etag });
      [value, etag] = [answer.value, answer.etag];
      notice(T.done);
    } catch (problem) {
      if (!(problem instanceof api.Problem) || !(problem.isConflict || problem.status === 428)) throw problem;
      const fresh = await look();
      fill(told, conflict(problem, differing(value?.agreement ?? {}, fresh.value?.agreement ?? {})));
      [value, etag] = [fresh.value, fresh.etag];
      told.firstChild.focus();
    }
  };
  const of = (kind) => inputs.filter(({ part }) => part.kind === kind).map(({ place }) => place);
  return [told, form({ id: "agreement", submit: T.save, send, children: [h("div", { class: "two" }, of("words")), of("box"), h("div", { class: "two" }, of("number"), of("day"))] })];
}

function input(part, value) {
  const id = `agreement-${part.word}`;
  if (part.kind === "box") {
    const box = h("input", { id, type: "checkbox", checked: value });
    return { part, read: () => box.checked, place: h("label", { class: "check", for: id }, box, h("span", { say: part.text })) };
  }
  if (part.kind === "words") {
    const text = h("textarea", { id, rows: "5", spellcheck: "false", value: (value ?? []).join("\n"), required: part.word === "purposes" });
    return { part, read: () => lines(text.value), place: field(part.text, text, { hint: S.words }) };
  }
  if (part.kind === "number") {
    const number = h("input", { id, type: "number", class: "figures", required: true, min: part.least, max: part.most, value: value ?? part.initial });
    return { part, read: () => Number(number.value), place: field(part.text, number, { hint: both(`${part.least} – ${part.most}`) }) };
  }
  const typed = h("input", { id, class: "figures", maxlength: "10", autocomplete: "off", value: toReader(value ?? "") });
  return { part, read: () => (typed.value.trim() ? toRecord(typed.value) : null), place: field(part.text, typed, { hint: S.day }) };
}

function differing(before, now) {
  const said = (part, value) => {
    if (part.kind === "box") return yesNo(value);
    if (part.kind === "words") return both((value ?? []).join(", ") || "–");
    return part.kind === "day" ? (value ? day(value) : both("–")) : both(String(value ?? "–"));
  };
  return PARTS.filter((part) => JSON.stringify(before[part.word]) !== JSON.stringify(now[part.word]))
    .map((part) => [part.text, said(part, before[part.word]), said(part, now[part.word])]);
}
