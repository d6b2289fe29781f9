// The form. Every change goes to the server, which keeps it before it answers and says what is wrong with it.
import * as api from "./api.js";
import { toReader, toRecord } from "./dates.js";
import { button, fill, h } from "./dom.js";
import { ofThisPage } from "./keys.js";
import { clock, pick, say } from "./language.js";
import { isOfForm, isWide, parted } from "./sections.js";
import { T } from "./texts.js";
import { word } from "./words.js";

/** From the last key to the server: short enough to feel live, long enough not to ask at every letter. */
const PAUSE = 350;
const RETRY = 2000;

/** The page; what it answers saves what is not saved yet. */
export function details(main, context) {
  const form = new Form(context);
  fill(
    main,
    h("div", { class: "head" }, h("h1", { tabindex: "-1", say: T.details }), form.saved),
    h("div", { class: "form-page" },
      h("aside", { class: "rail" }, form.summary, form.rail),
      h("form", { novalidate: true, autocomplete: "off" }, form.parts.map((part) => part.element),
        h("div", { class: "actions" }, button(T.nextPortrait, () => context.next("portrait"), { class: "primary", id: "next" })))),
  );
  ofThisPage([["F8", T.keyFault, () => form.nextFault()]]);
  form.judge(context.draft.findings ?? []);
  return () => form.close();
}

class Form {
  constructor({ station, draft, id, update }) {
    Object.assign(this, { id, draft, update, inputs: new Map(), touched: new Set(), edited: new Set(), findings: [], dirty: false });
    this.saved = h("p", { class: "saved", role: "status" });
    this.summary = h("div", { class: "summary", role: "status" });
    this.parts = parted(station.fields).map((part) => this.part(part));
    this.rail = h("nav", { names: { "aria-label": T.sectionList } }, h("ul", {}, this.parts.map((part) => part.link)));
  }

  part(part) {
    const rows = part.members.map((field) => this.row(field));
    const filled = part.members.some((field) => this.draft.fields?.[field.name]);
    const count = h("span", { class: "count" });
    const element = h("details", { class: "card part", id: `part-${part.id}`, open: part.open || filled },
      h("summary", {}, h("h2", { say: part }), count), h("div", { class: "grid" }, rows));
    const mark = h("span", { class: "mark" });
    const open = (event) => {
      event.preventDefault();
      element.open = true;
      element.scrollIntoView({ block: "start" });
      this.inputs.get(part.members[0].name).focus({ preventScroll: true });
    };
    const link = h("li", {}, h("a", { href: `#part-${part.id}`, on: { click: open } }, h("span", { say: part }), mark));
    return { element, link, mark, count, members: part.members };
  }

  row(field) {
    const input = control(field, this.draft.fields?.[field.name] ?? "");
    this.inputs.set(field.name, input);
    input.addEventListener("input", () => this.changed(field));
    input.addEventListener("change", () => this.left(field, input));
    input.addEventListener("blur", () => this.left(field, input));
    const label = h("label", { for: input.id }, h("span", { say: field.label }),
      field.required && h("abbr", { class: "required", names: { title: T.required } }, "*"));
    const help = hint(field);
    const says = h("div", { id: `says-${field.name}`, class: "says" });
    input.setAttribute("aria-describedby", [help && `hint-${field.name}`, says.id].filter(Boolean).join(" "));
    return h("div", { class: `field${isWide(field) ? " wide" : ""}` }, label, input, help, says);
  }

  left(field, input) {
    if (field.kind === "date" && input.value) input.value = toReader(toRecord(input.value));
    if (input.value) this.touched.add(field.name);
    this.show();
  }

