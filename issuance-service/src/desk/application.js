// One application: who it is, what was taken, whom it resembles, what happened, and what can be decided now.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { decisions } from "./decisions.js";
import { fill, h } from "./dom.js";
import { badge, brief, facts, heading, link, named, section, short } from "./parts.js";
import { pictures } from "./pictures.js";
import { marks } from "./queue.js";
import { recordFacts, said } from "./record.js";
import { resembling } from "./resembling.js";
import { may } from "./session.js";
import { term } from "./terms.js";
import { T } from "./texts.js";
import { timeline } from "./timeline.js";

const S = {
  gone: {
    vi: "Gói hồ sơ đã xóa hoặc không đọc được: chỉ còn lịch sử xử lý.",
    en: "The packet is erased or cannot be read: only its history is left.",
  },
  quality: { vi: "Chất lượng đo tại trạm", en: "Quality measured at the station" },
  overridden: { vi: "Quy tắc đã bỏ qua", en: "Rules overridden" },
  parts: { vi: "Từng số đo", en: "All measures" },
  supervisor: { vi: "Cho phép bỏ qua", en: "Released by" },
  reviewer: { vi: "Đối chiếu trùng", en: "Duplicates reviewed by" },
  approver: { vi: "Phê duyệt", en: "Approved by" },
  way: { vi: "Đường đi của hồ sơ", en: "Its way so far" },
};

/** The page. */
export async function page(main, { rest: [id], current }) {
  const path = `/v1/applications/${api.part(id)}`;
  const look = async () => {
    const [{ value, etag }, history] = await Promise.all([
      api.read(path),
      may("history.read") ? api.get(`${path}/history`).then((list) => list.items).catch(() => []) : [],
    ]);
    return { view: value, etag, history };
  };
  const draw = (seen, told) => {
    if (current()) fill(main, ...whole(seen, { path, look, draw }, told).flat());
  };
  draw(await look());
}

function whole({ view, etag, history }, context, told) {
  const name = view.fields.find((field) => field.word === "full_name")
    ?? joined(view.fields, ["surname", "given_names"]);
  const title = name?.text ? name.text : named(T.application, brief(view.id));
  return [
    heading(title, badge("application_stages", view.stage)),
    h("p", { class: "lead" }, marks(view)),
    h("div", { class: "case" },
      h("div", { class: "side" },
        view.fields.length === 0 && h("p", { class: "card finding warn", say: S.gone }),
        view.stage === "in-duplicate-review" && resembling(view, context, etag),
        view.images.length > 0 && pictures(view, context.path),
        view.stage !== "in-duplicate-review" && resembling(view, context, etag),
        view.fields.length > 0 && recordFacts(view.fields)),
      h("div", { class: "side" },
        decisions(view, etag, context, told),
        origin(view),
        quality(view.quality),
        overridden(view.overridden),
        history.length > 0 && section(S.way, timeline(history)))),
  ];
}

function joined(fields, wanted) {
  const texts = wanted.map((word) => fields.find((field) => field.word === word)?.text).filter(Boolean);
  return texts.length > 0 ? { text: texts.join(" ") } : null;
}

function origin(view) {
  return section(T.application, facts([
    [T.number, h("code", {}, view.id)],
    [T.profile, view.profile],
    [T.priority, term("priority", view.priority)],
    [T.received, when(view.received_at)],
    [T.station, view.station],
    [T.operator, view.operator],
    [S.supervisor, view.supervisor],
    [S.reviewer, view.reviewer],
    [S.approver, view.approver],
    [T.person, view.person && (may("person.read") ? link(`#/person/${view.person}`, view.person) : short(view.person))],
    [T.job, view.job && short(view.job)],
  ]));
}

/** What says it all of each picture; the parts of a portrait's score stand behind. */
const WHOLE = ["NFIQ2", "UnifiedQualityScore"];
const POOR = 30;

/** Bars beside their numbers: nobody has to see the colour. What is poor is never hidden. */
function quality(measures) {
  if (measures.length === 0) return null;
  const isFirst = ({ measure, score }) => WHOLE.includes(measure) || score < POOR;
  const [first, rest] = [measures.filter(isFirst), measures.filter((each) => !isFirst(each))];
  const list = (items) => h("ul", { class: "measures" }, items.map(bar));
  const count = { vi: `${S.parts.vi} (${rest.length})`, en: `${S.parts.en} (${rest.length})` };
  return section(S.quality, list(first), rest.length > 0 && h("details", {}, h("summary", { say: count }), list(rest)));
}

function bar({ subject, measure, score }) {
  const name = { vi: `${said(subject).vi} ${measure}`, en: `${said(subject).en} ${measure}` };
  return h("li", {},
    h("span", { class: "name" }, h("span", { say: said(subject) }), h("span", { class: "under" }, measure)),
    h("meter", { min: 0, max: 100, low: POOR, high: 60, optimum: 100, value: score, names: { "aria-label": name } }),
    h("span", { class: "figures" }, String(score)));
}

/** One line for each rule and reason, with everything that it was about. */
function overridden(list) {
  const groups = new Map();
  for (const over of list) {
    const key = `${over.rule}\n${over.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), over]);
  }
  if (groups.size === 0) return null;
  return section(S.overridden, h("ul", { class: "plain" }, [...groups.values()].map((members) => h("li", { class: "finding warn" },
    h("strong", { say: term("rules", members[0].rule) }),
    h("p", { say: { vi: members.map((over) => said(over.subject).vi).join(", "), en: members.map((over) => said(over.subject).en).join(", ") } }),
    h("p", { class: "hint" }, members[0].reason)))));
}
