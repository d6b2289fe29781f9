// The folder that the scanner's own program writes to, watched while fingers are taken.
import * as api from "./api.js";
import { button, fill, h } from "./dom.js";
import { moment } from "./language.js";
import { T } from "./texts.js";
import { word } from "./words.js";

const PACE = 1500;
const SLAPS = { right: T.slapRight, left: T.slapLeft, thumbs: T.slapThumbs };

/** The list of files; `take` is called with one. */
export class Inbox {
  #timer = null;
  #busy = false;
  /** What was here when the page was opened is not taken by itself. */
  #known = null;
  #taken = new Set();

  constructor(id, take) {
    this.id = id;
    this.take = take;
    this.list = h("ul", { class: "plain inbox" });
    this.auto = h("input", { type: "checkbox", id: "inbox-auto", checked: true });
    this.element = h("section", { class: "card" }, h("h2", { say: T.fromScanner }), this.list,
      h("label", { class: "check" }, this.auto, " ", h("span", { say: T.inboxAuto })));
    this.look();
  }

  async look() {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      try {
        await this.show(await api.inbox(this.id));
      } catch {
        // The next look may succeed; the page says elsewhere when the server is away.
      }
    }
    if (!this.closed) this.#timer = setTimeout(() => this.look(), PACE);
  }

  async show(files) {
    const mark = (file) => `${file.name} ${file.changed} ${file.size}`;
    this.#known ??= new Set(files.map(mark));
    // What comes while nothing is taken by itself is not taken later either; of several that came at once each has its turn.
    if (!this.auto.checked) files.forEach((file) => this.#known.add(mark(file)));
    this.draw(files, mark);
    for (const file of files) {
      const isFresh = !this.#known.has(mark(file)) && !this.#taken.has(mark(file)) && (file.position || file.slap);
      if (isFresh && this.auto.checked && !this.#busy && !this.closed) await this.begin(file, mark);
    }
    this.draw(files, mark);
  }

  draw(files, mark) {
    const key = JSON.stringify(files.map((file) => [mark(file), this.#taken.has(mark(file))]));
    if (this.list.dataset.key === key) return;
    this.list.dataset.key = key;
    const row = (file) => h("li", {},
      h("span", { class: "grow" }, h("code", {}, file.name), " ",
        h("span", { class: "hint", say: file.slap ? SLAPS[file.slap] : file.position ? word("finger", file.position) : moment(file.changed) })),
      this.#taken.has(mark(file)) && h("span", { class: "hint", say: T.inboxTaken }),
      button(T.inboxTake, () => this.begin(file, mark), { names: { "aria-label": { vi: `${T.inboxTake.vi} ${file.name}`, en: `${T.inboxTake.en} ${file.name}` } } }));
    fill(this.list, files.length === 0 ? h("li", { class: "hint", say: T.inboxEmpty }) : files.map(row));
  }

  async begin(file, mark) {
    if (this.#busy) return;
    this.#busy = true;
    this.#taken.add(mark(file));
    try {
      await this.take(file);
    } finally {
      this.#busy = false;
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.#timer);
  }
}
