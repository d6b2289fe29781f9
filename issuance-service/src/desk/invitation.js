// A one-time link: who was invited takes the second factor into an authenticator and chooses a password.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { button, fill, h } from "./dom.js";
import { calm, facts, field, form, heading, refusal } from "./parts.js";
import { Problem } from "./api.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Thiết lập tài khoản", en: "Set up your account" },
  login: { vi: "Tên đăng nhập", en: "Login name" },
  name: { vi: "Tên hiển thị", en: "Name" },
  until: { vi: "Liên kết dùng được đến", en: "The link works until" },
  first: { vi: "1. Thêm vào ứng dụng xác thực", en: "1. Add it to your authenticator" },
  scan: { vi: "Quét mã này bằng ứng dụng xác thực trên điện thoại.", en: "Scan this with the authenticator on your phone." },
  qr: { vi: "Mã QR của yếu tố thứ hai", en: "QR code of the second factor" },
  typed: { vi: "Không quét được? Nhập mã này", en: "Cannot scan? Type this" },
  second: { vi: "2. Chọn mật khẩu", en: "2. Choose a password" },
  password: { vi: "Mật khẩu mới", en: "New password" },
  passwordHint: { vi: "Từ 12 ký tự trở lên. Một câu dài dễ nhớ là tốt.", en: "12 characters or more. A long sentence is good." },
  again: { vi: "Nhập lại mật khẩu", en: "The password again" },
  differ: { vi: "Hai mật khẩu khác nhau.", en: "The two passwords differ." },
  code: { vi: "Mã 6 chữ số đang hiện", en: "The code of 6 digits shown now" },
  ready: { vi: "Tài khoản đã sẵn sàng", en: "Your account is ready" },
  codes: { vi: "Mã dự phòng", en: "Recovery codes" },
  codesLead: {
    vi: "In các mã này và cất vào nơi có khóa: khi mất điện thoại, mỗi mã đăng nhập được một lần. Chúng không hiện lại nữa.",
    en: "Print these and lock them away: without the phone each lets you in once. They are not shown again.",
  },
  finish: { vi: "Hoàn tất", en: "Finish" },
};

/** The page of a link. */
export async function invitation(main, { token, done }) {
  let offer;
  try {
    offer = (await api.post("/v1/invitations/open", { token })).value;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    fill(main, h("section", { class: "card login" }, h("h1", { tabindex: "-1", say: S.title }), refusal(problem),
      h("div", { class: "actions" }, button(T.signIn, done, { class: "primary" }))));
    return;
  }
  fill(main, heading(S.title), h("div", { class: "two" },
    h("section", { class: "card" }, h("h2", { say: S.first }),
      h("p", { say: S.scan }),
      h("img", { class: "qr", src: `data:image/svg+xml,${encodeURIComponent(offer.qr_svg)}`, names: { alt: S.qr } }),
      facts([[S.typed, h("code", { id: "secret" }, offer.secret.replace(/(.{4})/g, "$1 ").trim())], [S.login, offer.login],
        [S.name, offer.display_name], [S.until, when(offer.expires)]])),
    h("section", { class: "card" }, h("h2", { say: S.second }), chosen(main, token, done))));
}

function chosen(main, token, done) {
  const secret = (id) => h("input", { id, type: "password", autocomplete: "new-password", required: true, minlength: "12", maxlength: "512" });
  const [password, again] = [secret("new-password"), secret("new-password-again")];
  const code = h("input", { id: "code", required: true, inputmode: "numeric", autocomplete: "one-time-code", maxlength: "16" });
  const differ = h("p", { class: "finding refuse", say: S.differ, hidden: true });
  const compare = () => { differ.hidden = again.value === "" || again.value === password.value; };
  [password, again].forEach((input) => input.addEventListener("input", compare));
  return form({
    id: "accept", submit: S.finish,
    children: [field(S.password, password, { hint: S.passwordHint }), field(S.again, again), differ, field(S.code, code)],
    send: async () => {
      if (again.value !== password.value) {
        differ.hidden = false;
        return again.focus();
      }
      const sent = { token, password: password.value, code: code.value.replace(/\s/g, "") };
      ready(main, (await api.post("/v1/invitations/accept", sent)).value, done);
    },
  });
}

function ready(main, accepted, done) {
  fill(main, h("section", { class: "card login paper" },
    h("h1", { tabindex: "-1", say: S.ready }),
    facts([[S.login, accepted.login]]),
    h("h2", { say: S.codes }), h("p", { say: S.codesLead }),
    accepted.recovery_codes.length === 0 ? calm(T.none) : h("ol", { class: "codes" }, accepted.recovery_codes.map((code) => h("li", {}, h("code", {}, code)))),
    h("div", { class: "actions no-print" }, button(T.print, () => print(), { id: "print" }), button(T.signIn, done, { class: "primary", id: "to-sign-in" }))));
  main.querySelector("h1").focus();
}
