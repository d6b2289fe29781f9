// The second factor once more, before what weighs heavily. What was typed behind it stays where it is.
import * as api from "./api.js";
import { button, h } from "./dom.js";
import { ask, form } from "./parts.js";
import * as session from "./session.js";
import { codeField } from "./sign-in.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Xác thực lại", en: "Once more: who are you?" },
  lead: {
    vi: "Việc này cần mã mới của ứng dụng xác thực. Chờ mã kế tiếp nếu mã hiện tại đã dùng.",
    en: "This needs a fresh code of your authenticator. If the one of now was used, wait for the next.",
  },
  go: { vi: "Xác thực và tiếp tục", en: "Confirm and go on" },
};

let asking = null;

/** Asks for the second factor; answers whether it was shown. Two requests at once ask once. */
export function stepUp() {
  asking ??= ask(S.title, (close) => {
    const code = codeField();
    return [h("p", { class: "hint", say: S.lead }), form({
      id: "step-up", submit: S.go, children: code.place, more: button(T.cancel, () => close(false)),
      send: async () => {
        const { value } = await api.post("/v1/sessions/current/step-up", code.read());
        session.set(value);
        close(true);
      },
    })];
  }).then((shown) => {
    asking = null;
    return shown === true;
  });
  return asking;
}
