// Which page is shown. The address says it, so that a reload or a crash comes back to the same person and step.
import * as api from "./api.js";
import { alarm } from "./dom.js";
import * as header from "./header.js";
import * as keys from "./keys.js";
import { apply, pick } from "./language.js";
import { login } from "./login.js";
import { person } from "./person.js";
import { T } from "./texts.js";
import { worklist } from "./worklist.js";

const main = document.getElementById("main");
const steps = document.getElementById("steps");
let station = null;
let leave = null;
let shown = 0;

const go = (hash) => {
  if (location.hash === hash) route();
  else location.hash = hash;
};

async function route() {
  const mine = ++shown;
  await leave?.();
  leave = null;
  keys.ofThisPage([]);
  if (!station?.operator) return ask(false);
  const [, place, id, step] = location.hash.split("/");
  const context = { station, go, current: () => mine === shown };
  try {
    const cleanup = place === "drafts" && id ? await person(main, steps, { ...context, id, step }) : await home(context);
    if (mine === shown) leave = cleanup;
    else await cleanup?.();
  } catch (problem) {
    if (problem.status === 401) return;
    if (!(problem instanceof api.Problem)) throw problem;
    // The address changes without an event: what is told here must stay to be read.
    if (place === "drafts" && mine === shown) {
      history.replaceState(null, "", "#/");
      await route();
    }
    return alarm(problem);
  }
  if (mine === shown) settle();
}

async function home(context) {
  steps.hidden = true;
  await worklist(main, context);
}

/** After a page is drawn: its title, and the focus at its heading unless the page has put it elsewhere. */
function settle() {
  apply();
  const heading = main.querySelector("h1");
  document.title = [heading?.textContent, station?.name].filter(Boolean).join(" · ");
  if (!main.contains(document.activeElement)) heading?.focus();
  scrollTo(0, 0);
}

function ask(ended) {
  steps.hidden = true;
  login(main, { ended, entered });
  apply();
  document.title = pick(T.signIn);
}

async function entered() {
  await learn();
  await route();
}

async function learn() {
  station = await api.station().catch((problem) => {
    if (problem.status !== 401) alarm(problem);
    return null;
  });
  header.update(station);
}

async function signOut() {
  await leave?.();
  leave = null;
  await api.logout().catch(() => null);
  station = null;
  header.update(null);
  location.hash = "#/";
  ask(true);
}

document.addEventListener("signed-out", async () => {
  if (!station) return;
  station = null;
  shown += 1;
  const cleanup = leave;
  leave = null;
  await Promise.resolve(cleanup?.()).catch(() => null);
  header.update(null);
  ask(true);
});
document.addEventListener("counters", header.refresh);
window.addEventListener("hashchange", () => {
  ["alerts", "notices"].forEach((id) => document.getElementById(id).replaceChildren());
  route();
});
window.addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof api.Problem) alarm(event.reason);
});

keys.everywhere("?", T.keyHelp, keys.help);
keys.everywhere("l", T.keyLanguage, header.switchLanguage);
keys.everywhere("d", T.keyDark, header.switchDark);
keys.everywhere("h", T.keyHome, () => station?.operator && go("#/"));
keys.listen();
header.draw(signOut);
apply();
await learn();
await route();
