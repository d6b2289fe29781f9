// Shifts of a site: opened by a count that fits the books, closed by two people who count the same.
import * as api from "./api.js";
import { amount, when } from "./amounts.js";
import { h, notice } from "./dom.js";
import { badge, field, form, section, table } from "./parts.js";
import { may } from "./session.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Ca làm việc", en: "Shifts" },
  none: { vi: "Chưa có ca nào.", en: "There was no shift yet." },
  open: { vi: "Mở ca", en: "Open a shift" },
  count: { vi: "Đếm cuối ca", en: "Count at the end" },
  countLead: {
    vi: "Hai người đếm độc lập. Lần đếm thứ hai khớp sổ sách thì ca được đóng.",
    en: "Two people count, each alone. The second count that fits the books closes the shift.",
  },
  openLead: { vi: "Ca chỉ mở khi số đếm khớp sổ sách.", en: "A shift opens when the count fits the books." },
  remaining: { vi: "Phôi chưa thành thẻ", en: "Cards that are no good card yet" },
  remainingHint: { vi: "Phôi trắng, có lệnh, hoặc đã ghi mà chưa đạt.", en: "Blank, with a job, or written and not passed." },
  rejects: { vi: "Phôi loại trong két", en: "Rejects in the safe" },
  sum: { vi: "Phép tính của ca", en: "The sum of the shift" },
  openedWith: { vi: "Đầu ca", en: "At the beginning" },
  received: { vi: "Nhập", en: "Came in" },
  good: { vi: "Thẻ đạt", en: "Good cards" },
  rejected: { vi: "Loại", en: "Rejects" },
  destroyed: { vi: "Đã hủy", en: "Destroyed" },
  missing: { vi: "Thất lạc", en: "Missing" },
  left: { vi: "Còn lại", en: "Remaining" },
  right: { vi: "Hai vế bằng nhau.", en: "Both sides are equal." },
  provisional: { vi: "Tạm tính: ca chưa đóng, chưa đủ hai người đếm.", en: "Provisional: the shift is not closed, two people have not counted yet." },
  wrong: { vi: "Hai vế KHÔNG bằng nhau.", en: "Both sides are NOT equal." },
  openedBy: { vi: "Mở bởi", en: "Opened by" },
  countedBy: { vi: "Đếm lần một", en: "Counted first by" },
  closedBy: { vi: "Đếm lần hai", en: "Counted second by" },
  opened: { vi: "Mở lúc", en: "Opened" },
  closed: { vi: "Đóng lúc", en: "Closed" },
  number: { vi: "Ca", en: "Shift" },
  paper: { vi: "Bản in", en: "On paper" },
  report: { vi: "Biên bản kiểm kho", en: "Stock report" },
};

/** The part of the stock's page. */
export async function shifts(site, stock, again) {
  const { items } = await api.get(api.query("/v1/shifts", { site, limit: 10 }));
  const current = items.find((shift) => shift.state !== "closed");
  const counting = may("stock.count") && h("div", { class: "no-print" }, current ? close(current, again) : open(site, again));
  return section(S.title, current && sum(current), counting, items.length === 0 ? h("p", { class: "hint", say: S.none }) : table(S.title, [
    [S.number, (shift) => String(shift.number)],
    [T.state, (shift) => badge("shift_states", shift.state)],
    [S.opened, (shift) => when(shift.opened_at)], [S.openedBy, (shift) => shift.opened_by],
    [S.countedBy, (shift) => shift.counted_by ?? "–"], [S.closedBy, (shift) => shift.closed_by ?? "–"],
    [S.closed, (shift) => (shift.closed_at ? when(shift.closed_at) : "–")],
    [S.paper, (shift) => h("a", { href: `/v1/shifts/${shift.id}/report`, target: "_blank", rel: "noopener", say: S.report })],
    [S.sum, (shift) => ({ vi: sign(shift), en: sign(shift) })],
  ], items));
}

/** An open shift is neither right nor wrong as long as the books are right. */
function sign({ account, state }) {
  if (!account.adds_up) return "✕";
  return state === "closed" ? "✓" : "…";
}

/** opened_with + received = good + rejects + destroyed + missing + remaining, as people add. */
function sum({ account, state }) {
  const verdict = !account.adds_up ? ["red", S.wrong] : state === "closed" ? ["green", S.right] : ["amber", S.provisional];
  const figure = (text, count) => h("div", { class: "figure" }, h("dd", { say: amount(count) }), h("dt", { say: text }));
  const operator = (text) => h("span", { class: "sign", "aria-hidden": "true" }, text);
  const joined = (pairs) => pairs.flatMap(([text, count], place) => [place > 0 && operator("+"), figure(text, count)]);
  return h("div", { class: "stack" }, h("h3", { say: S.sum }),
    h("dl", { class: "equation" }, joined([[S.openedWith, account.opened_with], [S.received, account.received]]), operator("="),
      joined([[S.good, account.good], [S.rejected, account.rejects], [S.destroyed, account.destroyed], [S.missing, account.missing], [S.left, account.remaining]])),
    h("p", { class: `verdict ${verdict[0]}`, say: verdict[1] }));
}

/** Who counts types what is there: nothing stands in the fields beforehand. */
function counted(id, submit, lead, send) {
  const number = (name) => h("input", { id: `${id}-${name}`, type: "number", min: "0", step: "1", required: true, class: "figures" });
  const [remaining, rejects] = [number("remaining"), number("rejects")];
  return form({
    id, submit, children: [h("p", { class: "hint", say: lead }), h("div", { class: "line" }, field(S.remaining, remaining, { hint: S.remainingHint }), field(S.rejects, rejects))],
    send: () => send({ remaining: Number(remaining.value), rejects: Number(rejects.value) }),
  });
}

const open = (site, again) => counted("open-shift", S.open, S.openLead, async (count) => {
  await api.post("/v1/shifts", { site, ...count });
  notice(T.done);
  again();
});

const close = (shift, again) => counted("count-shift", S.count, S.countLead, async (count) => {
  await api.post(`/v1/shifts/${shift.id}/count`, count);
  notice(T.done);
  again();
});
