// One card: where it is, what happened, its hand-over, and what ends it.
import * as api from "./api.js";
import { second } from "./amounts.js";
import { alarm, button, fill, h, notice } from "./dom.js";
import { asked, badge, facts, field, form, heading, link, named, section, select, short, sure } from "./parts.js";
import { reasoned } from "./batch.js";
import { may } from "./session.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Thẻ", en: "Card" },
  state: { vi: "Nước cấp", en: "Issuing state" },
  code: { vi: "Loại", en: "Kind" },
  consignment: { vi: "Chuyến", en: "Consignment" },
  suspended: { vi: "Tạm khóa vì", en: "Suspended for" },
  end: { vi: "Kết thúc vì", en: "Ended for" },
  proposed: { vi: "Đề nghị, chờ người thứ hai", en: "Proposed, waits for a second person" },
  by: { vi: "bởi", en: "by" },
  history: { vi: "Lịch sử của thẻ", en: "History of the card" },
  handOver: { vi: "Trả thẻ", en: "Hand it over" },
  handOverLead: {
    vi: "Xem giấy tờ của người nhận, so khuôn mặt, rồi đọc chip bằng đầu đọc tại quầy và ghi kết quả.",
    en: "Look at the recipient's papers, compare the face, then read the chip with the counter's reader and record what it said.",
  },
  to: { vi: "Người nhận", en: "Recipient" },
  readOut: { vi: "Kết quả đọc chip", en: "What the chip said" },
  handed: { vi: "Đã trả thẻ.", en: "Handed over." },
  more: { vi: "Việc khác", en: "What else" },
  lost: { vi: "Bị mất", en: "Lost" },
  damaged: { vi: "Bị hỏng", en: "Damaged" },
  corrected: { vi: "Thông tin đã đính chính", en: "Data corrected" },
  notCollected: { vi: "Không ai đến nhận", en: "Not collected" },
  ends: { vi: "Thẻ hết hiệu lực ngay và không dùng lại được.", en: "The card ends at once and is never valid again." },
  suspend: { vi: "Tạm khóa", en: "Suspend" },
  reinstate: { vi: "Mở khóa", en: "Reinstate" },
  reinstateLead: { vi: "Thẻ dùng lại được.", en: "The card may be used again." },
  revoke: { vi: "Đề nghị thu hồi", en: "Propose to revoke" },
  died: { vi: "Ghi nhận chủ thẻ đã chết", en: "Record that the holder has died" },
  twoLead: { vi: "Cần người thứ hai xác nhận.", en: "A second person has to confirm." },
  confirm: { vi: "Xác nhận với tư cách người thứ hai", en: "Confirm as the second person" },
  voiding: { vi: "Hủy lệnh in", en: "Void the job" },
  service: { vi: "Hệ thống", en: "The service" },
};
const LIVE = ["delivered", "shipped", "handed-over", "suspended"];
const NOT_YET = ["entered", "signed", "written"];

/** The page. */
export async function page(main, { rest: [job], again }) {
  const path = `/v1/documents/${api.part(job)}`;
  const [view, history] = await Promise.all([api.get(path), api.get(`${path}/history`)]);
  const act = async (word, body = {}) => {
    await api.post(`${path}/${word}`, body);
    notice(word === "hand-over" ? S.handed : T.done);
    again();
  };
  fill(main,
    heading(named(S.title, view.chip.slice(-8)), badge("document_stages", view.stage)),
    h("div", { class: "case" },
      h("div", { class: "side" }, about(view), section(S.history, events(history.items))),
      h("div", { class: "side" }, handOver(view, act), proposal(view, act), others(view, act))));
}

function about(view) {
  const proposed = view.proposed && h("span", {}, h("span", { say: ended(view.proposed) }), " (", h("span", { say: S.by }), ` ${view.proposed_by})`);
  return section(S.title, facts([
    [T.job, h("code", {}, view.job)], [T.chip, h("code", {}, view.chip)], [T.profile, view.profile], [S.state, view.issuing_state], [S.code, view.document_code],
    [T.application, view.application && (may("application.read") ? link(`#/application/${view.application}`, view.application) : short(view.application))],
    [S.consignment, view.consignment && (may("document.ship") ? link(`#/consignment/${view.consignment}`, view.consignment) : short(view.consignment))],
    [S.suspended, view.suspended && term("suspend_reasons", view.suspended)], [S.end, view.end && ended(view.end)], [S.proposed, proposed],
  ]));
}

