// The work list of quality control: written cards of all batches, each to be passed by its receipt or set aside by two people.
import * as api from "./api.js";
import { amount } from "./amounts.js";
import { button, fill, h } from "./dom.js";
import { outcomes, reasoned } from "./batch.js";
import { ask, calm, heading, link, named, short, table } from "./parts.js";
import { may } from "./session.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Kiểm tra chất lượng", en: "Quality control" },
  lead: {
    vi: "Thẻ đã ghi chờ đọc lại. Người đã ghi thẻ không kiểm tra thẻ đó.",
    en: "Written cards that wait to be read back. Who wrote a card does not pass it.",
  },
  empty: { vi: "Không có thẻ nào chờ kiểm tra.", en: "No card waits to be checked." },
  batch: { vi: "Lô", en: "Batch" },
  waits: { vi: "Số thẻ chờ", en: "Cards that wait" },
  reject: { vi: "Không đạt", en: "Reject" },
  pass: { vi: "Thẻ đạt được ghi nhận bằng tệp kết quả, ở trang của lô.", en: "Cards are passed with the result file, on the page of their batch." },
};
/** Batches that are looked at. */
const BATCHES = 40;

/** The page. */
export async function page(main, { again, current }) {
  const lists = await Promise.all(["open", "written"].map((state) => api.get(api.query("/v1/batches", { state, limit: BATCHES }))));
  const batches = await Promise.all(lists.flatMap((list) => list.items).map((batch) => api.get(`/v1/batches/${batch.id}`)));
  if (!current()) return;
  const cards = batches.flatMap(({ batch, cards: list }) => list.filter((card) => card.state === "written").map((card) => ({ ...card, batch })));
  const done = h("div", { role: "status" });
  fill(main, heading(S.title, button(T.reload, again)), h("p", { class: "lead", say: S.lead }), done,
    cards.length === 0 ? calm(S.empty) : [h("p", {}, h("span", { say: S.waits }), ": ", h("strong", { say: amount(cards.length) })),
      table(S.title, [
        [T.chip, (card) => h("code", { title: card.chip }, card.chip.slice(-8))],
        [T.job, (card) => short(card.job)],
        [S.batch, (card) => link(`#/batch/${card.batch.id}`, card.batch.id)],
        [T.site, (card) => card.batch.site],
        [T.profile, (card) => card.batch.profile],
        [T.what, (card) => (may("quality.record") ? rejecting(card, done, again) : "–")],
      ], cards)],
    h("p", { class: "hint", say: S.pass }));
}

function rejecting(card, done, again) {
  const name = named(S.reject, card.chip.slice(-8), ": ");
  return button(S.reject, async () => {
    const items = await ask(name, (close) => [reasoned("quality", S.reject, async (reason) => {
      const { value } = await api.post(`/v1/batches/${card.batch.id}/quality`, { results: [{ outcome: "rejected", job: card.job, reason }] });
      close(value.items);
    }), button(T.cancel, () => close(null))]);
    if (!items) return;
    await again();
    fill(document.querySelector("#main [role=status]") ?? done, outcomes(items));
  }, { class: "danger", names: { "aria-label": name } });
}
