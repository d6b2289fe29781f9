// One person: the steps and what is known so far.
import * as api from "./api.js";
import { details } from "./details.js";
import { fill, h } from "./dom.js";
import { fingers } from "./fingers.js";
import { everywhere } from "./keys.js";
import { name } from "./language.js";
import { portrait } from "./portrait.js";
import { review } from "./review.js";
import { isOfForm } from "./sections.js";
import { T } from "./texts.js";
import { FINGERS } from "./words.js";

const STEPS = [["details", details], ["portrait", portrait], ["fingers", fingers], ["review", review]];

/** Shows a step of a person; the answer ends it. */
export async function person(main, nav, context) {
  const { id, go } = context;
  const step = STEPS.find(([each]) => each === context.step)?.[0] ?? "details";
  const draft = await api.person(id);
  if (!context.current()) return null;
  const update = () => drawSteps(nav, id, step, draft);
  update();
  const at = (each) => `#/drafts/${id}/${each}`;
  STEPS.forEach(([each], place) => {
    const here = () => location.hash.startsWith(`#/drafts/${id}/`) && go(at(each));
    everywhere(String(place + 1), place === 0 ? T.keyStep : null, here);
  });
  const [, view] = STEPS.find(([each]) => each === step);
  // The form is that of the document the person was begun for, whatever the station enrols for today.
  const station = { ...context.station, ...draft.document };
  return view(main, { ...context, station, draft, update, next: (each) => go(at(each)) });
}

function drawSteps(nav, id, step, draft) {
  nav.hidden = false;
  name(nav, "aria-label", T.steps);
  const done = progress(draft);
  const entry = ([each], place) => h("li", {},
    h("a", { href: `#/drafts/${id}/${each}`, "aria-current": each === step ? "step" : null, class: done[each] ? "done" : "" },
      h("span", { class: "number", "aria-hidden": "true" }, done[each] ? "✓" : String(place + 1)),
      h("span", { say: T[each] }),
      h("span", { class: "away", say: done[each] ? T.stepDone : T.stepOpen })));
  fill(nav, h("ol", {}, STEPS.map(entry)));
}

function progress(draft) {
  const findings = draft.findings ?? [];
  const ofFields = findings.filter((finding) => isOfForm(finding));
  const printed = (position) => draft.fingers?.[position]?.accepted || draft.missing?.[position];
  const required = draft.fingers_wanted ?? FINGERS;
  return {
    details: Object.values(draft.fields ?? {}).some(Boolean) && !ofFields.some((finding) => finding.severity === "refuse"),
    portrait: Boolean(draft.portrait?.accepted),
    fingers: required.every(printed),
    review: Boolean(draft.sealed),
  };
}
