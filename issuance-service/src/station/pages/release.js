// A supervisor lets something through against a rule, with a reason, by an own password.
import * as api from "./api.js";
import { h } from "./dom.js";
import { say } from "./language.js";
import { gathered } from "./sections.js";
import { T } from "./texts.js";

/** The form, or nothing where nothing needs a release. `released` is called with the newer review. */
export function releaseForm(id, view, released) {
  const findings = new Map((view.findings ?? []).map((finding) => [finding.what, finding]));
  const needed = gathered((view.needs_release ?? []).map((what) => findings.get(what) ?? { what, vi: what, en: what }));
  const given = (view.findings ?? []).filter((finding) => finding.released);
  if (needed.length === 0 && given.length === 0) return null;
  return h("section", { class: "card", id: "release-card" }, h("h2", { say: T.overrides }),
    given.length > 0 && done(view, given),
    needed.length > 0 && new Release(id, needed, released).element);
}

function done(view, given) {
  return [
    view.released_by && h("p", {}, h("span", { say: T.releasedBy }), " ", h("strong", {}, view.released_by)),
    h("ul", { class: "plain" }, given.map((finding) => h("li", { class: "finding warn" }, h("span", { say: finding }), " ", h("em", {}, finding.reason ?? "")))),
  ];
}

class Release {
  constructor(id, needed, released) {
    Object.assign(this, { id, released });
    this.reasons = needed.map((finding, place) => {
      const input = h("input", { id: `reason-${place}`, type: "text", required: true, maxlength: 200 });
      const row = h("div", { class: "field" }, h("p", { class: "finding refuse", say: finding }),
        h("label", { for: input.id, say: T.overrideReason }), input);
      return { whats: finding.whats ?? [finding.what], input, row };
    });
    this.supervisor = h("input", { id: "supervisor", autocomplete: "off", required: true, spellcheck: "false", autocapitalize: "none" });
    this.secret = h("input", { id: "supervisor-secret", type: "password", autocomplete: "off", required: true });
    this.said = h("p", { class: "finding refuse", role: "alert", hidden: true });
    const submit = h("button", { class: "wide", id: "release", say: T.release });
    this.element = h("form", { class: "stack" }, this.reasons.map((each) => each.row),
      h("div", { class: "field" }, h("label", { for: "supervisor", say: T.supervisorName }), this.supervisor, h("p", { class: "hint", say: T.supervisorOther })),
      h("div", { class: "field" }, h("label", { for: "supervisor-secret", say: T.supervisorSecret }), this.secret),
      this.said, submit);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  async send() {
    this.said.hidden = true;
    const overrides = this.reasons.flatMap(({ whats, input }) => whats.map((what) => ({ what, reason: input.value.trim() })));
    try {
      this.released(await api.release(this.id, { supervisor: this.supervisor.value.trim(), secret: this.secret.value, overrides }));
    } catch (problem) {
      say(this.said, { vi: `${problem.vi} ${problem.todo_vi}`, en: `${problem.en} ${problem.todo_en}` });
      this.said.hidden = false;
      this.secret.value = "";
    }
  }
}
