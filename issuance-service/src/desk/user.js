// One account: its roles, what waits for a second administrator, and what an administrator may do to it.
import * as api from "./api.js";
import { conflict } from "./decisions.js";
import { alarm, button, fill, h, notice } from "./dom.js";
import { badge, facts, form, heading, section, short, sure } from "./parts.js";
import * as session from "./session.js";
import { saidRole, term } from "./terms.js";
import { T } from "./texts.js";
import { ROLES, roleBoxes, showLink } from "./users.js";

const S = {
  login: { vi: "Tên đăng nhập", en: "Login name" },
  roles: { vi: "Vai trò", en: "Roles" },
  save: { vi: "Giao các vai trò này", en: "Give these roles" },
  own: { vi: "Không ai đổi vai trò của chính mình.", en: "Nobody changes his own roles." },
  pending: { vi: "Chờ quản trị viên thứ hai", en: "Waits for a second administrator" },
  pendingLead: {
    vi: "Người đề nghị không được tự xác nhận. Đề nghị hết hạn sau ba ngày.",
    en: "Who proposed it cannot confirm it. A proposal ends after three days.",
  },
  proposer: { vi: "Người đề nghị", en: "Proposed by" },
  yourself: { vi: "chính bạn", en: "you" },
  confirm: { vi: "Xác nhận", en: "Confirm" },
  withdraw: { vi: "Bỏ đề nghị", en: "Put it aside" },
  account: { vi: "Tài khoản", en: "Account" },
  linked: { vi: "Đăng nhập bằng hệ thống định danh", en: "Comes by the identity provider" },
  lock: { vi: "Khóa", en: "Lock" },
  lockLead: { vi: "Mọi phiên làm việc của người này kết thúc ngay.", en: "All sessions of this person end at once." },
  unlock: { vi: "Mở khóa", en: "Unlock" },
  reset: { vi: "Cấp lại mật khẩu và mã", en: "Reset password and code" },
  resetLead: {
    vi: "Mật khẩu và yếu tố thứ hai bị hủy; bạn nhận một liên kết một lần để trao tận tay.",
    en: "Password and second factor are taken away; you get a one-time link to bring to the person.",
  },
  close: { vi: "Đóng tài khoản", en: "Close the account" },
  closeLead: { vi: "Không mở lại được. Tên vẫn còn trong nhật ký.", en: "It cannot be opened again. The name stays in the logs." },
};

/** The page. */
export async function page(main, { rest: [id], again }) {
  const { value: account, etag } = await api.read(`/v1/accounts/${api.part(id)}`);
  const isOwn = session.current().account === account.id;
  fill(main,
    heading(account.display_name, badge("account_states", account.state)),
    account.pending_roles && pending(account, again),
    h("div", { class: "two" },
      section(S.roles, isOwn ? h("p", { class: "hint", say: S.own }) : null,
        account.state === "closed" || isOwn ? held(account.roles) : roles(account, etag, again)),
      section(S.account, facts([
        [S.login, account.login], [T.number, short(account.id)], [S.linked, account.linked ? T.yes : T.no],
      ]), !isOwn && account.state !== "closed" && acts(account, again))));
}

const held = (words) => (words.length === 0 ? h("p", { say: T.none }) : h("ul", { class: "plain" }, words.map((word) => h("li", { say: saidRole(word) }))));

function roles(seen, version, again) {
  let [account, etag] = [seen, version];
  const boxes = roleBoxes(account.roles);
  const told = h("div", {});
  const path = `/v1/accounts/${account.id}`;
  const both = (words) => ({ vi: words.map((word) => saidRole(word).vi).join(", ") || "–", en: words.map((word) => saidRole(word).en).join(", ") || "–" });
  return [told, form({
    id: "roles", submit: S.save, children: boxes.place,
    send: async () => {
      fill(told);
      try {
        await api.put(`${path}/roles`, { roles: boxes.read() }, { etag });
      } catch (problem) {
        if (!(problem instanceof api.Problem) || !problem.isConflict) throw problem;
        const fresh = await api.read(path);
        fill(told, conflict(problem, [
          [S.roles, both(account.roles), both(fresh.value.roles)],
          [T.state, term("account_states", account.state), term("account_states", fresh.value.state)],
        ].filter(([, before, now]) => before.en !== now.en)));
        [account, etag] = [fresh.value, fresh.etag];
        return told.firstChild.focus();
      }
      notice(T.done);
      again();
    },
  })];
}

function pending(account, again) {
  const path = `/v1/accounts/${account.id}/roles`;
  const isMine = account.proposed_by === session.current().account;
  const act = (request) => async () => {
    try {
      await request();
      notice(T.done);
      again();
    } catch (problem) {
      alarm(problem);
    }
  };
  const changes = ROLES.filter((word) => account.roles.includes(word) !== account.pending_roles.includes(word));
  return h("section", { class: "card differences", id: "pending" }, h("h2", { say: S.pending }),
    h("ul", { class: "plain" }, changes.map((word) => h("li", {}, account.pending_roles.includes(word) ? "+ " : "− ", h("strong", { say: saidRole(word) })))),
    facts([[S.proposer, isMine ? S.yourself : short(account.proposed_by)]]),
    h("p", { class: "hint", say: S.pendingLead }),
    h("div", { class: "actions" },
      !isMine && button(S.confirm, act(() => api.post(`${path}/confirm`)), { class: "primary", id: "confirm-roles" }),
      button(S.withdraw, act(() => api.remove(`${path}/pending`)), { id: "withdraw-roles" })));
}

function acts(account, again) {
  const path = `/v1/accounts/${account.id}`;
  const act = (text, lead, word) => button(text, async () => {
    if (!(await sure(text, lead, text))) return;
    try {
      const { value } = await api.post(`${path}/${word}`);
      if (value?.token) await showLink(value);
      notice(T.done);
      again();
    } catch (problem) {
      alarm(problem);
    }
  }, { id: `account-${word}` });
  return h("div", { class: "actions" },
    account.state === "active" && act(S.lock, S.lockLead, "lock"),
    account.state === "locked" && button(S.unlock, () => api.post(`${path}/unlock`).then(again, alarm), { id: "account-unlock" }),
    act(S.reset, S.resetLead, "reset"), act(S.close, S.closeLead, "close"));
}
