// What stands around every page: who works, the menu, the switches.
import { button, fill, h } from "./dom.js";
import { help } from "./keys.js";
import { apply, name, other, say, show } from "./language.js";
import { GROUPS, menuOf, roomsOf } from "./rooms.js";
import * as session from "./session.js";
import { saidRole } from "./terms.js";
import { T } from "./texts.js";

const parts = {};

/** Draws the bar at the top once. */
export function draw(signOut) {
  parts.menu = button(T.menu, switchMenu, { id: "menu", "aria-expanded": "false", "aria-controls": "rooms", hidden: true });
  parts.who = h("a", { class: "who", href: "#/account" });
  parts.out = button(T.signOut, signOut, { id: "sign-out", hidden: true });
  parts.dark = button(isDark() ? T.light : T.dark, switchDark, { id: "dark" });
  nameDark();
  fill(document.getElementById("header"),
    parts.menu,
    h("a", { class: "station", href: "#/", say: T.desk }),
    parts.who,
    h("div", { class: "tools" },
      button(T.language, switchLanguage, { id: "language", names: { "aria-label": T.languageName } }),
      parts.dark, button(T.help, help, { id: "help", "aria-keyshortcuts": "?" }), parts.out));
  const rooms = document.getElementById("rooms");
  name(rooms, "aria-label", T.rooms);
  rooms.addEventListener("click", (event) => event.target.closest("a") && openMenu(false));
  say(document.getElementById("skip"), T.skip);
  document.getElementById("skip").addEventListener("click", (event) => {
    // The address belongs to the pages: the link moves the focus and nothing else.
    event.preventDefault();
    document.getElementById("main").focus();
  });
}

/** Shows who is signed in and what he has. */
export function update() {
  const view = session.current();
  const rooms = document.getElementById("rooms");
  rooms.hidden = parts.menu.hidden = parts.out.hidden = parts.who.hidden = !view;
  fill(parts.who, view && h("strong", {}, view.display_name),
    view && h("span", { class: "label", say: roles(view.roles) }));
  const list = view ? roomsOf() : [];
  const groups = Object.entries(GROUPS).map(([group, text]) => [text, list.filter((room) => room.group === group)]);
  fill(rooms, groups.filter(([, members]) => members.length > 0).map(([text, members]) => [
    h("h2", { say: text }),
    h("ul", {}, members.map((room) => h("li", {}, h("a", { href: `#/${room.word}`, "data-room": room.word, say: room.text })))),
  ]).flat());
}

function roles(words) {
  const texts = words.map(saidRole);
  return { vi: texts.map((text) => text.vi).join(", "), en: texts.map((text) => text.en).join(", ") };
}

/** Marks the page of the menu that is shown. */
export function mark(word) {
  document.querySelectorAll("#rooms a").forEach((link) => {
    if (link.dataset.room === menuOf(word)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
}

function openMenu(open) {
  document.getElementById("rooms").classList.toggle("open", open);
  parts.menu.setAttribute("aria-expanded", String(open));
}

function switchMenu() {
  openMenu(parts.menu.getAttribute("aria-expanded") !== "true");
}

/** Shows the other language. */
export function switchLanguage() {
  show(other());
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
