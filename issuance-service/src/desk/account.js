// The own account: who one is here, another password, the end of the session.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { fill, h, notice } from "./dom.js";
import { facts, field, form, heading, section } from "./parts.js";
import * as session from "./session.js";
import { codeField } from "./sign-in.js";
import { saidRole } from "./terms.js";
import { T } from "./texts.js";

const S = {
  login: { vi: "Tên đăng nhập", en: "Login name" },
  name: { vi: "Tên hiển thị", en: "Name" },
  roles: { vi: "Vai trò", en: "Roles" },
  ends: { vi: "Phiên làm việc kết thúc muộn nhất", en: "The session ends at the latest" },
  fresh: { vi: "Yếu tố thứ hai còn hiệu lực đến", en: "The second factor counts as fresh until" },
  password: { vi: "Đổi mật khẩu", en: "Change the password" },
  lead: { vi: "Mọi phiên làm việc của bạn sẽ kết thúc; bạn đăng nhập lại bằng mật khẩu mới.", en: "All your sessions end; you sign in again with the new password." },
  old: { vi: "Mật khẩu hiện tại", en: "Password of now" },
  chosen: { vi: "Mật khẩu mới", en: "New password" },
  hint: { vi: "Từ 12 ký tự trở lên. Một câu dài dễ nhớ là tốt.", en: "12 characters or more. A long sentence is good." },
  changed: { vi: "Đã đổi mật khẩu. Hãy đăng nhập lại.", en: "The password was changed. Sign in again." },
};

/** The page. */
export async function page(main) {
  const view = await api.get("/v1/sessions/current");
  session.set(view);
  fill(main, heading(T.myAccount), h("div", { class: "two" },
    section(T.who, facts([
      [S.login, view.login], [S.name, view.display_name],
      [S.roles, h("ul", { class: "plain" }, view.roles.map((role) => h("li", { say: saidRole(role) })))],
      [S.ends, when(view.ends)], [S.fresh, view.stepped_up_until && when(view.stepped_up_until)],
    ])),
    section(S.password, h("p", { class: "hint", say: S.lead }), change())));
}

function change() {
  const secret = (id, autocomplete) => h("input", { id, type: "password", autocomplete, required: true, maxlength: "512" });
  const [old, chosen] = [secret("old-password", "current-password"), secret("new-password", "new-password")];
  chosen.minLength = 12;
  const code = codeField();
  return form({
    id: "change-password", submit: S.password, children: [field(S.old, old), field(S.chosen, chosen, { hint: S.hint }), code.place],
    send: async () => {
      await api.put("/v1/sessions/current/password", { old: old.value, new: chosen.value, ...code.read() });
      document.dispatchEvent(new CustomEvent("signed-out"));
      notice(S.changed);
    },
  });
}
