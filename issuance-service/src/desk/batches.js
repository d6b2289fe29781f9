// Batches of jobs: taken by who writes cards, followed by everybody who answers for them.
import * as api from "./api.js";
import { age, amount, when } from "./amounts.js";
import { fill, h } from "./dom.js";
import { badge, field, form, heading, link, listed, section, select, table } from "./parts.js";
import { placed, placeField, work } from "./places.js";
import { may } from "./session.js";
import { words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Lô sản xuất", en: "Batches" },
  empty: { vi: "Không có lô nào.", en: "There is no batch." },
  take: { vi: "Nhận lô", en: "Take a batch" },
  takeLead: { vi: "Các lệnh gấp nhất đang chờ ở điểm này được giao cho bạn.", en: "The most urgent jobs that wait at the site become yours." },
  count: { vi: "Nhiều nhất", en: "At most" },
  siteHint: { vi: "Chữ thường, số, gạch nối.", en: "Small letters, digits, hyphens." },
  by: { vi: "Người nhận", en: "Taken by" },
  claimed: { vi: "Nhận lúc", en: "Taken" },
  reported: { vi: "Báo cáo gần nhất", en: "Last report" },
  jobs: { vi: "Số lệnh", en: "Jobs" },
  stalled: { vi: "không có tin", en: "no news" },
  states: { vi: "Trạng thái của lô", en: "States of batches" },
  batch: { vi: "Lô", en: "Batch" },
};
const PROFILES = ["vn-can-cuoc-2024", "vn-cccd-2021", "uto-passport"];

/** The page. */
export async function page(main, { query, go }) {
  const state = query.get("state") ?? "open";
  const site = query.get("site") ?? "";
  const address = (wanted, place) => `#/batches?${new URLSearchParams({ state: wanted, ...(place ? { site: place } : {}) })}`;
  const list = listed((after) => api.query("/v1/batches", { state: state === "all" ? null : state, site, after, limit: 50 }), rows, S.empty);
  await list.load();
  const filter = h("input", { id: "filter-site", maxlength: "40", pattern: "[a-z0-9\\-]*", value: site, autocomplete: "off" });
  fill(main, heading(S.title),
    h("nav", { class: "tabs", names: { "aria-label": S.states } },
      [...words("batch_states"), ["all", T.all]].map(([word, text]) =>
        h("a", { href: address(word, site), "aria-current": word === state ? "true" : null, say: text }))),
    form({ id: "filter", inline: true, submit: T.search, children: h("div", { class: "line" }, field(T.site, filter)), send: () => go(address(state, filter.value.trim())) }),
    list.place,
    may("batch.claim") && section(S.take, take(go)));
}

const rows = (items) => table(S.title, [
  [S.batch, (item) => link(`#/batch/${item.id}`, item.id)],
  [T.state, (item) => h("span", { class: "marks" }, badge("batch_states", item.state),
    item.stalled && h("span", { class: "chip refuse", say: S.stalled }))],
  [T.site, (item) => item.site],
  [T.profile, (item) => item.profile],
  [S.jobs, (item) => amount(item.jobs), "number"],
  [S.by, (item) => item.by],
  [S.claimed, (item) => when(item.claimed_at)],
  [S.reported, (item) => age(item.reported_at)],
], items);

function take(go) {
  const site = placeField("site", placed("site"));
  const profile = select("profile", PROFILES.map((word) => [word, word]), PROFILES[0]);
  const count = h("input", { id: "count", type: "number", min: "1", max: "500", value: "50", required: true, class: "figures" });
  return form({
    id: "take", submit: S.take,
    children: [h("p", { class: "hint", say: S.takeLead }), h("div", { class: "line" }, field(T.site, site, { hint: S.siteHint }), field(T.profile, profile), field(S.count, count))],
    send: async () => {
      work("site", site.value.trim());
      const { value } = await api.post("/v1/batches", { site: site.value.trim(), profile: profile.value, count: Number(count.value) });
      go(`#/batch/${value.batch.id}`);
    },
  });
}
