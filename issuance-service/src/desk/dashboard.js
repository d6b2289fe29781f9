// The figures of the work: what came and went day by day, what waits and for how long, quality by station, reasons.
import * as api from "./api.js";
import { age, amount, day, hours, shortDay, today } from "./amounts.js";
import { toReader, toRecord } from "./dates.js";
import { fill, h } from "./dom.js";
import { calm, field, form, heading, named, section, select, table } from "./parts.js";
import { bars, histogram, lines } from "./plots.js";
import { say } from "./language.js";
import { term } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Số liệu", en: "Figures" },
  from: { vi: "Từ ngày", en: "From" },
  to: { vi: "Đến ngày", en: "To" },
  show: { vi: "Xem", en: "Show" },
  flow: { vi: "Tiếp nhận và hoàn thành mỗi ngày", en: "Received and completed by day" },
  received: { vi: "Tiếp nhận", en: "Received" },
  issued: { vi: "Đã làm thẻ", en: "Cards made" },
  completed: { vi: "Đã trả thẻ", en: "Handed over" },
  decided: { vi: "Quyết định mỗi ngày", en: "Decisions by day" },
  approved: { vi: "Phê duyệt", en: "Approved" },
  refused: { vi: "Từ chối", en: "Refused" },
  remade: { vi: "Làm lại", en: "Made again" },
  day: { vi: "Ngày", en: "Day" },
  ages: { vi: "Thời gian chờ lâu nhất trong hàng đợi", en: "How long the oldest waits" },
  queue: { vi: "Hàng đợi", en: "Queue" },
  waitingNow: { vi: "Đang chờ", en: "Waiting" },
  oldest: { vi: "Chờ lâu nhất", en: "Oldest" },
  queues: { vi: "Hàng đợi", en: "Queues" },
  noQueue: { vi: "Không có gì đang chờ.", en: "Nothing waits." },
  reasons: { vi: "Lý do từ chối", en: "Reasons of refusals" },
  remakes: { vi: "Lý do làm lại", en: "Reasons of remakes" },
  noReasons: { vi: "Không có trong khoảng thời gian này.", en: "None in these days." },
  quality: { vi: "Chất lượng theo trạm", en: "Quality by station" },
  nfiq2: { vi: "Vân tay (NFIQ 2)", en: "Fingerprints (NFIQ 2)" },
  portrait: { vi: "Chân dung (ISO/IEC 29794-5)", en: "Portraits (ISO/IEC 29794-5)" },
  score: { vi: "Điểm", en: "Score" },
  noStations: { vi: "Chưa có trạm nào gửi hồ sơ trong khoảng này.", en: "No station has sent anything in these days." },
  total: { vi: "trong khoảng này", en: "in these days" },
  check: { vi: "Kiểm tra", en: "Checks" },
  erase: { vi: "Xóa dữ liệu", en: "Erasure" },
  produce: { vi: "Sản xuất", en: "Production" },
};
const TENS = Array.from({ length: 10 }, (_, place) => `${place * 10}–${place === 9 ? 100 : place * 10 + 9}`);
/** Hours after which a queue is late. */
const LATE = 72;
const MEASURES = ["portrait", "nfiq2"];

/** The page. The days stand in the address: they name nobody. */
export async function page(main, { query, go }) {
  const from = query.get("from") ?? today(30);
  const to = query.get("to") ?? today();
  const [first, last] = [dayField("from", from), dayField("to", to)];
  const places = h("div", { class: "stack" });
  fill(main, heading(S.title),
    h("section", { class: "card no-print" }, form({
      id: "days", submit: S.show, inline: true, children: h("div", { class: "line" }, field(S.from, first), field(S.to, last)),
      send: () => go(`#/dashboard?${new URLSearchParams({ from: toRecord(first.value), to: toRecord(last.value) })}`),
    })),
    h("p", { class: "only-print" }, h("span", { say: day(from) }), " – ", h("span", { say: day(to) })), places);
  const view = await api.get(api.query("/v1/dashboard", { from, to }));
  fill(places, ...drawn(view));
}

