// Cards on their way to counters: packed here, counted where they arrive.
import * as api from "./api.js";
import { amount, when } from "./amounts.js";
import { fill, h, notice } from "./dom.js";
import { badge, calm, field, form, heading, link, listed, named, section, short, table } from "./parts.js";
import { placed, placeField, work } from "./places.js";
import { may } from "./session.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Chuyển thẻ", en: "Consignments" },
  empty: { vi: "Không có chuyến nào.", en: "There is no consignment." },
  states: { vi: "Trạng thái của chuyến", en: "States of consignments" },
  one: { vi: "Chuyến", en: "Consignment" },
  counter: { vi: "Quầy", en: "Counter" },
  counterHint: { vi: "Chữ thường, số, gạch nối.", en: "Small letters, digits, hyphens." },
  cards: { vi: "Số thẻ", en: "Cards" },
  missing: { vi: "Thiếu", en: "Missing" },
  packedBy: { vi: "Đóng gói bởi", en: "Packed by" },
  packed: { vi: "Đóng gói lúc", en: "Packed" },
  pack: { vi: "Đóng một chuyến", en: "Pack a consignment" },
  packLead: { vi: "Thẻ đã đạt, chưa gửi. Chọn thẻ rồi ghi quầy đến.", en: "Cards that have passed and are not sent. Choose cards and say where they go." },
  chooseAll: { vi: "Chọn tất cả", en: "Choose all" },
  noCards: { vi: "Không có thẻ nào chờ gửi.", en: "No card waits to be sent." },
  send: { vi: "Đóng gói các thẻ đã chọn", en: "Pack the chosen cards" },
  nothing: { vi: "Chưa chọn thẻ nào.", en: "No card is chosen." },
  left: { vi: "Không vào chuyến này", en: "Not in this consignment" },
};
/** Cards that are offered for one consignment. */
const OFFERED = 200;

/** The page. */
export async function page(main, { query, go }) {
  const state = query.get("state") ?? "all";
  const list = listed((after) => api.query("/v1/consignments", { state: state === "all" ? null : state, after, limit: 50 }), rows, S.empty);
  await list.load();
  const place = h("div", {});
  fill(main, heading(S.title),
    h("nav", { class: "tabs", names: { "aria-label": S.states } }, [["all", T.all], ...words("consignment_states")].map(([word, text]) =>
      h("a", { href: `#/consignments?state=${word}`, "aria-current": word === state ? "true" : null, say: text }))),
    list.place, may("document.ship") && place);
  if (may("document.ship")) fill(place, await packing(go));
}

const rows = (items) => table(S.title, [
  [S.one, (item) => link(`#/consignment/${item.id}`, item.id)],
  [T.state, (item) => badge("consignment_states", item.state)],
  [S.counter, (item) => item.counter],
  [S.cards, (item) => amount(item.cards.length), "number"],
  [S.missing, (item) => (item.received_at ? amount(item.missing.length) : "–"), "number"],
  [S.packedBy, (item) => item.packed_by],
  [S.packed, (item) => when(item.packed_at)],
], items);

/** Cards that have passed, with a box each. */
async function packing(go) {
  const { items } = may("history.read") ? await api.get(api.query("/v1/documents", { stage: "delivered", limit: OFFERED })) : { items: [] };
  if (items.length === 0) return section(S.pack, calm(S.noCards));
  const counter = placeField("counter", placed("counter"));
  const boxes = items.map((item) => h("input", { type: "checkbox", value: item.job, names: { "aria-label": named(T.job, item.job) } }));
  const all = h("input", { type: "checkbox", id: "choose-all" });
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  const told = h("div", { role: "status" });
  return section(S.pack, form({
    id: "pack", submit: S.send,
    children: [h("p", { class: "hint", say: S.packLead }), h("label", { class: "check" }, all, h("span", { say: S.chooseAll })),
      table(S.pack, [
        [T.job, (item) => h("label", { class: "check" }, boxes[items.indexOf(item)], short(item.job))],
        [T.profile, (item) => item.profile], [T.changed, (item) => when(item.changed_at)],
      ], items), told, field(S.counter, counter, { hint: S.counterHint })],
    send: async () => {
      const cards = boxes.filter((box) => box.checked).map((box) => box.value);
      if (cards.length === 0) return notice(S.nothing, "warn");
      work("counter", counter.value.trim());
      const { value } = await api.post("/v1/consignments", { counter: counter.value.trim(), cards });
      if (value.refused.length === 0) return go(`#/consignment/${value.consignment.id}`);
      const left = (card) => h("li", { class: "finding warn" }, short(card.job), " ", h("span", { say: term("refusals", card.reason) }));
      fill(told, h("h3", { say: S.left }), h("ul", { class: "plain" }, value.refused.map(left)),
        h("p", {}, link(`#/consignment/${value.consignment.id}`, value.consignment.id)));
    },
  }));
}
