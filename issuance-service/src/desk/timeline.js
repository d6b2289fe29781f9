// What happened, in its order.
import { second } from "./amounts.js";
import { h } from "./dom.js";
import { short } from "./parts.js";
import { term } from "./terms.js";

const S = {
  service: { vi: "Hệ thống", en: "The service" },
  station: { vi: "Trạm", en: "Station" },
  reason: { vi: "Lý do", en: "Reason" },
  resembling: { vi: "Người giống", en: "Resembling" },
  overrides: { vi: "Quy tắc bỏ qua", en: "Overrides" },
  rules: { vi: "Quy tắc", en: "Rules" },
  person: { vi: "Công dân", en: "Person" },
  job: { vi: "Lệnh in", en: "Job" },
  cause: { vi: "Vì", en: "Because" },
};
const LISTS = { reason: ["refusal_reasons", "make_failures"], cause: ["causes"] };

/** The items of a history. */
export function timeline(items) {
  return h("ol", { class: "timeline" }, items.map((item) => h("li", {},
    h("time", { datetime: item.at, class: "hint", say: second(item.at) }),
    h("strong", { say: term("events", item.event) }),
    h("span", { say: item.by ?? S.service, class: item.by ? null : "hint" }),
    details(item.detail))));
}

function details(detail) {
  const given = Object.entries(detail ?? {}).filter(([, value]) => value !== null && value !== 0 && !(Array.isArray(value) && value.length === 0));
  return given.length > 0 && h("span", { class: "detail" }, given.map(([key, value]) =>
    h("span", {}, h("span", { class: "hint", say: S[key] ?? key }), " ", told(key, value))));
}

function told(key, value) {
  if (key === "job" || key === "person") return short(value);
  if (Array.isArray(value)) return value.join(", ");
  const list = (LISTS[key] ?? []).find((each) => term(each, value).en !== value);
  return h("span", { say: list ? term(list, value) : String(value) });
}
