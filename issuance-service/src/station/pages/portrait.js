// The portrait: live checks, the picture taken by itself when all is well, by hand at any time, or from a file.
import * as api from "./api.js";
import { Camera, NoCamera } from "./camera.js";
import { grouped, named } from "./checks.js";
import { alarm, button, fileButton, fill, h, svg } from "./dom.js";
import { ofThisPage } from "./keys.js";
import { say } from "./language.js";
import { LIGHTS, T } from "./texts.js";

/** Frames in a row without any fault before the picture is taken, or that would be accepted with one; the least time between two. */
const GOOD_FRAMES = 4;
const FAIR_FRAMES = 16;
const PACE = 200;
/** The view of the camera and where in it a head belongs: three quarters as wide as high. */
const VIEW = { width: 400, height: 300 };
const OVAL = { cx: 200, cy: 141, rx: 70, ry: 93 };
const PICTURES = "image/jpeg,image/png,image/jp2,.jp2,.jpx";
const WITHOUT = { none: T.cameraNone, refused: T.cameraRefused, busy: T.cameraBusy, lost: T.cameraLost };

/** The page; what it answers closes the camera. */
export function portrait(main, context) {
  const page = new Portrait(context);
  fill(main,
    h("div", { class: "head" }, h("h1", { tabindex: "-1", say: T.portrait })),
    h("p", { class: "lead", say: T.portraitLead }),
    h("div", { class: "capture-page" }, page.stage, page.side));
  ofThisPage([[" ", T.keyTake, () => page.takeNow()], ["r", T.keyRetake, () => page.again()]]);
  page.begin();
  return () => page.close();
}

class Portrait {
  constructor(context) {
    Object.assign(this, { ...context, good: 0, fair: 0, tries: [...(context.draft.portrait?.tries ?? [])], running: 0 });
    this.video = h("video", { autoplay: true, playsinline: true, names: { "aria-label": T.cameraView } });
    this.video.muted = true;
    this.ring = svg("ellipse", { class: "ring", ...OVAL, pathLength: 100 });
    this.guide = guide(this.ring);
    this.message = h("p", { class: "advice", role: "status", "aria-live": "polite", say: T.cameraStarting });
    this.picture = h("img", { class: "taken", names: { alt: T.portraitKept }, hidden: true });
    this.view = h("div", { class: "view grey" }, this.video, this.guide, this.picture);
    this.shutter = button(T.takeNow, () => this.takeNow(), { class: "primary", id: "take", "aria-keyshortcuts": "Space", disabled: true });
    this.retake = button(T.retake, () => this.again(), { id: "retake", hidden: true, "aria-keyshortcuts": "r" });
    this.reopen = button(T.tryAgain, () => this.begin(true), { id: "reopen", hidden: true });
    this.onward = button(T.nextFingers, () => this.next("fingers"), { class: "primary", id: "next", hidden: true });
    this.auto = h("input", { type: "checkbox", id: "auto", checked: true });
    this.cameras = h("select", { id: "camera", on: { change: () => this.open(this.cameras.value) } });
    this.choice = h("div", { class: "field", hidden: true }, h("label", { for: "camera", say: T.camera }), this.cameras);
    this.lights = h("ul", { class: "lights" });
    this.measures = h("dl", { class: "measures" });
    this.strip = h("ol", { class: "tries" });
    this.camera = new Camera(this.video, () => this.without("lost"));
    this.stage = h("section", { class: "card stage" }, this.view, this.message,
      h("div", { class: "actions" }, this.onward, this.shutter, this.retake, this.reopen,
        fileButton(T.importPicture, PICTURES, (file) => this.take(file), { id: "import" }),
        h("label", { class: "check" }, this.auto, " ", h("span", { say: T.auto }))));
    this.side = h("div", { class: "side" },
      h("section", { class: "card" }, h("h2", { say: T.checks }), this.lights,
        h("details", { hidden: true }, h("summary", { say: T.showValues }), this.measures), this.choice),
      h("section", { class: "card", id: "tries" }, h("h2", { say: T.tries }), this.strip));
    this.dropping();
  }

  /** Shows the portrait that is kept, or opens the camera. */
  begin(afresh = false) {
    this.showTries();
    if (!afresh && this.draft.portrait) this.showTaken(this.draft.portrait);
    else this.open();
  }

  async open(device) {
    const mine = ++this.running;
    this.live(true);
    say(this.message, T.cameraStarting);
    try {
      await this.camera.open(device);
    } catch (error) {
      if (!(error instanceof NoCamera)) throw error;
      if (mine === this.running) this.without(error.why);
      return;
    }
    if (mine !== this.running) {
      this.camera.close();
      return;
    }
    this.shutter.disabled = false;
    await this.listCameras();
    this.watch(mine);
  }

  async listCameras() {
    const cameras = await this.camera.list().catch(() => []);
    this.choice.hidden = cameras.length < 2;
    fill(this.cameras, cameras.map((camera) => h("option", { value: camera.deviceId }, camera.label || camera.deviceId.slice(0, 6))));
    this.cameras.value = this.camera.device ?? "";
  }

  without(why) {
    this.running += 1;
    this.camera.close();
    this.tone("grey");
    say(this.message, WITHOUT[why] ?? T.cameraNone);
    this.shutter.disabled = true;
    this.reopen.hidden = false;
    fill(this.lights);
  }

  /** Looks at one frame after the other until the page is left or a picture is taken. */
  async watch(mine) {
    while (mine === this.running) {
      const begun = performance.now();
      if (this.camera.isOpen && !document.hidden) await this.look(mine);
      await new Promise((resolve) => setTimeout(resolve, Math.max(30, PACE - (performance.now() - begun))));
    }
  }

