// One batch: how far it is, asked again while it is shown; and card by card what came of it.
import * as api from "./api.js";
import { age, amount, when } from "./amounts.js";
import { button, fileButton, fill, h, notice } from "./dom.js";
import { badge, brief, facts, field, form, heading, named, section, select, short, sure } from "./parts.js";
import { apply } from "./language.js";
import { may } from "./session.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Lô", en: "Batch" },
  progress: { vi: "Tiến độ", en: "Progress" },
  live: { vi: "Tự cập nhật mỗi 5 giây.", en: "Renewed every 5 seconds." },
  waiting: { vi: "Chờ ghi", en: "To be written" },
  written: { vi: "Đã ghi, chờ kiểm tra", en: "Written, to be checked" },
  passed: { vi: "Đạt", en: "Passed" },
  rejected: { vi: "Loại", en: "Rejected" },
  by: { vi: "Người nhận", en: "Taken by" },
  claimed: { vi: "Nhận lúc", en: "Taken" },
  reported: { vi: "Báo cáo gần nhất", en: "Last report" },
  released: { vi: "Đã trả lại bởi", en: "Given up by" },
  cards: { vi: "Từng thẻ", en: "Card by card" },
  stalled: { vi: "Hơn 12 giờ không có báo cáo nào.", en: "Nobody has reported anything for twelve hours." },
  find: { vi: "Quét hoặc nhập số chip hay mã lệnh", en: "Scan or type the chip's number or the job" },
  none: { vi: "Không có thẻ nào như vậy trong lô.", en: "No such card is in this batch." },
  spoiled: { vi: "Thẻ hỏng", en: "The card is spoiled" },
  reject: { vi: "Không đạt", en: "Reject" },
  two: { vi: "Cần hai người cùng ghi nhận một thẻ hỏng: bạn là người thứ nhất hoặc thứ hai.", en: "It takes two people to say so: you are the first or the second." },
  file: { vi: "Nộp kết quả từ tệp", en: "Results from a file" },
  fileLead: { vi: "Tệp kết quả của máy ghi: biên nhận của chip nằm trong đó.", en: "The result file of the writing station: the chips' receipts are in it." },
  quality: { vi: "Nộp kết quả kiểm tra từ tệp", en: "Quality results from a file" },
  noFile: { vi: "Tệp này không phải là tệp kết quả.", en: "This is no file of results." },
  release: { vi: "Trả lại lô", en: "Give the batch up" },
  releaseLead: { vi: "Các lệnh chưa ghi sẽ chờ người khác nhận.", en: "What is not written waits for somebody else." },
};
const PAUSE = 5000;

/** The page. */
export async function page(main, { rest: [id], current }) {
  const path = `/v1/batches/${api.part(id)}`;
  const parts = { progress: h("div", {}), cards: h("div", { class: "stack" }), card: h("div", {}), done: h("div", { role: "status" }) };
  let [seen, whole] = ["", null];
  const refresh = async () => {
    const { value, text } = await api.read(path);
    if (text === seen || !current()) return;
    [seen, whole] = [text, value];
    fill(parts.progress, progress(value));
    fill(parts.cards, cards(value, (card) => show(card)));
    apply();
  };
  const show = (card) => fill(parts.card, one(card, path, parts.done, refresh));
  await refresh();
  fill(main, heading(named(S.title, brief(id)), ...acts(whole, path, refresh)),
    section(S.progress, parts.progress, h("p", { class: "hint", say: S.live })),
    section(S.cards, finder(() => whole.cards, show), parts.card, parts.done, parts.cards),
    files(path, parts.done, refresh));
  const timer = setInterval(() => document.hidden || refresh().catch(() => null), PAUSE);
  return () => clearInterval(timer);
}

function acts({ batch }, path, refresh) {
  const isOpen = batch.state === "open";
  return [isOpen && may("batch.release") && button(S.release, async () => {
    if (!(await sure(S.release, S.releaseLead, S.release))) return;
    await api.post(`${path}/release`);
    notice(T.done);
    await refresh();
  }, { id: "release" })];
}

function progress({ batch, progress: at }) {
  const all = at.waiting + at.written + at.passed + at.rejected;
  const tile = (text, count) => h("div", { class: "tile" }, h("dt", { say: text }), h("dd", { say: amount(count) }));
  return h("div", { class: "stack" },
    batch.stalled && h("p", { class: "finding warn", say: S.stalled }),
    h("progress", { max: Math.max(1, all), value: at.passed + at.rejected, names: { "aria-label": S.progress } }),
    h("dl", { class: "tiles" }, tile(S.waiting, at.waiting), tile(S.written, at.written), tile(S.passed, at.passed), tile(S.rejected, at.rejected)),
    facts([
      [T.state, badge("batch_states", batch.state)],
      [T.site, batch.site], [T.profile, batch.profile], [S.by, batch.by], [S.claimed, when(batch.claimed_at)],
      [S.reported, age(batch.reported_at)], [S.released, batch.released_by],
    ]));
}

