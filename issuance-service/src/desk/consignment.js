// One consignment: its list for the box, and what was found in it at the counter.
import * as api from "./api.js";
import { amount, when } from "./amounts.js";
import { button, fill, h, notice } from "./dom.js";
import { badge, brief, facts, field, form, heading, named, section } from "./parts.js";
import { work } from "./places.js";
import { may } from "./session.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Chuyến thẻ", en: "Consignment" },
  counter: { vi: "Quầy", en: "Counter" },
  packedBy: { vi: "Đóng gói bởi", en: "Packed by" },
  packed: { vi: "Đóng gói lúc", en: "Packed" },
  receivedBy: { vi: "Nhận bởi", en: "Received by" },
  received: { vi: "Nhận lúc", en: "Received" },
  list: { vi: "Danh sách thẻ", en: "List of cards" },
  place: { vi: "Thứ tự", en: "Place" },
  arrived: { vi: "Đã đến", en: "Arrived" },
  missing: { vi: "Thiếu", en: "Missing" },
  under: { vi: "Trên đường", en: "On its way" },
  checked: { vi: "Đã đếm", en: "Counted" },
  receive: { vi: "Nhận chuyến", en: "Receive it" },
  receiveLead: {
    vi: "Đếm thẻ trong hộp, rồi đánh dấu từng thẻ trong danh sách. Số đếm phải bằng số thẻ đã đánh dấu.",
    en: "Count the cards in the box, then tick each on the list. The count must be that of the ticks.",
  },
  count: { vi: "Số thẻ đã đếm", en: "Cards counted" },
  ticked: { vi: "Đã đánh dấu", en: "Ticked" },
  differ: { vi: "Số đếm khác số thẻ đã đánh dấu.", en: "The count is not that of the ticks." },
  scan: { vi: "Quét mã lệnh trên thẻ", en: "Scan the job on the card" },
  unexpected: { vi: "Thẻ không thuộc chuyến này", en: "Cards that do not belong to it" },
  sender: { vi: "Người gửi", en: "Sent by" },
  receiver: { vi: "Người nhận", en: "Received by" },
};

/** The page. */
export async function page(main, { rest: [id], again }) {
  const view = await api.get(`/v1/consignments/${api.part(id)}`);
  work("counter", view.counter);
  const isOpen = ["shipped", "incomplete"].includes(view.state);
  fill(main,
    heading(named(S.title, brief(id)),
      badge("consignment_states", view.state), button(T.print, () => print(), { id: "print" })),
    section(S.title, facts([
      [T.number, h("code", {}, view.id)], [S.counter, view.counter], [T.count, amount(view.cards.length)],
      [S.packedBy, view.packed_by], [S.packed, when(view.packed_at)], [S.receivedBy, view.received_by], [S.received, view.received_at && when(view.received_at)],
    ])),
    isOpen && may("document.hand-over") && h("div", { class: "no-print" }, receiving(view, again)),
    section(S.list, list(view)),
    h("div", { class: "only-print signatures" }, h("div", { say: S.sender }), h("div", { say: S.receiver })));
}

function list(view) {
  const state = (job) => (!view.received_at ? S.under : view.missing.includes(job) ? S.missing : S.arrived);
  const row = (job, place) => h("tr", {}, h("td", { class: "number" }, String(place + 1)), h("th", { scope: "row" }, h("a", { href: `#/document/${job}` }, h("code", {}, job))),
    h("td", { say: state(job) }), h("td", {}, h("span", { class: "only-print" }, "☐")));
  return h("div", { class: "scroll", tabindex: "0", role: "region", names: { "aria-label": S.list } }, h("table", {},
    h("thead", {}, h("tr", {}, [S.place, T.job, T.state, S.checked].map((text, place) => h("th", { scope: "col", class: place === 0 && "number", say: text })))), h("tbody", {}, view.cards.map(row))));
}

function receiving(view, again) {
  const open = view.received_at ? view.missing : view.cards;
  const boxes = open.map((job) => h("input", { type: "checkbox", value: job, id: `card-${job}` }));
  const count = h("input", { id: "counted", type: "number", min: "0", max: "500", required: true, class: "figures" });
  const ticked = h("strong", { class: "figures" }, "0");
  const differ = h("p", { class: "finding refuse", say: S.differ, hidden: true });
  const scan = h("input", { id: "scan", autocomplete: "off", spellcheck: "false" });
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const recount = () => { ticked.textContent = String(chosen().length); };
  boxes.forEach((box) => box.addEventListener("change", recount));
  // A scanner ends with Enter: that ticks a card and does not send the form.
  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const box = boxes.find((each) => scan.value.trim().length >= 8 && each.value.startsWith(scan.value.trim().toLowerCase()));
    if (box) box.checked = true;
    scan.value = "";
    recount();
  });
  return section(S.receive, form({
    id: "receive", submit: S.receive,
    children: [h("p", { class: "hint", say: S.receiveLead }), h("div", { class: "line" }, field(S.count, count), field(S.scan, scan)),
      h("fieldset", { class: "boxes" }, h("legend", { say: S.list }), open.map((job, place) => h("label", { class: "check", for: `card-${job}` }, boxes[place], h("code", {}, job)))),
      h("p", { role: "status" }, h("span", { say: S.ticked }), ": ", ticked), differ],
    send: async () => {
      const before = view.cards.length - open.length;
      differ.hidden = Number(count.value) === chosen().length;
      if (!differ.hidden) return count.focus();
      const arrived = view.cards.filter((job) => !open.includes(job)).concat(chosen());
      const { value } = await api.post(`/v1/consignments/${view.id}/receipt`, { count: Number(count.value) + before, cards: arrived });
      if (value.unexpected.length > 0) notice(named(S.unexpected, value.unexpected.length, ": "), "refuse");
      else notice(T.done);
      again();
    },
  }));
}
