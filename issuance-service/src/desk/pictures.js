// The pictures of an application, and each as large as one likes.
import { button, fill, h } from "./dom.js";
import { part } from "./api.js";
import { amount, share } from "./amounts.js";
import { section } from "./parts.js";
import { say } from "./language.js";
import { said } from "./record.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Ảnh đã thu", en: "Pictures taken" },
  evidence: { vi: "Bản chụp khác", en: "Other captures" },
  enlarge: { vi: "Phóng to", en: "Enlarge" },
  larger: { vi: "Lớn hơn", en: "Larger" },
  smaller: { vi: "Nhỏ hơn", en: "Smaller" },
  whole: { vi: "Vừa khung", en: "Fit" },
  bytes: { vi: "byte", en: "bytes" },
  failed: { vi: "Không hiện được ảnh này.", en: "This picture cannot be shown." },
};
const STEP = 1.5;
const [LEAST, MOST] = [0.25, 12];

/** Portrait first, then what else belongs to the record; evidence behind it. */
export function pictures(view, path) {
  const url = (image) => `${path}/images/${part(image.name)}`;
  const place = (image) => (image.subject === "portrait" ? 0 : image.subject === "signature" ? 1 : 2);
  const record = view.images.filter((image) => image.of_record).sort((a, b) => place(a) - place(b));
  const evidence = view.images.filter((image) => !image.of_record);
  return section(S.title,
    h("ul", { class: "pictures" }, record.map((image) => picture(image, url(image)))),
    evidence.length > 0 && h("details", {}, h("summary", { say: { vi: `${S.evidence.vi} (${evidence.length})`, en: `${S.evidence.en} (${evidence.length})` } }),
      h("ul", { class: "pictures small" }, evidence.map((image) => picture(image, url(image))))));
}

/** One picture, which opens over the page. */
export function picture(image, url) {
  const text = said(image.subject);
  const shown = h("img", { src: url, loading: image.of_record ? null : "lazy", names: { alt: text } });
  const failed = h("span", { class: "hint", say: S.failed, hidden: true });
  shown.addEventListener("error", () => {
    shown.hidden = true;
    failed.hidden = false;
  });
  const open = h("button", { type: "button", class: "picture", names: { "aria-label": { vi: `${S.enlarge.vi}: ${text.vi}`, en: `${S.enlarge.en}: ${text.en}` } } }, shown, failed);
  open.addEventListener("click", () => viewer(text, url, image));
  return h("li", { class: image.subject === "portrait" ? "portrait" : "print" }, open, h("span", { class: "hint", say: text }));
}

/** The picture alone: + and - and 0 by key or button, arrows scroll. */
function viewer(text, url, image) {
  const shown = h("img", { src: url, class: "fit", names: { alt: text } });
  const told = h("span", { class: "figures", role: "status" });
  const frame = h("div", { class: "zoomed", tabindex: "0", role: "region", names: { "aria-label": text } }, shown);
  let factor = null;
  const set = (wanted) => {
    factor = wanted === null ? null : Math.min(MOST, Math.max(LEAST, wanted));
    shown.classList.toggle("fit", factor === null);
    if (factor === null || !shown.naturalWidth) shown.removeAttribute("width");
    else shown.width = Math.round(shown.naturalWidth * factor);
    say(told, share(factor ?? (shown.naturalWidth ? shown.clientWidth / shown.naturalWidth : 1)));
  };
  const now = () => factor ?? (shown.naturalWidth ? shown.clientWidth / shown.naturalWidth : 1);
  const acts = { "+": () => set(now() * STEP), "=": () => set(now() * STEP), "-": () => set(now() / STEP), 0: () => set(null) };
  const dialog = h("dialog", { class: "card viewer", names: { "aria-label": text } });
  fill(dialog, h("div", { class: "head" }, h("h2", { say: text }),
    h("div", { class: "tools" }, told,
      button(S.smaller, acts["-"], { "aria-keyshortcuts": "-" }), button(S.larger, acts["+"], { "aria-keyshortcuts": "+" }),
      button(S.whole, acts[0], { "aria-keyshortcuts": "0" }), button(T.close, () => dialog.close(), { class: "primary", autofocus: true }))),
  frame, h("p", { class: "hint" }, h("code", {}, image.name), " · ", h("span", { say: amount(image.length) }), " ", h("span", { say: S.bytes }), " · ", image.media_type));
  dialog.addEventListener("keydown", (event) => {
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
  // What was asked for while the picture was on its way holds when it is there.
  shown.addEventListener("load", () => set(factor));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
