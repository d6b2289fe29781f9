// The stock of a site: every chip that came in is in one state, and the sum shows it. Chips come in by file; a shift ends by counting.
import * as api from "./api.js";
import { amount, when } from "./amounts.js";
import { button, fileButton, fill, h, notice } from "./dom.js";
import { facts, field, form, heading, named, section, table } from "./parts.js";
import { placed, placeField, work } from "./places.js";
import { may } from "./session.js";
import { shifts } from "./shifts.js";
import { chips } from "./chips.js";
import { term } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Kho phôi thẻ", en: "Stock" },
  report: { vi: "Báo cáo kho phôi thẻ", en: "Stock report" },
  choose: { vi: "Chọn điểm cá thể hóa", en: "Choose a site" },
  siteHint: { vi: "Chữ thường, số, gạch nối.", en: "Small letters, digits, hyphens." },
  show: { vi: "Xem", en: "Show" },
  received: { vi: "Đã nhập", en: "Received" },
  sum: { vi: "Tổng các trạng thái", en: "Sum of all states" },
  right: { vi: "Đúng: mỗi phôi đã nhập đều ở một trạng thái.", en: "Right: every chip that came in is in one state." },
  wrong: { vi: "SAI: tổng các trạng thái khác số đã nhập. Báo giám sát.", en: "WRONG: the states do not add up to what came in. Tell a supervisor." },
  rejects: { vi: "Bị loại, theo lý do", en: "Set aside, by reason" },
  waiting: { vi: "Chờ lệnh in, ở mọi điểm", en: "Waiting for jobs, at all sites" },
  unknown: { vi: "Chưa từng có phôi thẻ nào nhập vào điểm này. Hãy kiểm tra tên điểm.", en: "Nothing ever came in at this site. Check its name." },
  keys: { vi: "Khóa", en: "Keys" },
  receive: { vi: "Nhập kho", en: "Take chips in" },
  receiveLead: { vi: "Tệp chip do card-tool ghi khi chuẩn bị thẻ.", en: "A chip file that card-tool wrote when it prepared cards, or a list of them." },
  file: { vi: "Chọn tệp chip", en: "Choose chip files" },
  noFile: { vi: "Không có chip nào trong tệp", en: "No chips are in this file" },
  place: { vi: "Thứ tự", en: "Place" },
  taken: { vi: "chip đã nhập kho", en: "chips are in stock now" },
  printed: { vi: "In lúc", en: "Printed" },
  keeper: { vi: "Người lập báo cáo", en: "Drawn up by" },
  witness: { vi: "Người đối chiếu", en: "Compared by" },
};
const STATES = ["in-stock", "reserved", "written", "used", "rejected", "missing", "destroyed"];

/** The page. */
export async function page(main, { rest: [word], go, again }) {
  const site = word ?? placed("site");
  if (!site) return fill(main, heading(S.title), section(S.choose, chooser("", go)));
  work("site", site);
  const view = await stockOf(site);
  if (!view) {
    return fill(main, heading(named(S.title, site, ": ")), section(T.site, chooser(site, go)),
      h("p", { class: "finding warn", id: "unknown-site", say: S.unknown }), may("stock.receive") && receive(site, again));
  }
  fill(main,
    heading(named(S.title, site, ": "), button(T.print, () => print(), { id: "print" })),
    h("p", { class: "only-print" }, h("span", { say: S.printed }), " ", h("span", { say: when(new Date().toISOString()) })),
    h("div", { class: "no-print" }, section(T.site, chooser(site, go))),
    h("div", { class: "two" }, sum(view), waiting(view)),
    await shifts(site, view, again),
    may("stock.receive") && h("div", { class: "no-print" }, receive(site, again)),
    h("div", { class: "no-print" }, await chips(site, again)),
    h("div", { class: "only-print signatures" }, h("div", { say: S.keeper }), h("div", { say: S.witness })));
}

/** The stock of a site, or nothing where nothing ever came in. */
async function stockOf(site) {
  try {
    return await api.get(`/v1/stock/${api.part(site)}`);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

function chooser(site, go) {
  const input = placeField("site", site);
  const children = h("div", { class: "line" }, field(T.site, input, { hint: S.siteHint }));
  return form({ id: "site-form", inline: true, submit: S.show, children, send: () => go(`#/stock/${input.value.trim()}`) });
}

/** The sum that must be right, as a sum. */
function sum(view) {
  const row = (text, count, kind) => h("tr", { class: kind }, h("th", { scope: "row", say: text }), h("td", { class: "number", say: amount(count) }));
  const total = STATES.reduce((all, state) => all + (view.states[state] ?? 0), 0);
  const rejects = Object.entries(view.rejects).map(([reason, count]) => [term("reject_reasons", reason), amount(count)]);
  return section(S.report,
    h("table", { class: "sum" }, h("tbody", {},
      STATES.map((state) => row(term("chip_states", state), view.states[state] ?? 0)),
      row(S.sum, total, "total"), row(S.received, view.received, "total"))),
    h("p", { class: view.adds_up ? "verdict green" : "verdict red", id: "adds-up", say: view.adds_up ? S.right : S.wrong }),
    rejects.length > 0 && [h("h3", { say: S.rejects }), facts(rejects)]);
}

function waiting(view) {
  return section(S.waiting, table(S.waiting, [
    [T.profile, (item) => item.profile], [T.count, (item) => amount(item.chips), "number"], [S.keys, (item) => h("code", {}, item.keys), "long"],
  ], view.waiting));
}

function receive(site, again) {
  const told = h("div", { class: "stack", role: "status" });
  const take = async (file) => {
    const found = await chipsOf(file);
    if (!found) return notice(S.noFile, "refuse");
    const { value } = await api.post("/v1/chips", { site, chips: found });
    const refused = value.items.filter((item) => item.outcome !== "received");
    notice({ vi: `${value.received} ${S.taken.vi}.`, en: `${value.received} ${S.taken.en}.` });
    await again();
    if (refused.length === 0) return;
    fill(document.getElementById("received") ?? told, table(S.receive, [
      [S.place, (item) => String(item.place + 1)], [T.state, (item) => term("outcomes", item.outcome)],
      [T.reason, (item) => (item.reason ? term("refusals", item.reason) : "–")],
    ], refused));
  };
  told.id = "received";
  return section(S.receive, h("p", { class: "hint", say: S.receiveLead }), fileButton(S.file, ".json", (file) => take(file), { id: "chip-file" }), told);
}

/** One chip file, or a list of them. */
async function chipsOf(file) {
  try {
    const value = JSON.parse(await file.text());
    const list = Array.isArray(value) ? value : Array.isArray(value.chips) ? value.chips : [value];
    return list.length > 0 ? list : null;
  } catch {
    return null;
  }
}

