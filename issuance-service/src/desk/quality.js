// The work list of quality control: written cards of all batches, each to be passed by its receipt or set aside by two people.
import * as api from "./api.js";
import { age, amount } from "./amounts.js";
import { button, fill, h } from "./dom.js";
import { outcomes, reasoned } from "./batch.js";
import { ask, heading, link, listed, named, short, table } from "./parts.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Kiểm tra chất lượng", en: "Quality control" },
  lead: {
    vi: "Thẻ đã ghi chờ đọc lại. Người đã ghi thẻ không kiểm tra thẻ đó.",
    en: "Written cards that wait to be read back. Who wrote a card does not pass it.",
  },
  empty: { vi: "Không có thẻ nào chờ kiểm tra.", en: "No card waits to be checked." },
  batch: { vi: "Lô", en: "Batch" },
  waits: { vi: "Số thẻ chờ trong danh sách", en: "Cards that wait in this list" },
  writer: { vi: "Người ghi", en: "Written by" },
  since: { vi: "Chờ từ", en: "Waits" },
  own: { vi: "Bạn đã ghi thẻ này", en: "You wrote it" },
  reject: { vi: "Không đạt", en: "Reject" },
  pass: { vi: "Thẻ đạt được ghi nhận bằng tệp kết quả, ở trang của lô.", en: "Cards are passed with the result file, on the page of their batch." },
};

/** The page. */
export async function page(main, { again, current }) {
  const done = h("div", { role: "status" });
  const rows = (cards) => [h("p", {}, h("span", { say: S.waits }), ": ", h("strong", { say: amount(cards.length) })),
    table(S.title, [
      [T.chip, (card) => h("code", { title: card.chip }, card.chip.slice(-8))],
      [T.job, (card) => short(card.job)],
      [S.batch, (card) => (card.batch ? link(`#/batch/${card.batch}`, card.batch) : "–")],
      [T.site, (card) => card.site],
      [T.profile, (card) => card.profile ?? "–"],
      [S.writer, (card) => card.written_by ?? "–"],
      [S.since, (card) => (card.waits_since ? age(card.waits_since) : "–")],
      [T.what, (card) => (card.own ? h("span", { say: S.own }) : rejecting(card, done, again))],
    ], cards)];
  const list = listed((after) => api.query("/v1/quality", { after, limit: 50 }), rows, S.empty);
  await list.load();
  if (!current()) return;
  fill(main, heading(S.title, button(T.reload, again)), h("p", { class: "lead", say: S.lead }), done, list.place,
    h("p", { class: "hint", say: S.pass }));
}

function rejecting(card, done, again) {
  const name = named(S.reject, card.chip.slice(-8), ": ");
  return button(S.reject, async () => {
    const items = await ask(name, (close) => [reasoned("quality", S.reject, async (reason) => {
      const { value } = await api.post(`/v1/batches/${card.batch}/quality`, { results: [{ outcome: "rejected", job: card.job, reason }] });
      close(value.items);
    }), button(T.cancel, () => close(null))]);
    if (!items) return;
    await again();
    fill(document.querySelector("#main [role=status]") ?? done, outcomes(items));
  }, { class: "danger", names: { "aria-label": name } });
}
