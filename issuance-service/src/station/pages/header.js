// What an operator must always see: which station, who works, what waits to be sent.
import * as api from "./api.js";
import { button, fill, h } from "./dom.js";
import { help } from "./keys.js";
import { apply, moment, name, other, say, show } from "./language.js";
import { T } from "./texts.js";

const REFRESH = 15_000;

const parts = {};

/** Draws the bar at the top once. */
export function draw(signOut) {
  const header = document.getElementById("header");
  parts.station = h("a", { class: "station", href: "#/" });
  parts.operator = h("span", { class: "who" });
  parts.counters = h("dl", { class: "counters", "aria-live": "off" });
  parts.out = button(T.signOut, signOut, { id: "sign-out" });
  parts.language = button(T.language, switchLanguage, { id: "language", names: { "aria-label": T.languageName } });
  parts.dark = button(isDark() ? T.light : T.dark, switchDark, { id: "dark" });
  nameDark();
  fill(
    header,
    parts.station,
    parts.counters,
    parts.operator,
    h("div", { class: "tools" }, parts.language, parts.dark, button(T.help, help, { id: "help", "aria-keyshortcuts": "?" }), parts.out),
  );
  name(document.getElementById("skip"), "title", T.skip);
  say(document.getElementById("skip"), T.skip);
  setInterval(() => document.hidden || refresh(), REFRESH);
}

/** Shows what the station says of itself. */
export function update(station) {
  const signedIn = Boolean(station?.operator);
  parts.signedIn = signedIn;
  say(parts.station, station?.name ?? T.station);
  fill(parts.operator, signedIn && h("span", { class: "label", say: station.role === "supervisor" ? T.supervisor : T.operator }),
    signedIn && h("strong", {}, station.operator));
  parts.out.hidden = !signedIn;
  counters(signedIn ? station : null);
}

/** Asks the counters again. */
export async function refresh() {
  if (!parts.signedIn) return;
  try {
    counters(await api.station());
  } catch {
    parts.counters.classList.add("stale");
  }
}

function counters(station) {
  parts.counters.classList.remove("stale");
  const outbox = station?.outbox;
  const entry = (text, value, kind = "") => h("div", { class: kind }, h("dt", { say: text }), h("dd", {}, String(value)));
  const isFull = station?.disk_free === false;
  fill(
    parts.counters,
    outbox && entry(T.outboxWaiting, outbox.pending, outbox.pending > 0 ? "waiting" : ""),
    outbox && entry(T.outboxSent, outbox.sent),
    outbox?.oldest && outbox.pending > 0 && entry(T.outboxOldest, moment(outbox.oldest)),
    isFull && h("div", { class: "warn" }, h("dt", { say: T.noRoom })),
  );
}

/** Shows the other language. */
export function switchLanguage() {
  show(other());
  refresh();
}

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

/** Dark pages for a dark room; forgotten when the page is closed. */
export function switchDark() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  say(parts.dark, isDark() ? T.light : T.dark);
  nameDark();
  apply();
}

function nameDark() {
  name(parts.dark, "aria-label", isDark() ? T.lightName : T.darkName);
}
