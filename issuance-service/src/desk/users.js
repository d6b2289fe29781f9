// Who works with the service: all accounts, what waits for a second administrator, invitations, and who may hold what.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { button, fill, h } from "./dom.js";
import { ask, badge, facts, field, form, heading, listed, section, table } from "./parts.js";
import { saidRole } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Người dùng", en: "Users" },
  empty: { vi: "Chưa có tài khoản nào.", en: "There is no account yet." },
  login: { vi: "Tên đăng nhập", en: "Login name" },
  name: { vi: "Tên hiển thị", en: "Name" },
  roles: { vi: "Vai trò", en: "Roles" },
  pending: { vi: "chờ quản trị viên thứ hai", en: "waits for a second administrator" },
  linked: { vi: "hệ thống định danh", en: "identity provider" },
  invite: { vi: "Mời người dùng", en: "Invite somebody" },
  loginHint: { vi: "Chữ thường, số và dấu chấm, ví dụ test.operator.", en: "Letters, digits and dots, such as test.operator." },
  adminHint: {
    vi: "Quyền quản trị được giao sau, bởi hai quản trị viên.",
    en: "The role of an administrator is given later, by two of them.",
  },
  link: { vi: "Liên kết một lần", en: "One-time link" },
  linkLead: {
    vi: "Đưa liên kết này tận tay người được mời. Nó chỉ hiện một lần và chỉ dùng được một lần.",
    en: "Bring this link to its person yourself. It is shown this once and works once.",
  },
  until: { vi: "Dùng được đến", en: "Works until" },
  copy: { vi: "Chép liên kết", en: "Copy the link" },
  copied: { vi: "Đã chép.", en: "Copied." },
};
/** Roles of people, in the order of the matrix. */
export const ROLES = ["operator", "supervisor", "approver", "personaliser", "quality-control", "issuer-clerk", "auditor", "administrator", "relying-party"];

/** The page. */
export async function page(main, { again }) {
  const list = listed((after) => api.query("/v1/accounts", { after, limit: 100 }), matrix, S.empty);
  await list.load();
  fill(main, heading(S.title), list.place, section(S.invite, invite(again)));
}

/** One line for each account, one column for each role. */
function matrix(items) {
  const role = (word) => [saidRole(word), (item) => held(item, word), "role"];
  return table(S.title, [
    [S.login, (item) => h("span", {}, h("a", { href: `#/user/${item.id}` }, item.login), h("span", { class: "under" }, item.display_name))],
    [T.state, (item) => h("span", { class: "marks" }, badge("account_states", item.state),
      item.pending_roles && h("span", { class: "chip warn", say: S.pending }), item.linked && h("span", { class: "chip", say: S.linked }))],
    ...ROLES.map(role),
  ], items);
}

function held(item, word) {
  if (item.roles.includes(word)) return h("span", { class: "held", role: "img", names: { "aria-label": T.yes } }, "●");
  const waits = item.pending_roles?.includes(word);
  return waits ? h("span", { class: "held waits", role: "img", names: { "aria-label": S.pending } }, "◌") : h("span", { "aria-hidden": "true" }, "");
}

/** Boxes for roles. The service says which two are apart. */
export function roleBoxes(chosen, without = []) {
  const boxes = ROLES.filter((word) => !without.includes(word)).map((word) => {
    const box = h("input", { type: "checkbox", value: word, id: `role-${word}`, checked: chosen.includes(word) });
    return h("label", { class: "check", for: box.id }, box, h("span", { say: saidRole(word) }));
  });
  const place = h("fieldset", { class: "boxes" }, h("legend", { say: S.roles }), boxes);
  return { place, read: () => [...place.querySelectorAll("input:checked")].map((box) => box.value) };
}

function invite(again) {
  const login = h("input", { id: "invite-login", required: true, minlength: "2", maxlength: "64", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const name = h("input", { id: "invite-name", required: true, maxlength: "100", autocomplete: "off" });
  const boxes = roleBoxes([], ["administrator"]);
  return form({
    id: "invite", submit: S.invite,
    children: [h("div", { class: "line" }, field(S.login, login, { hint: S.loginHint }), field(S.name, name)), boxes.place, h("p", { class: "hint", say: S.adminHint })],
    send: async () => {
      const { value } = await api.post("/v1/accounts", { login: login.value.trim(), display_name: name.value.trim(), roles: boxes.read() });
      await showLink(value);
      again();
    },
  });
}

/** The link of an invitation or a reset, this once. */
export function showLink({ account, token, expires }) {
  const address = `${location.origin}/invitation#${token}`;
  return ask(S.link, (close) => {
    const status = h("span", { class: "hint", role: "status" });
    const copy = button(S.copy, async () => {
      await navigator.clipboard?.writeText(address).catch(() => null);
      fill(status, h("span", { say: S.copied }));
    });
    return [h("p", { say: S.linkLead }), facts([[S.login, account.login], [S.name, account.display_name], [S.until, when(expires)]]),
      h("pre", { id: "one-time-link", tabindex: "0" }, address),
      h("div", { class: "actions" }, copy, status, button(T.close, () => close(true), { class: "primary", id: "link-taken" }))];
  }, { wide: true });
}
