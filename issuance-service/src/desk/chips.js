// The chips of a site, and what may happen to one: set aside, found again, brought back, destroyed by two people.
import * as api from "./api.js";
import { alarm, button, fill, h, notice } from "./dom.js";
import { asked, badge, field, form, listed, section, select, short, sure, table } from "./parts.js";
import { may } from "./session.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Từng phôi", en: "Chip by chip" },
  empty: { vi: "Không có phôi nào ở trạng thái này.", en: "No chip is in this state." },
  reject: { vi: "Loại ra", en: "Set aside" },
  find: { vi: "Đã tìm thấy", en: "It was found" },
  bringBack: { vi: "Thẻ thu về", en: "It came back" },
  propose: { vi: "Đề nghị hủy", en: "Propose to destroy" },
  confirm: { vi: "Xác nhận đã hủy", en: "Confirm: destroyed" },
  confirmLead: { vi: "Bạn xác nhận đã thấy phôi này bị hủy. Người thứ hai phải khác người đề nghị.", en: "You have seen it destroyed. The second person is another than the first." },
  proposed: { vi: "chờ người thứ hai", en: "waits for the second person" },
  show: { vi: "Xem các phôi", en: "Show the chips" },
};
const OF_BLANKS = ["chip-faulty", "print-faulty", "blank-damaged", "key-repeated", "lost-in-production"];

/** The part of the stock's page. */
export async function chips(site, again) {
  const state = select("chip-state", words("chip_states"), "rejected");
  const place = h("div", { class: "stack" });
  const show = async () => {
    const list = listed((after) => api.query("/v1/chips", { site, state: state.value, after, limit: 50 }), (items) => table(S.title, [
      [T.chip, (chip) => h("code", { title: chip.serial }, chip.serial.slice(-12))],
      [T.state, (chip) => h("span", { class: "marks" }, badge("chip_states", chip.state),
        chip.destruction_proposed && h("span", { class: "chip warn", say: S.proposed }))],
      [T.reason, (chip) => (chip.reason ? term("reject_reasons", chip.reason) : "–")],
      [T.job, (chip) => (chip.job ? short(chip.job) : "–")],
      [T.what, (chip) => acts(chip, show, again)],
    ], items), S.empty);
    await list.load();
    fill(place, list.place);
  };
  return section(S.title, form({ id: "chips", inline: true, submit: S.show, children: h("div", { class: "line" }, field(T.state, state)), send: show }), place);
}

function acts(chip, show, again) {
  const path = `/v1/chips/${chip.serial}`;
  const act = async (word, body) => {
    await api.post(`${path}/${word}`, body ?? {});
    notice(T.done);
    again();
  };
  const plain = (text, word) => button(text, () => act(word).catch(alarm));
  const buttons = [
    may("stock.count") && chip.state === "in-stock" && button(S.reject, () => rejected(act)),
    may("stock.count") && chip.state === "missing" && plain(S.find, "finding"),
    may("stock.receive") && chip.state === "used" && plain(S.bringBack, "return"),
    may("stock.destroy") && chip.state === "rejected" && !chip.destruction_proposed && plain(S.propose, "destruction"),
    may("stock.destroy") && chip.destruction_proposed && chip.state === "rejected"
      && button(S.confirm, async () => (await sure(S.confirm, S.confirmLead, S.confirm)) && act("destruction/confirmation").catch(alarm), { class: "danger" }),
  ].filter(Boolean);
  return buttons.length > 0 ? h("span", { class: "actions" }, buttons) : "–";
}

function rejected(act) {
  const reason = select("blank-reason", OF_BLANKS.map((word) => [word, term("reject_reasons", word)]), OF_BLANKS[0]);
  const send = () => act("rejection", { reason: reason.value });
  return asked(S.reject, { id: "set-aside", submit: S.reject, danger: true, children: field(T.reason, reason), send });
}