/** Ends and voids have lists of their own. */
function ended(word) {
  const end = term("end_reasons", word);
  return end.en === word ? term("void_reasons", word) : end;
}

function events(items) {
  const lists = { read_out: "read_outs", to: "recipients" };
  const shown = (key, value) => (value.length > 24 ? short(value) : h("span", { say: lists[key] ? term(lists[key], value) : ended(value) }));
  const told = (detail) => Object.entries(detail ?? {}).filter(([, value]) => typeof value === "string").map(([key, value]) =>
    h("span", {}, h("span", { class: "hint" }, key.replace("_", " ")), " ", shown(key, value)));
  return h("ol", { class: "timeline" }, items.map((item) => h("li", {},
    h("time", { datetime: item.at, class: "hint", say: second(item.at) }), h("strong", { say: term("document_events", item.event) }),
    item.by.length > 0 ? h("span", {}, item.by.join(", ")) : h("span", { class: "hint", say: S.service }), h("span", { class: "detail" }, told(item.detail)))));
}

/** The read-out is a choice without a default: nobody records one that did not happen. */
function handOver(view, act) {
  if (view.stage !== "shipped" || !may("document.hand-over")) return null;
  const choice = (name, list) => h("fieldset", {}, h("legend", { say: name === "to" ? S.to : S.readOut }), words(list).map(([word, text]) =>
    h("label", { class: "check choice" }, h("input", { type: "radio", name, value: word, required: true }), h("span", { say: text }))));
  const self = form({
    id: "hand-over", submit: S.handOver, children: [h("p", { class: "hint", say: S.handOverLead }), choice("to", "recipients"), choice("read_out", "read_outs")],
    send: () => act("hand-over", Object.fromEntries(new FormData(self))),
  });
  return section(S.handOver, self);
}

/** What one person has proposed and another one confirms. */
function proposal(view, act) {
  if (!view.proposed) return null;
  const isVoid = words("void_reasons").some(([word]) => word === view.proposed) && NOT_YET.includes(view.stage);
  const word = isVoid ? "voiding" : view.proposed === "holder-died" ? "death" : "revocation";
  if (!may(isVoid ? "quality.record" : "document.revoke")) return null;
  const confirm = () => act(`${word}/confirmation`, isVoid ? { reason: view.proposed } : {}).catch(alarm);
  return h("section", { class: "card differences" }, h("h2", { say: S.proposed }),
    h("p", {}, h("strong", { say: ended(view.proposed) }), " ", h("span", { say: S.by }), " ", view.proposed_by),
    button(S.confirm, confirm, { class: "danger", id: "confirm" }));
}

function others(view, act) {
  const live = LIVE.includes(view.stage);
  const asked = (text, lead, word) => button(text, async () => (await sure(text, lead, text)) && act(word).catch(alarm), { id: `act-${word}` });
  const buttons = [
    live && may("document.lost") && view.stage !== "suspended" && button(S.suspend, () => suspending(act), { id: "act-suspension" }),
    live && may("document.lost") && view.stage === "suspended" && asked(S.reinstate, S.reinstateLead, "reinstatement"),
    live && may("document.lost") && asked(S.lost, S.ends, "loss"),
    live && may("document.damaged") && asked(S.damaged, S.ends, "damage"),
    live && may("document.correct") && asked(S.corrected, S.ends, "correction"),
    view.stage === "shipped" && may("document.ship") && asked(S.notCollected, S.ends, "non-collection"),
    live && !view.proposed && may("document.revoke") && asked(S.revoke, S.twoLead, "revocation"),
    live && !view.proposed && may("document.revoke") && asked(S.died, S.twoLead, "death"),
  ].filter(Boolean);
  const voiding = NOT_YET.includes(view.stage) && !view.proposed && may("quality.record") && reasoned("voiding", S.voiding, (reason) => act("voiding", { reason }));
  if (buttons.length === 0 && !voiding) return null;
  return section(S.more, buttons.length > 0 && h("div", { class: "actions" }, buttons), voiding);
}

function suspending(act) {
  const reason = select("suspend-reason", words("suspend_reasons"), "reported-lost");
  const send = () => act("suspension", { reason: reason.value });
  return asked(S.suspend, { id: "suspend", submit: S.suspend, children: field(T.reason, reason), send });
}
