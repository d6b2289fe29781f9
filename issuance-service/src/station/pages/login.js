// Who works here.
import * as api from "./api.js";
import { fill, h } from "./dom.js";
import { say } from "./language.js";
import { T } from "./texts.js";

/** The page that asks. `entered` is called when somebody has signed in. */
export function login(main, { entered, ended }) {
  const operator = h("input", { id: "operator", name: "operator", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" });
  const secret = h("input", { id: "secret", name: "secret", type: "password", autocomplete: "current-password", required: true });
  const said = h("p", { class: "finding refuse", role: "alert", hidden: true });
  const submit = h("button", { class: "primary wide", say: T.signIn });
  const form = h("form", { class: "stack" },
    h("div", { class: "field" }, h("label", { for: "operator", say: T.operatorName }), operator),
    h("div", { class: "field" }, h("label", { for: "secret", say: T.secret }), secret),
    said, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    said.hidden = true;
    try {
      await api.login({ operator: operator.value.trim(), secret: secret.value });
      await entered();
    } catch (problem) {
      say(said, { vi: `${problem.vi} ${problem.todo_vi}`, en: `${problem.en} ${problem.todo_en}` });
      said.hidden = false;
      secret.value = "";
      secret.focus();
    } finally {
      submit.disabled = false;
    }
  });
  fill(main, h("section", { class: "card login" },
    h("h1", { tabindex: "-1", say: T.signIn }),
    h("p", { class: "hint", say: ended ? T.signedOut : T.signInLead }),
    form));
  operator.focus();
}
