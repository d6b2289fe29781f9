// Cards: found by chip, number or job, for the counter and for whoever answers for them.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { fill, h } from "./dom.js";
import { badge, calm, field, form, heading, link, listed, section, table } from "./parts.js";
import { words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Thẻ và trả thẻ", en: "Cards and hand-over" },
  find: { vi: "Tìm một thẻ", en: "Find a card" },
  lead: { vi: "Quét số chip hoặc mã lệnh; hoặc nhập nước cấp và số giấy tờ.", en: "Scan the chip's number or the job; or type issuing state and document number." },
  scan: { vi: "Số chip hoặc mã lệnh", en: "Chip or job" },
  state: { vi: "Nước cấp", en: "Issuing state" },
  number: { vi: "Số giấy tờ", en: "Document number" },
  none: { vi: "Không tìm thấy thẻ nào.", en: "No card was found." },
  empty: { vi: "Không có thẻ nào ở bước này.", en: "No card is at this stage." },
  stages: { vi: "Bước của thẻ", en: "Stages of cards" },
  entered: { vi: "Ghi sổ", en: "Entered" },
};
const JOB = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The page. */
export async function page(main, { query, go }) {
  const stage = query.get("stage") ?? "shipped";
  const list = listed((after) => api.query("/v1/documents", { stage: stage === "all" ? null : stage, after, limit: 50 }), rows, S.empty);
  await list.load();
  fill(main, heading(S.title), section(S.find, finder(go)),
    h("nav", { class: "tabs", names: { "aria-label": S.stages } }, [...words("document_stages"), ["all", T.all]].map(([word, text]) =>
      h("a", { href: `#/documents?stage=${word}`, "aria-current": word === stage ? "true" : null, say: text }))),
    list.place);
}

/** Lines of documents. */
export const rows = (items) => table(S.title, [
  [T.job, (item) => link(`#/document/${item.job}`, item.job)],
  [T.stage, (item) => badge("document_stages", item.stage)],
  [T.profile, (item) => item.profile],
  [S.entered, (item) => when(item.entered_at)],
  [T.changed, (item) => when(item.changed_at)],
], items);

function finder(go) {
  const scan = h("input", { id: "scan", maxlength: "128", autocomplete: "off", spellcheck: "false", class: "figures" });
  const state = h("input", { id: "issuing-state", maxlength: "3", value: "VNM", autocomplete: "off" });
  const number = h("input", { id: "document-number", maxlength: "32", autocomplete: "off", class: "figures" });
  const told = h("div", { role: "status" });
  return form({
    id: "find-card", submit: T.search,
    children: [h("p", { class: "hint", say: S.lead }), h("div", { class: "line" }, field(S.scan, scan), field(S.state, state), field(S.number, number)), told],
    send: async () => {
      fill(told);
      const typed = scan.value.trim().toLowerCase();
      if (JOB.test(typed)) return go(`#/document/${typed}`);
      const asked = typed ? { chip: typed } : { state: state.value.trim().toUpperCase(), number: number.value.trim() };
      const { items } = await api.get(api.query("/v1/documents", asked));
      if (items.length === 1) return go(`#/document/${items[0].job}`);
      fill(told, items.length === 0 ? calm(S.none) : rows(items));
    },
  });
}
