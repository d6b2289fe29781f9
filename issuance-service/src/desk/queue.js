// The applications: those that wait for approval first, the others by their stage.
import * as api from "./api.js";
import { age, hours, when } from "./amounts.js";
import { fill, h } from "./dom.js";
import { ofThisPage } from "./keys.js";
import { badge, heading, link, listed, table } from "./parts.js";
import { may } from "./session.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Hồ sơ", en: "Applications" },
  stages: { vi: "Bước xử lý", en: "Stages" },
  newest: { vi: "Mới nhất trước", en: "Newest first" },
  empty: { vi: "Không có hồ sơ nào ở bước này.", en: "No application is at this stage." },
  resembling: { vi: "giống {} người đã đăng ký", en: "resembles {} registered" },
  overrides: { vi: "bỏ qua {} quy tắc", en: "{} rules overridden" },
  remakes: { vi: "làm lại {} lần", en: "made again {} times" },
  erased: { vi: "đã xóa sinh trắc học", en: "biometrics erased" },
};
/** Hours after which an application that waits is marked. */
const LONG = 72;
const WAITING = ["received", "in-duplicate-review", "checked"];

/** Which stage somebody sees first: the one where he decides. */
function first() {
  if (may("application.approve")) return "checked";
  return may("duplicate.review") ? "in-duplicate-review" : "all";
}

/** The page. */
export async function page(main, { query, go }) {
  const stage = query.get("stage") ?? first();
  const newest = query.get("newest") === "true";
  const address = (wanted, last) => `#/applications?${new URLSearchParams({ stage: wanted, ...(last ? { newest: "true" } : {}) })}`;
  const path = (after) => api.query("/v1/applications", { stage: stage === "all" ? null : stage, newest: newest || null, after, limit: 50 });
  const list = listed(path, rows, S.empty);
  const order = h("input", { type: "checkbox", id: "newest", checked: newest });
  order.addEventListener("change", () => go(address(stage, order.checked)));
  await list.load();
  fill(main,
    heading(S.title, h("label", { class: "check" }, order, h("span", { say: S.newest }))),
    h("nav", { class: "tabs", names: { "aria-label": S.stages } },
      [["all", T.all], ...words("application_stages")].map(([word, text]) =>
        h("a", { href: address(word, newest), "aria-current": word === stage ? "true" : null, say: text }))),
    list.place);
  keys(main);
}

/** j and k walk through the rows, as in mail. */
function keys(main) {
  const walk = (step) => {
    const links = [...main.querySelectorAll("tbody a")];
    const place = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, place + step))]?.focus();
  };
  ofThisPage([["j", T.keyNext, () => walk(1)], ["k", T.keyPrevious, () => walk(-1)]]);
}

const rows = (items) => table(S.title, [
  [T.application, (item) => link(`#/application/${item.id}`, item.id)],
  [T.stage, (item) => badge("application_stages", item.stage)],
  [T.profile, (item) => item.profile],
  [T.waiting, (item) => (WAITING.includes(item.stage) ? waiting(item.received_at) : "–")],
  [T.marks, marks],
  [T.station, (item) => h("span", {}, item.station, h("span", { class: "under" }, item.operator))],
  [T.received, (item) => when(item.received_at)],
], items);

const waiting = (since) => h("span", { class: hours(since) > LONG ? "late" : null, say: age(since) });

/** What whoever decides must know before he opens it. */
export function marks(item) {
  const mark = (kind, text) => h("span", { class: `chip ${kind}`, say: text });
  const counted = (count, text) => ({ vi: text.vi.replace("{}", count), en: text.en.replace("{}", count) });
  return h("span", { class: "marks" },
    item.priority !== "normal" && mark("warn", term("priority", item.priority)),
    item.resembling > 0 && mark("refuse", counted(item.resembling, S.resembling)),
    item.overrides > 0 && mark("warn", counted(item.overrides, S.overrides)),
    item.remakes > 0 && mark("warn", counted(item.remakes, S.remakes)),
    item.refused && mark("refuse", term("refusal_reasons", item.refused)),
    item.erased && mark("", S.erased));
}