  changed(field) {
    this.dirty = true;
    this.edited.add(field.name);
    this.last = field.name;
    say(this.saved, T.saving);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** What was typed here and is not saved yet: what stands in another tab stays as it is. */
  values() {
    const dates = new Set(this.parts.flatMap((part) => part.members).filter((field) => field.kind === "date").map((field) => field.name));
    const text = ([name, input]) => [name, (dates.has(name) ? toRecord(input.value) : input.value).normalize("NFC").trim()];
    return Object.fromEntries([...this.inputs].filter(([name]) => this.edited.has(name)).map(text));
  }

  /** Saves what was changed. One save at a time, the last one wins; what fails is tried again until the page is left. */
  async save() {
    clearTimeout(this.timer);
    if (this.saving) {
      await this.saving;
      if (!this.dirty) return;
    }
    this.dirty = false;
    this.saving = this.send();
    await this.saving;
    this.saving = null;
  }

  async send() {
    const fields = this.values();
    this.edited.clear();
    try {
      const { findings } = await api.saveFields(this.id, fields);
      this.draft.fields = { ...this.draft.fields, ...fields };
      const text = { vi: `${T.saved.vi} ${clock(new Date())}`, en: `${T.saved.en} ${clock(new Date())}` };
      if (!this.dirty) say(this.saved, text);
      this.saved.classList.remove("bad");
      if (this.last) this.touched.add(this.last);
      this.judge(findings);
    } catch (problem) {
      this.dirty = true;
      Object.keys(fields).forEach((name) => this.edited.add(name));
      this.saved.classList.add("bad");
      say(this.saved, { vi: `${T.notSaved.vi}: ${problem.vi ?? ""}`, en: `${T.notSaved.en}: ${problem.en ?? ""}` });
      if (!this.closed && problem.status !== 401) this.timer = setTimeout(() => this.save(), RETRY);
    }
  }

  judge(findings) {
    this.findings = findings;
    this.draft.findings = [...(this.draft.findings ?? []).filter((finding) => !isOfForm(finding)), ...findings.filter(isOfForm)];
    this.update();
    this.show();
  }

  /** A field that nobody has come to yet is not scolded; it is counted. */
  show() {
    const own = this.findings.filter(isOfForm);
    for (const [name, input] of this.inputs) {
      const of = own.filter((finding) => finding.field === name);
      const visible = this.touched.has(name) || input.value || this.all ? of : [];
      const worst = visible.some((finding) => finding.severity === "refuse");
      input.setAttribute("aria-invalid", String(worst));
      input.classList.toggle("warned", !worst && visible.length > 0);
      replace(document.getElementById(`says-${name}`), visible);
    }
    this.parts.forEach((part) => this.showPart(part, own));
    this.showSummary(own);
  }

  showPart(part, own) {
    const names = part.members.map((field) => field.name);
    const of = own.filter((finding) => names.includes(finding.field));
    const wrong = of.filter((finding) => finding.severity === "refuse").length;
    const filled = names.filter((name) => this.inputs.get(name).value).length;
    part.mark.className = `mark ${wrong ? "refuse" : of.length ? "warn" : filled ? "good" : ""}`;
    part.mark.textContent = wrong ? String(wrong) : of.length ? "!" : filled ? "✓" : "";
    say(part.count, { vi: `${filled}/${names.length} ${T.filled.vi}`, en: `${filled}/${names.length} ${T.filled.en}` });
  }

  showSummary(own) {
    const count = (severity) => own.filter((finding) => finding.severity === severity).length;
    const [wrong, seen] = [count("refuse"), count("warn")];
    const line = (number, kind, text) => number > 0
      && h("p", { class: kind, say: { vi: `${number} ${text.vi}`, en: `${number} ${text.en}` } });
    const loose = own.filter((finding) => !this.inputs.has(finding.field));
    fill(this.summary,
      own.length === 0 && h("p", { class: "good", say: T.allGood }),
      line(wrong, "refuse", T.toFix), line(seen, "warn", T.toSee),
      loose.length > 0 && h("ul", { class: "loose" }, loose.map((finding) => h("li", { class: `finding ${finding.severity}`, say: finding }))),
      own.length > loose.length && button(T.nextFault, () => this.nextFault(), { id: "next-fault", "aria-keyshortcuts": "F8" }));
  }

  nextFault() {
    const names = [...this.inputs.keys()];
    const worst = this.findings.some((finding) => isOfForm(finding) && finding.severity === "refuse") ? "refuse" : "warn";
    const faulty = names.filter((name) => this.findings.some((finding) => finding.field === name && finding.severity === worst));
    const here = names.findIndex((name) => this.inputs.get(name) === document.activeElement);
    const next = faulty.find((name) => names.indexOf(name) > here) ?? faulty[0];
    if (!next) return;
    this.touched.add(next);
    const input = this.inputs.get(next);
    input.closest("details").open = true;
    this.show();
    input.scrollIntoView({ block: "center" });
    input.focus({ preventScroll: true });
  }

  async close() {
    this.closed = true;
    if (this.dirty || this.saving) await this.save();
  }
}

/** Only what changed is written, so that a screen reader does not read it all again. */
function replace(element, findings) {
  if (!element) return;
  const key = JSON.stringify(findings.map((finding) => [finding.rule, finding.vi]));
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  fill(element, findings.map((finding) => h("p", { class: `finding ${finding.severity}` },
    h("span", { class: "away", say: finding.severity === "refuse" ? T.refuse : T.warn }), " ", h("span", { say: finding }))));
}

function control(field, text) {
  const shared = { id: `field-${field.name}`, name: field.name, required: Boolean(field.required), spellcheck: "false" };
  if (field.kind === "choice") {
    const known = (field.choices ?? []).map((choice) => (typeof choice === "string" ? { value: choice, ...word(field.name, choice) } : choice));
    const options = [{ value: "", ...T.choose }, ...known].map((choice) => h("option", { value: choice.value, say: choice.label ?? choice }));
    const select = h("select", shared, options);
    select.value = text;
    return select;
  }
  if (field.max > 200) return h("textarea", { ...shared, rows: "2", maxlength: field.max, value: text });
  const date = field.kind === "date";
  const digits = field.kind === "digits";
  return h("input", {
    ...shared, type: "text", value: date ? toReader(text) : text, maxlength: date ? 10 : field.max || null,
    inputmode: { telephone: "tel", e_mail: "email" }[field.name] ?? (digits ? "numeric" : null),
    class: date || digits ? "figures" : "", lang: "vi",
  });
}

function hint(field) {
  const people = ["children", "represented", "household_members"].includes(field.name);
  const own = people ? T.peopleHint : field.kind !== "date" ? null : /birth$/.test(field.name) ? T.birthHint : T.dateHint;
  const text = pick(field.help) ? field.help : own;
  return text && h("p", { id: `hint-${field.name}`, class: "hint", say: text });
}