/** One line for each card; a click takes it up. */
function cards({ cards: list }, show) {
  const row = (card) => h("tr", {},
    h("th", { scope: "row" }, button(card.chip.slice(-8), () => show(card), { class: "quiet figures", names: { "aria-label": named(T.chip, card.chip) } })),
    h("td", {}, short(card.job)),
    h("td", {}, badge("chip_states", card.state)),
    h("td", { say: card.reason ? term("reject_reasons", card.reason) : "–" }));
  const head = [T.chip, T.job, T.state, T.reason].map((text) => h("th", { scope: "col", say: text }));
  return list.length === 0 ? h("p", { say: T.nothing }) : h("div", { class: "scroll", tabindex: "0", role: "region", names: { "aria-label": S.cards } },
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, list.map(row))));
}

/** A scanner types a number and presses Enter. */
function finder(list, show) {
  const input = h("input", { id: "find-card", autocomplete: "off", spellcheck: "false", class: "figures" });
  const none = h("p", { class: "finding warn", role: "status", say: S.none, hidden: true });
  return h("div", {}, form({
    id: "find", inline: true, submit: T.search, children: [field(S.find, input), none],
    send: () => {
      const text = input.value.trim().toLowerCase();
      const found = list().find((card) => text.length >= 4 && (card.chip.endsWith(text) || card.job.startsWith(text)));
      none.hidden = Boolean(found);
      if (found) {
        show(found);
        input.select();
      }
    },
  }));
}

/** The card that is in the hand. */
function one(card, path, done, refresh) {
  const toWrite = card.state === "reserved" && may("result.submit");
  const toJudge = card.state === "written" && may("quality.record");
  const report = (where, outcome) => async (reason) => {
    const { value } = await api.post(`${path}/${where}`, { results: [{ outcome, job: card.job, reason }] });
    fill(done, outcomes(value.items));
    await refresh();
  };
  return h("div", { class: "block card" },
    facts([
      [T.chip, h("code", {}, card.chip)], [T.job, h("code", {}, card.job)],
      [T.state, term("chip_states", card.state)], [T.reason, card.reason && term("reject_reasons", card.reason)],
    ]),
    toWrite && reasoned("spoiled", S.spoiled, report("results", "spoiled")),
    toJudge && reasoned("rejected", S.reject, report("quality", "rejected")));
}

/** A reason and its button, said by two people. */
export function reasoned(id, text, send) {
  const choice = select(`${id}-reason`, words("void_reasons"), "chip-faulty");
  return form({ id, submit: text, danger: true, children: [field(T.reason, choice), h("p", { class: "hint", say: S.two })], send: () => send(choice.value) });
}

/** What became of each report. */
export function outcomes(items) {
  const kind = (item) => (item.outcome === "refused" ? "refuse" : item.outcome === "proposed" ? "warn" : "good");
  return h("ul", { class: "plain" }, items.map((item) => h("li", {}, short(item.job), " ", h("span", { class: `chip ${kind(item)}`, say: term("outcomes", item.outcome) }),
    item.reason && h("span", { class: "hint", say: term("refusals", item.reason) }))));
}

/** Results that machines wrote: receipts of chips are nothing to be typed. */
function files(path, done, refresh) {
  const take = (where) => async (file) => {
    const results = await read(file);
    if (!results) return notice(S.noFile, "refuse");
    const { value } = await api.post(`${path}/${where}`, { results });
    fill(done, outcomes(value.items));
    await refresh();
  };
  const [canWrite, canJudge] = [may("result.submit"), may("quality.record")];
  if (!canWrite && !canJudge) return null;
  return section(S.file, h("p", { class: "hint", say: S.fileLead }), h("div", { class: "actions" },
    canWrite && fileButton(S.file, ".json", take("results"), { id: "results-file" }),
    canJudge && fileButton(S.quality, ".json", take("quality"), { id: "quality-file" })));
}

/** A list of results, or an object that holds one. */
async function read(file) {
  try {
    const value = JSON.parse(await file.text());
    const list = Array.isArray(value) ? value : value.results;
    return Array.isArray(list) && list.length > 0 ? list : null;
  } catch {
    return null;
  }
}