/** A day as people here write it; a browser's own calendar would follow the language of the machine. */
const dayField = (id, value) => h("input", { id, class: "figures", required: true, maxlength: "10", inputmode: "numeric", autocomplete: "off", value: toReader(value) });

function drawn(view) {
  const of = (word) => (item) => item.counts[word] ?? 0;
  const over = { label: (item) => shortDay(item.day), head: (item) => day(item.day), what: S.day };
  const sum = (word) => view.days.reduce((all, item) => all + of(word)(item), 0);
  const queues = view.queues.filter((queue) => queue.waiting > 0);
  return [
    h("dl", { class: "tiles" }, tile(S.received, sum("received")), tile(S.approved, sum("approved")),
      tile(S.refused, sum("refused")), tile(S.issued, sum("produced")), tile(S.completed, sum("completed"))),
    h("div", { class: "plots" },
      lines(S.flow, view.days, [series(S.received, of("received")), series(S.issued, of("produced")), series(S.completed, of("completed"))], over),
      lines(S.decided, view.days, [series(S.approved, of("approved")), series(S.refused, of("refused")), series(S.remade, of("remade"))], over),
      queues.length === 0 ? section(S.queues, h("p", { say: S.noQueue })) : ages(queues),
      reasons(S.reasons, view.refused, "refusal_reasons"),
      reasons(S.remakes, view.remade, "make_failures")),
    stations(view.stations),
  ];
}

const series = (text, value) => ({ text, value });
const tile = (text, number) => h("div", { class: "tile" }, h("dt", { say: text }), h("dd", { say: amount(number) }), h("dd", { class: "hint", say: S.total }));

function called(queue) {
  if (S[queue]) return S[queue];
  return named(S.produce, queue, ": ");
}

function ages(queues) {
  const items = queues.map((queue) => {
    const value = queue.oldest_at ? Math.max(0, hours(queue.oldest_at)) : 0;
    return { text: called(queue.queue), value, late: value > LATE, oldest: queue.oldest_at, waiting: queue.waiting };
  });
  const shown = (item) => {
    const [old, count] = [age(item.oldest), amount(item.waiting)];
    return { vi: `${old.vi} · ${count.vi} ${S.waitingNow.vi.toLowerCase()}`, en: `${old.en} · ${count.en} ${S.waitingNow.en.toLowerCase()}` };
  };
  return bars(S.ages, items, { what: S.queue, how: S.oldest, shown });
}

function reasons(name, counts, list) {
  const items = Object.entries(counts).map(([word, value]) => ({ text: term(list, word), value })).sort((a, b) => b.value - a.value);
  return items.length === 0 ? section(name, h("p", { class: "hint", say: S.noReasons })) : bars(name, items, { what: T.reason, how: T.count });
}

/** One station at a time; the table has all of them. */
function stations(found) {
  const names = Object.keys(found);
  if (names.length === 0) return section(S.quality, calm(S.noStations));
  const counts = (station, measure) => TENS.map((_, place) => found[station][`${measure}/${place}`] ?? 0);
  const choice = select("station", names.map((name) => [name, name]), names[0]);
  const place = h("div", { class: "plots" });
  const title = h("h3", {});
  const draw = () => {
    say(title, choice.value);
    const measured = MEASURES.filter((measure) => counts(choice.value, measure).some((count) => count > 0));
    fill(place, measured.map((measure) => histogram(S[measure], TENS, counts(choice.value, measure), { what: S.score, how: T.count })));
  };
  choice.addEventListener("change", draw);
  draw();
  return h("section", { class: "stack", id: "stations" }, h("h2", { say: S.quality }),
    table(T.station, [[T.station, (name) => name], [S.received, (name) => amount(found[name].received ?? 0), "number"]], names),
    h("div", { class: "line no-print" }, field(T.station, choice)), title, place);
}
