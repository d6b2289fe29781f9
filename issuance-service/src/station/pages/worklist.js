// Who is not finished yet, and what waits to be sent.
import * as api from "./api.js";
import { alarm, button, fill, h, notice } from "./dom.js";
import { ofThisPage } from "./keys.js";
import { moment } from "./language.js";
import { T } from "./texts.js";
import { word } from "./words.js";

/** The page at the start of a session and between two persons. */
export async function worklist(main, { go }) {
  const begin = async () => {
    try {
      const { id } = await api.newDraft();
      go(`#/drafts/${id}/details`);
    } catch (problem) {
      alarm(problem);
    }
  };
  const again = () => worklist(main, { go });
  ofThisPage([["n", T.keyNew, begin]]);
  const [drafts, outbox] = await Promise.all([api.drafts(), api.outbox().catch(() => null)]);
  fill(
    main,
    h("div", { class: "head" }, h("h1", { tabindex: "-1", say: T.worklist }), button(T.newPerson, begin, { class: "primary", id: "new-person", "aria-keyshortcuts": "n" })),
    drafts.length === 0 ? h("p", { class: "card calm", say: T.noDrafts }) : h("ul", { class: "rows" }, drafts.map((draft) => row(draft, again))),
    h("h2", { say: T.outbox }),
    outboxTable(outbox),
  );
}

function row(draft, again) {
  const item = h("li", { class: "draft" });
  const away = button(T.discard, () => ask(item, draft, again), { class: "quiet", names: { "aria-label": called(draft) } });
  return fill(item, draft.unreadable ? unreadable() : resumed(draft), away);
}

/** A draft of which nothing can be shown, and what to do. */
function unreadable() {
  return h("div", { class: "row" }, h("strong", { say: T.unreadable }), h("span", { class: "finding refuse", say: T.unreadableTodo }));
}

const called = (draft) => {
  const whom = (language) => draft.title || (draft.unreadable ? T.unreadable : T.unnamed)[language];
  return { vi: `${T.discard.vi}: ${whom("vi")}`, en: `${T.discard.en}: ${whom("en")}` };
};

/** Asked in the row itself: what is erased cannot be had back. */
function ask(item, draft, again) {
  const act = async () => {
    try {
      await api.discard(draft.id);
      notice(T.discarded);
    } catch (problem) {
      alarm(problem);
    }
    await again();
    document.getElementById("new-person")?.focus();
  };
  const keep = button(T.keep, again, { id: "keep" });
  fill(item, h("div", { class: "row", role: "alertdialog", names: { "aria-label": called(draft) } },
    h("strong", {}, draft.title), h("span", { say: T.discardAsk }),
    h("span", { class: "actions" }, keep, button(T.discard, act, { id: "discard", class: "danger" }))));
  keep.focus();
}

function resumed(draft) {
  return h("a", { class: "row", href: `#/drafts/${draft.id}/details` },
      h("strong", { say: draft.title || T.unnamed }),
      h("span", { class: "hint" }, h("span", { say: T.changed }), " ", moment(draft.changed)),
      h("span", { class: "go", say: T.resume }));
}

function outboxTable(outbox) {
  const packets = outbox?.packets ?? [];
  if (packets.length === 0) return h("p", { class: "card calm", say: T.outboxEmpty });
  const head = [T.packet, T.sealedAt, T.state, T.receipt].map((text) => h("th", { scope: "col", say: text }));
  return h("div", { class: "scroll", tabindex: "0", role: "region", names: { "aria-label": T.outbox } },
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, packets.map(packetRow))));
}

function packetRow(packet) {
  return h("tr", {},
    h("td", {}, h("code", {}, packet.id.slice(0, 8))),
    h("td", {}, moment(packet.at)),
    h("td", { say: word("outbox", packet.state) }),
    h("td", {}, h("a", { href: `/receipts/${packet.id}`, target: "_blank", rel: "noopener", say: T.receipt })));
}
