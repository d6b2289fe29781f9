// Everything once more, with the person beside the operator; what needs a release; the seal.
import * as api from "./api.js";
import { toReader } from "./dates.js";
import { alarm, button, fill, h } from "./dom.js";
import { bar, LISTED } from "./hands.js";
import { ofThisPage } from "./keys.js";
import { say } from "./language.js";
import { releaseForm } from "./release.js";
import { gathered, isOfForm, parted } from "./sections.js";
import { T } from "./texts.js";
import { word } from "./words.js";

/** The page. */
export async function review(main, context) {
  const view = await api.review(context.id);
  if (!context.current()) return;
  ofThisPage([]);
  draw(main, context, view);
}

async function again(main, context) {
  const [draft, view] = [await api.person(context.id), await api.review(context.id)];
  if (context.current()) draw(main, { ...context, draft }, view);
}

function draw(main, context, view) {
  const { id, draft, station } = context;
  const at = (step) => h("a", { class: "change", href: `#/drafts/${id}/${step}`, say: T.change, names: { "aria-label": { vi: `${T.change.vi}: ${T[step].vi}`, en: `${T.change.en}: ${T[step].en}` } } });
  const head = (step) => h("div", { class: "head" }, h("h2", { say: T[step] }), at(step));
  const redraw = (newer) => draw(main, context, newer);
  fill(main,
    h("div", { class: "head" }, h("h1", { tabindex: "-1", say: T.review })),
    h("p", { class: "lead" }, h("strong", { id: "document", say: station.title }), " · ", h("span", { say: T.reviewLead })),
    h("div", { class: "review-page" },
      h("div", { class: "side" },
        h("section", { class: "card" }, head("portrait"), face(id, draft)),
        h("section", { class: "card" }, head("fingers"), tenFingers(draft, station))),
      h("section", { class: "card facts-card" }, head("details"), facts(draft, station)),
      h("div", { class: "side" },
        settle(id, view),
        releaseForm(id, view, redraw),
        sealing(main, context, view))));
}

function face(id, draft) {
  if (!draft.portrait) return h("p", { class: "finding refuse", say: { vi: "Chưa có ảnh chân dung.", en: "There is no portrait yet." } });
  return h("figure", {},
    h("img", { class: "taken", src: api.portraitUrl(id, draft.portrait.try ?? Date.now()), names: { alt: T.portraitKept } }),
    h("figcaption", { class: draft.portrait.accepted ? "verdict green" : "verdict red", say: draft.portrait.accepted ? T.portraitGood : T.portraitBad }));
}

function tenFingers(draft, station) {
  const limits = { least: station.thresholds?.finger_least ?? 20, good: station.thresholds?.finger_green ?? 40 };
  const row = (position) => {
    const print = draft.fingers?.[position];
    const gone = draft.missing?.[position];
    return h("li", {}, h("span", { class: "name", say: word("finger", position) }),
      gone ? h("span", { class: "reason", say: word("missing", gone) }) : bar(print?.quality, print?.light ?? "grey", limits),
      h("span", { class: "value" }, gone ? "" : String(print?.quality ?? "–")));
  };
  return h("ol", { class: "ten" }, LISTED.map(row));
}

function facts(draft, station) {
  const shown = (field) => {
    const text = draft.fields?.[field.name];
    if (!text) return null;
    const value = field.kind === "choice" ? word(field.name, text) : field.kind === "date" ? toReader(text) : text;
    const faults = (draft.findings ?? []).filter((finding) => finding.field === field.name);
    return h("div", {}, h("dt", { say: field.label }), h("dd", {}, h("span", { say: value }),
      faults.map((finding) => h("p", { class: `finding ${finding.severity}`, say: finding }))));
  };
  return parted(station.fields).map((part) => {
    const rows = part.members.map(shown).filter(Boolean);
    return rows.length > 0 && h("section", {}, h("h3", { say: part }), h("dl", { class: "facts" }, rows));
  });
}

function settle(id, view) {
  const open = (view.findings ?? []).filter((finding) => !finding.released);
  const sorted = gathered(open).sort((a, b) => Number(b.severity === "refuse") - Number(a.severity === "refuse"));
  const step = (finding) => (isOfForm(finding) ? "details" : /^portrait/.test(finding.what ?? finding.field) ? "portrait" : "fingers");
  const row = (finding) => h("li", { class: `finding ${finding.severity}` }, h("a", { href: `#/drafts/${id}/${step(finding)}`, say: finding }));
  const called = ({ subject, other }, language) => [subject.replace("finger:", ""), other.position ?? other.operator]
    .map((place) => word("finger", place)[language]).join(" = ");
  const twin = (hit) => h("li", { class: "finding warn", say: { vi: called(hit, "vi"), en: called(hit, "en") } });
  const duplicates = view.duplicates ?? [];
  return h("section", { class: "card" }, h("h2", { say: T.findings }),
    sorted.length === 0 ? h("p", { class: "verdict green", say: T.noFindings }) : h("ul", { class: "plain" }, sorted.map(row)),
    duplicates.length > 0 && [h("h3", { say: T.duplicates }), h("ul", { class: "plain" }, duplicates.map(twin))]);
}

function sealing(main, context, view) {
  const said = h("p", { class: "hint", role: "status", say: view.can_seal ? T.sealLead : T.sealBlocked });
  const act = button(T.seal, async () => {
    act.disabled = true;
    say(said, T.sealing);
    try {
      const { packet, receipt_url: receipt } = await api.seal(context.id, context.draft.state);
      document.dispatchEvent(new Event("counters"));
      sealed(main, context, packet, receipt);
    } catch (problem) {
      // What was changed elsewhere is shown before it is sealed.
      if (problem.code === "changed-since") await again(main, context).catch(alarm);
      alarm(problem);
      say(said, T.sealBlocked);
      act.disabled = false;
    }
  }, { class: "primary wide", id: "seal", disabled: !view.can_seal });
  return h("section", { class: "card" }, h("h2", { say: T.seal }), said, act);
}

function sealed(main, context, packet, receipt) {
  document.getElementById("steps").hidden = true;
  fill(main, h("section", { class: "card login sealed" },
    h("p", { class: "seal-mark", "aria-hidden": "true" }, "✓"),
    h("h1", { tabindex: "-1", say: T.sealedTitle }),
    h("p", { say: T.sealedLead }),
    h("p", {}, h("span", { class: "hint", say: T.packet }), " ", h("code", { id: "packet" }, packet)),
    h("div", { class: "actions" },
      h("a", { class: "button primary", id: "receipt", href: receipt, target: "_blank", rel: "noopener", say: T.openReceipt }),
      button(T.home, () => context.go("#/"), { id: "home" }))));
  history.replaceState(null, "", "#/");
  ofThisPage([]);
  main.querySelector("#receipt").focus();
}
