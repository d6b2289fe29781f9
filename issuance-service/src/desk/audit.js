// The audit log: its signed checkpoint, its entries, and the proof for each, checked here and not where the log is.
import * as api from "./api.js";
import { amount, second } from "./amounts.js";
import { alarm, button, fill, h } from "./dom.js";
import { entryTexts, hashText, isConsistent, isIncluded, leafOf, openCheckpoint } from "./merkle.js";
import { ask, brief, calm, facts, field, form, heading, named, section, short, table } from "./parts.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Nhật ký kiểm toán", en: "Audit log" },
  checkpoint: { vi: "Điểm chốt mới nhất", en: "Newest checkpoint" },
  none: { vi: "Nhật ký chưa có điểm chốt.", en: "The log has no checkpoint yet." },
  signed: { vi: "Chữ ký đúng với khóa của nhật ký", en: "Signed by the key of the log" },
  unsigned: { vi: "Chữ ký KHÔNG đúng với khóa của nhật ký", en: "NOT signed by the key of the log" },
  size: { vi: "Số mục", en: "Entries" },
  root: { vi: "Gốc", en: "Root" },
  key: { vi: "Khóa của nhật ký", en: "Key of the log" },
  keyHint: { vi: "So với khóa bạn nhận được từ nơi khác.", en: "Compare it with the one that you got from elsewhere." },
  save: { vi: "Lưu điểm chốt", en: "Save the checkpoint" },
  kept: { vi: "So với điểm chốt đã lưu", en: "Compare with one that you kept" },
  keptHint: { vi: "Nhật ký mới phải bắt đầu bằng toàn bộ nhật ký cũ.", en: "The log of now must begin with all of the log of then." },
  compare: { vi: "Kiểm tra", en: "Check" },
  grown: { vi: "Nhật ký chỉ được viết thêm kể từ điểm chốt đó.", en: "Since that checkpoint the log has only grown." },
  rewritten: { vi: "Nhật ký KHÔNG phải là phần nối tiếp của điểm chốt đó.", en: "The log does NOT continue that checkpoint." },
  foreign: { vi: "Điểm chốt này không do khóa của nhật ký này ký.", en: "That checkpoint was not signed by the key of this log." },
  entries: { vi: "Các mục", en: "Entries" },
  from: { vi: "Từ mục số", en: "From number" },
  show: { vi: "Xem", en: "Show" },
  older: { vi: "Cũ hơn", en: "Older" },
  newer: { vi: "Mới hơn", en: "Newer" },
  action: { vi: "Hành động, đối tượng", en: "Action, subject" },
  service: { vi: "Hệ thống", en: "The service" },
  outcome: { vi: "Kết quả", en: "Outcome" },
  done: { vi: "đã làm", en: "done" },
  refused: { vi: "bị từ chối", en: "refused" },
  prove: { vi: "Kiểm chứng", en: "Prove" },
  proof: { vi: "Bằng chứng của mục", en: "Proof of entry" },
  leaf: { vi: "Lá", en: "Leaf" },
  path: { vi: "Đường tới gốc", en: "Way to the root" },
  included: { vi: "Mục này nằm trong nhật ký mà điểm chốt đã ký.", en: "This entry is in the log that the checkpoint signs." },
  notIncluded: { vi: "Bằng chứng SAI: mục này không nằm trong nhật ký đã ký.", en: "The proof is WRONG: this entry is not in the signed log." },
  here: { vi: "Kiểm tra trong trình duyệt này.", en: "Checked in this browser." },
};
const PART = 50;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The page. */
export async function page(main, { query }) {
  const checkpoint = await api.get("/v1/audit/checkpoint").catch((problem) => {
    if (problem.status === 404) return null;
    throw problem;
  });
  const opened = checkpoint && (await openCheckpoint(checkpoint.note, checkpoint.key));
  const from = Number(query.get("from") ?? Math.max(0, (checkpoint?.size ?? 0) - PART));
  const answer = await api.read(api.query("/v1/audit/entries", { from, limit: PART }));
  const texts = entryTexts(answer.text);
  const entries = answer.value.items.map((item, place) => ({ ...item, text: texts[place] }));
  fill(main, heading(S.title),
    section(S.checkpoint, checkpoint ? head(checkpoint, opened) : calm(S.none)),
    section(S.entries, walk(from, answer.value.next, checkpoint), entries.length === 0 ? h("p", { say: T.nothing }) : list(entries, opened)));
}

const verdict = (isGood, good, bad) => h("p", { class: isGood ? "verdict green" : "verdict red", say: isGood ? good : bad });

