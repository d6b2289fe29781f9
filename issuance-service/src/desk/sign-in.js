// Who works here: name, password, and a code of the authenticator.
import * as api from "./api.js";
import { button, fill, h } from "./dom.js";
import { field, refusal } from "./parts.js";
import { T } from "./texts.js";

const S = {
  lead: { vi: "Dùng tên, mật khẩu và mã của ứng dụng xác thực.", en: "With your name, password and a code of your authenticator." },
  ended: { vi: "Phiên làm việc đã kết thúc. Đăng nhập lại để trở về trang đang xem.", en: "The session is over. Sign in to come back to the same page." },
  login: { vi: "Tên đăng nhập", en: "Login name" },
  password: { vi: "Mật khẩu", en: "Password" },
  code: { vi: "Mã 6 chữ số", en: "Code of 6 digits" },
  codeHint: { vi: "Mã hiện trong ứng dụng xác thực, đổi sau mỗi 30 giây.", en: "Shown by your authenticator; a new one every 30 seconds." },
  recovery: { vi: "Mã dự phòng", en: "Recovery code" },
  recoveryHint: { vi: "Một trong các mã đã in ra; mỗi mã dùng một lần.", en: "One of the printed codes; each works once." },
  useRecovery: { vi: "Mất điện thoại? Dùng mã dự phòng", en: "Phone lost? Use a recovery code" },
  or: { vi: "hoặc", en: "or" },
  elsewhere: { vi: "Đăng nhập bằng tài khoản của cơ quan", en: "Sign in with the account of your organisation" },
  useCode: { vi: "Dùng mã của ứng dụng xác thực", en: "Use a code of the authenticator" },
};

/** A field for one of the two codes, with a switch between them. `read()` gives what the service wants. */
export function codeField() {
  const input = h("input", {
    id: "code", name: "code", required: true, autocomplete: "one-time-code", inputmode: "numeric", maxlength: "40", spellcheck: "false", autocapitalize: "none",
  });
  const place = h("div", { class: "stack" });
  let recovery = false;
  const draw = () => fill(place,
    field(recovery ? S.recovery : S.code, input, { hint: recovery ? S.recoveryHint : S.codeHint }),
    button(recovery ? S.useCode : S.useRecovery, () => {
      recovery = !recovery;
      input.value = "";
      input.setAttribute("inputmode", recovery ? "text" : "numeric");
      draw();
      input.focus();
    }, { class: "quiet", id: "other-code" }));
  draw();
  const read = () => (recovery ? { recovery_code: input.value.trim() } : { code: input.value.replace(/\s/g, "") });
  return { place, input, read };
}

/** The way by the identity provider, where the service has one: a link, for the browser goes there. */
async function elsewhere(place) {
  const ways = await api.get("/v1/sessions/ways").catch(() => null);
  if (!ways?.oidc) return;
  fill(place, h("p", { class: "hint", say: S.or }), h("a", { id: "elsewhere", class: "button wide", href: "/v1/sessions/oidc", say: S.elsewhere }));
}

/** The page that asks. `entered` is called with what the service says of who came in. */
export function signIn(main, { entered, ended }) {
  const login = h("input", { id: "login", name: "login", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false", maxlength: "64" });
  const password = h("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: "512" });
  const code = codeField();
  const said = h("div", { role: "alert" });
  const submit = h("button", { class: "primary wide", say: T.signIn });
  const form = h("form", { class: "stack" }, field(S.login, login), field(S.password, password), code.place, said, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    said.replaceChildren();
    try {
      const answer = await api.post("/v1/sessions", { login: login.value.trim(), password: password.value, ...code.read() });
      password.value = "";
      await entered(answer.value);
    } catch (problem) {
      if (!(problem instanceof api.Problem)) throw problem;
      fill(said, refusal(problem));
      code.input.value = "";
      code.input.focus();
    } finally {
      submit.disabled = false;
    }
  });
  const other = h("div", { class: "stack" });
  fill(main, h("section", { class: "card login" },
    h("h1", { tabindex: "-1", say: T.signIn }),
    h("p", { class: "hint", say: ended ? S.ended : S.lead }), form, other));
  elsewhere(other);
  login.focus();
}
