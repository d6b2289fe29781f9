// Which page is shown. The address says it, so that the back button and a reload come to the same place.
import * as api from "./api.js";
import { alarm, fill } from "./dom.js";
import * as frame from "./frame.js";
import * as keys from "./keys.js";
import { apply, pick } from "./language.js";
import { calm, heading, refusal } from "./parts.js";
import { roomOf, roomsOf } from "./rooms.js";
import * as session from "./session.js";
import { stepUp } from "./step-up.js";
import { learn } from "./terms.js";
import { T } from "./texts.js";

/** What a link of an invitation carries behind `#`: 32 random octets in base64url. */
const TOKEN = /^#[A-Za-z0-9_-]{43}$/;
const main = document.getElementById("main");
let leave = null;
let shown = 0;

const go = (hash) => {
  if (location.hash === hash) route();
  else location.hash = hash;
};

async function route() {
  const mine = ++shown;
  leave?.();
  leave = null;
  keys.ofThisPage([]);
  if (TOKEN.test(location.hash)) return invited(location.hash.slice(1));
  if (!session.current()) return ask();
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [word, ...rest] = path.split("/").map(decodeURIComponent);
  const room = word ? roomOf(word) : roomsOf()[0];
  frame.mark(room?.word);
  if (!room) {
    fill(main, heading(word ? T.desk : T.myAccount), calm(word ? T.notHere : T.noRooms));
    return settle();
  }
  const context = { rest, query: new URLSearchParams(search), go, again: route, current: () => mine === shown };
  try {
    const { page } = await room.load();
    const left = await page(main, context);
    const cleanup = typeof left === "function" ? left : null;
    if (mine === shown) leave = cleanup;
    else cleanup?.();
  } catch (problem) {
    if (!(problem instanceof api.Problem)) throw problem;
    if (mine !== shown || !session.current()) return;
    fill(main, heading(room.text), refusal(problem));
  }
  if (mine === shown) settle();
}

/** After a page is drawn: its title, and the focus at its heading unless the page has put it elsewhere. */
function settle() {
  apply();
  const title = main.querySelector("h1");
  document.title = [title?.textContent, pick(T.desk)].filter(Boolean).join(" · ");
  if (!main.contains(document.activeElement)) title?.focus();
  scrollTo(0, 0);
}

async function ask(ended) {
  const { signIn } = await import("./sign-in.js");
  signIn(main, { ended, entered });
  settle();
}

/** The secret leaves the address bar before anything else happens. */
async function invited(token) {
  history.replaceState(null, "", location.pathname);
  const { invitation } = await import("./invitation.js");
  await invitation(main, { token, done: () => go("#/") });
  settle();
}

async function entered(view) {
  session.set(view);
  await learn();
  frame.update();
  await route();
}

async function signOut() {
  await api.remove("/v1/sessions/current").catch(() => null);
  // The address changes without an event: the form that asks is drawn once, and what is typed into it stays.
  history.replaceState(null, "", "#/");
  left(false);
}

function left(ended) {
  session.set(null);
  shown += 1;
  leave?.();
  leave = null;
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
  frame.update();
  ask(ended);
}

document.addEventListener("signed-out", () => {
  if (session.current()) left(true);
});
addEventListener("hashchange", () => {
  ["alerts", "notices"].forEach((id) => document.getElementById(id).replaceChildren());
  route();
});
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof api.Problem) alarm(event.reason);
});

keys.everywhere("?", T.keyHelp, keys.help);
keys.everywhere("l", T.keyLanguage, frame.switchLanguage);
keys.everywhere("d", T.keyDark, frame.switchDark);
keys.everywhere("h", T.keyHome, () => session.current() && go("#/"));
keys.listen();
api.onStepUp(stepUp);
frame.draw(signOut);
apply();
session.set(await api.get("/v1/sessions/current").catch(() => null));
if (session.current()) await learn();
frame.update();
await route();