function head(checkpoint, opened) {
  const note = new Blob([checkpoint.note], { type: "text/plain" });
  return [
    verdict(opened, S.signed, S.unsigned),
    facts([
      [S.size, amount(checkpoint.size)], [T.time, opened?.at && second(opened.at)],
      [S.root, h("code", {}, checkpoint.root)], [S.key, h("div", {}, h("code", {}, checkpoint.key), h("p", { class: "hint", say: S.keyHint }))],
    ]),
    h("div", { class: "actions" }, h("a", { class: "button", download: `checkpoint-${checkpoint.size}.txt`, href: URL.createObjectURL(note), say: S.save })),
    h("details", {}, h("summary", { say: S.kept }), compare(checkpoint, opened)),
  ];
}

function compare(checkpoint, opened) {
  const note = h("textarea", { id: "kept", rows: "6", required: true, spellcheck: "false" });
  const told = h("div", { role: "status" });
  return form({
    id: "compare", submit: S.compare, children: [field(S.kept, note, { hint: S.keptHint, wide: true }), told],
    send: async () => {
      const text = `${note.value.replace(/\r/g, "").trim()}\n`;
      const older = await openCheckpoint(text, checkpoint.key).catch(() => null);
      if (!older || !opened) return fill(told, verdict(false, S.grown, S.foreign));
      const path = older.size < checkpoint.size && older.size > 0
        ? (await api.get(api.query("/v1/audit/proofs/consistency", { from: older.size, to: checkpoint.size }))).proof.path : [];
      fill(told, verdict(older.size === 0 || (await isConsistent(older, checkpoint, path)), S.grown, S.rewritten));
    },
  });
}

function walk(from, next, checkpoint) {
  const number = h("input", { id: "from", type: "number", class: "figures", min: "0", max: String(checkpoint?.size ?? 0), value: String(from), required: true });
  const to = (place) => `#/audit?from=${Math.max(0, place)}`;
  return h("div", { class: "line" },
    form({ id: "walk", inline: true, submit: S.show, children: field(S.from, number), send: () => { location.hash = to(Number(number.value)); } }),
    h("div", { class: "actions" },
      from > 0 && h("a", { class: "button", href: to(from - PART), say: S.older }),
      next !== null && h("a", { class: "button", href: to(next), say: S.newer })));
}

/** The newest first: that is what an auditor asks for. */
function list(entries, opened) {
  return table(S.entries, [
    [T.number, (item) => amount(item.number), "number"],
    [T.time, ({ entry }) => second(entry.at)],
    [T.who, ({ entry }) => who(entry.actor)],
    [S.action, ({ entry }) => h("span", {}, h("code", {}, entry.action), h("span", { class: "under" }, entry.subject.kind, " ", short(String(entry.subject.id))))],
    [S.outcome, outcome],
    [S.prove, (item) => proving(item, opened)],
  ], [...entries].reverse());
}

/** The service itself has a name of zeros. */
const who = (actor) => (/^[0-]+$/.test(actor.name) ? S.service : actor.name);

function outcome({ entry }) {
  const refused = entry.outcome?.refused;
  const detail = Object.entries(entry.detail ?? {}).map(([key, value]) => `${key} ${ID.test(value) ? brief(value) : value}`).join(", ");
  const shown = refused ? h("span", { class: "chip refuse", say: named(S.refused, refused, ": ") })
    : h("span", { class: "chip good", say: S.done });
  return h("span", {}, shown, detail && h("span", { class: "under long" }, detail));
}

function proving({ number, text }, opened) {
  const names = { "aria-label": named(S.prove, number) };
  const isOpen = !opened || number >= opened.size;
  return button(S.prove, () => prove(number, text, opened).catch(alarm), { class: "prove", names, disabled: isOpen });
}

async function prove(number, text, opened) {
  const { proof } = await api.get(api.query("/v1/audit/proofs/inclusion", { index: number, size: opened.size }));
  const leaf = await leafOf(text);
  const isRight = proof.index === number && proof.size === opened.size && (await isIncluded(leaf, proof, opened.root));
  const title = named(S.proof, number);
  await ask(title, (close) => [
    verdict(isRight, S.included, S.notIncluded), h("p", { class: "hint", say: S.here }),
    facts([
      [S.leaf, h("code", {}, hashText(leaf))],
      [S.path, h("ol", { class: "plain" }, proof.path.map((hash) => h("li", {}, h("code", {}, hash))))],
      [S.root, h("code", {}, opened.root)],
    ]),
    h("pre", { tabindex: "0" }, text),
    h("div", { class: "actions" }, button(T.close, () => close(true), { class: "primary", autofocus: true, id: "proof-close" })),
  ], { wide: true });
}