  async look(mine) {
    try {
      const blob = await this.camera.frame();
      const seen = await api.frame(this.id, blob);
      if (mine !== this.running) return;
      this.count(seen);
      this.showLights(seen.checks);
      this.tone(seen.accepted ? "green" : seen.face ? "amber" : "grey");
      say(this.message, seen.first_advice ?? T.holdStill);
      const isReady = this.good >= GOOD_FRAMES || this.fair >= FAIR_FRAMES;
      if (this.auto.checked && isReady) await this.take(blob);
    } catch (problem) {
      if (problem.code === "overtaken" || mine !== this.running) return;
      this.good = 0;
      this.fair = 0;
      say(this.message, problem.vi ? problem : T.unreachable);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /** A fault that only warns is worth waiting for a better frame, but not for ever. */
  count(seen) {
    const isFlawless = seen.flawless ?? seen.accepted;
    this.good = isFlawless ? this.good + 1 : 0;
    this.fair = seen.accepted ? this.fair + 1 : 0;
    this.progress();
  }

  async takeNow() {
    if (this.shutter.disabled || this.shutter.hidden || !this.camera.isOpen) return;
    await this.take(await this.camera.frame());
  }

  /** Stores a picture as a try and shows what the complete set says. */
  async take(blob) {
    this.running += 1;
    this.shutter.disabled = true;
    say(this.message, T.measuring);
    try {
      const result = await api.portrait(this.id, blob);
      const again = await api.person(this.id);
      Object.assign(this.draft, again);
      this.tries.push({ try: result.try, accepted: result.accepted });
      this.update();
      this.showTaken(result);
    } catch (problem) {
      alarm(problem);
      if (this.draft.portrait) this.showTaken(this.draft.portrait);
      else this.open();
    }
  }

  again() {
    if (!this.retake.hidden) this.open();
  }

  showTaken(result) {
    this.running += 1;
    this.camera.close();
    this.live(false);
    this.picture.src = api.portraitUrl(this.id, result.try ?? Date.now());
    this.tone(result.accepted ? "green" : "red");
    say(this.message, result.accepted ? T.portraitGood : (result.first_advice ?? T.portraitBad));
    this.showLights(result.checks ?? []);
    this.showTries();
    (result.accepted ? this.onward : this.retake).focus({ preventScroll: true });
  }

  /** Either the camera is seen or the portrait. */
  live(isLive) {
    this.good = 0;
    this.fair = 0;
    this.progress();
    this.picture.hidden = isLive;
    this.video.hidden = !isLive;
    this.guide.classList.toggle("away", !isLive);
    this.shutter.hidden = !isLive;
    this.shutter.disabled = true;
    this.retake.hidden = isLive;
    this.reopen.hidden = true;
    this.onward.hidden = isLive && !this.draft.portrait;
    this.onward.classList.toggle("primary", !isLive && Boolean(this.draft.portrait?.accepted));
    this.retake.classList.toggle("primary", !isLive && !this.draft.portrait?.accepted);
    if (isLive) this.tone("grey");
  }

  progress() {
    this.ring.style.setProperty("--good", String(Math.min(100, Math.max((100 * this.good) / GOOD_FRAMES, (100 * this.fair) / FAIR_FRAMES))));
  }

  tone(light) {
    this.view.className = `view ${light}`;
  }

  /** Only what changed is drawn anew, so that nothing flickers and nothing is read out twice. */
  showLights(checks) {
    const lights = grouped(checks);
    const key = JSON.stringify(lights.map(({ id, light }) => [id, light]));
    if (this.lights.dataset.key !== key) {
      this.lights.dataset.key = key;
      fill(this.lights, lights.map(({ id, text, light }) => h("li", { class: light, "data-check": id },
        h("span", { class: "lamp", "aria-hidden": "true" }), h("span", { class: "name", say: text }),
        h("span", { class: "light-word", say: LIGHTS[light] ?? LIGHTS.grey }))));
    }
    this.measures.parentElement.hidden = checks.length === 0;
    if (this.measures.parentElement.open || this.picture.hidden === false) {
      fill(this.measures, checks.map((check) => h("div", { class: check.light }, h("dt", { say: named(check) }), h("dd", {}, figure(check.value)))));
    }
  }

  showTries() {
    const kept = this.draft.portrait?.try;
    if (this.strip.parentElement) this.strip.parentElement.hidden = this.tries.length === 0;
    fill(this.strip, this.tries.map((each) => h("li", { class: each.accepted ? "green" : "red" },
      h("span", { class: "lamp", "aria-hidden": "true" }),
      h("span", { say: { vi: `${T.tryNumber.vi} ${each.try}`, en: `${T.tryNumber.en} ${each.try}` } }),
      h("span", { class: "hint", say: each.try === kept ? T.best : each.accepted ? T.accepted : T.rejected }))));
  }

  dropping() {
    const stop = (event) => event.preventDefault();
    this.stage.addEventListener("dragover", stop);
    this.stage.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) this.take(file);
    });
  }

  close() {
    this.running += 1;
    this.camera.close();
  }
}

const figure = (value) => (typeof value === "number" ? String(Math.round(value * 100) / 100) : "–");

/** The oval, the shade around it and the ring that fills while frames are good. */
function guide(ring) {
  return svg("svg", { class: "guide", viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("defs", {}, svg("mask", { id: "hole" }, svg("rect", { ...VIEW, fill: "#fff" }), svg("ellipse", { ...OVAL, fill: "#000" }))),
    svg("rect", { class: "shade", ...VIEW, mask: "url(#hole)" }),
    svg("ellipse", { class: "oval", ...OVAL }), ring);
}
