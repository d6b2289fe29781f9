// Thresholds: named numbers with bounds. Whoever was slower sees what the other has set, with his own number kept.
import * as api from "./api.js";
import { amount } from "./amounts.js";
import { conflict } from "./decisions.js";
import { fill, h, notice } from "./dom.js";
import { field, form, heading } from "./parts.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Ngưỡng", en: "Thresholds" },
  value: { vi: "Giá trị", en: "Value" },
  saved: { vi: "Đã lưu.", en: "Saved." },
};

/** The page. */
export async function page(main) {
  const { items } = await api.get("/v1/settings");
  const read = await Promise.all(items.map((item) => api.read(`/v1/settings/${api.part(item.name)}`)));
  fill(main, heading(S.title), h("div", { class: "two" }, read.map(threshold)));
}

function threshold({ value: seen, etag: version }) {
  let [now, etag] = [seen, version];
  const input = h("input", { id: `threshold-${seen.name}`, type: "number", class: "figures", required: true, min: seen.least, max: seen.most, step: "1", value: seen.value });
  const told = h("div", {});
  const bounds = { vi: `${amount(seen.least).vi} – ${amount(seen.most).vi}`, en: `${amount(seen.least).en} – ${amount(seen.most).en}` };
  const path = `/v1/settings/${api.part(seen.name)}`;
  const send = async () => {
    fill(told);
    try {
      const answer = await api.put(path, { value: Number(input.value) }, { etag });
      [now, etag] = [answer.value, answer.etag];
      notice(S.saved);
    } catch (problem) {
      if (!(problem instanceof api.Problem) || !problem.isConflict) throw problem;
      const fresh = await api.read(path);
      fill(told, conflict(problem, [[S.value, amount(now.value), amount(fresh.value.value)]]));
      [now, etag] = [fresh.value, fresh.etag];
      told.firstChild.focus();
    }
  };
  return h("section", { class: "card" },
    h("h2", { say: { vi: sentence(seen.vietnamese), en: sentence(seen.english) } }), told,
    form({ id: `form-${seen.name}`, submit: T.save, send, children: field(S.value, input, { hint: bounds }) }));
}

const sentence = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
