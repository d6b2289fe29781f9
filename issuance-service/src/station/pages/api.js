// The station's server, which is on this machine.
import { T } from "./texts.js";

/** What the server refuses, in both languages, with what to do. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.en ?? body.title ?? "problem");
    this.status = status;
    this.code = body.code ?? "unknown";
    this.vi = body.vi ?? T.unknownProblem.vi;
    this.en = body.en ?? body.detail ?? T.unknownProblem.en;
    this.todo_vi = body.todo_vi ?? "";
    this.todo_en = body.todo_en ?? "";
  }
}

const LONGEST_ANSWER = 60_000;

async function call(method, path, { body, type, signal } = {}) {
  const headers = {};
  if (type) headers["Content-Type"] = type;
  let response;
  try {
    const limit = AbortSignal.timeout(LONGEST_ANSWER);
    response = await fetch(path, {
      method,
      headers,
      body,
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { code: "unreachable", ...T.unreachable });
  }
  return answer(response, path);
}

async function answer(response, path) {
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    json = null;
  }
  if (response.ok) return json;
  if (response.status === 401 && path !== "/api/login") document.dispatchEvent(new CustomEvent("signed-out"));
  throw new Problem(response.status, json ?? {});
}

const send = (method, path, value) => call(method, path, { body: JSON.stringify(value ?? {}), type: "application/json" });
const picture = (path, blob, options = {}) =>
  call("POST", path, { body: blob, type: blob.type || "application/octet-stream", ...options });
const draft = (id, rest = "") => `/api/drafts/${encodeURIComponent(id)}${rest}`;

export const station = () => call("GET", "/api/station");
export const login = (words) => send("POST", "/api/login", words);
export const logout = () => send("POST", "/api/logout");
export const drafts = () => call("GET", "/api/drafts");
export const newDraft = () => send("POST", "/api/drafts");
export const person = (id) => call("GET", draft(id));
/** Erases a person who will not be sealed. */
export const discard = (id) => call("DELETE", draft(id));
export const saveFields = (id, fields) => send("PUT", draft(id, "/fields"), fields);
export const frame = (id, blob, signal) => picture(draft(id, "/frame"), blob, { signal });
export const portrait = (id, blob) => picture(draft(id, "/portrait"), blob);
export const portraitUrl = (id, stamp) => `${draft(id, "/portrait.jpg")}?at=${stamp}`;
export const finger = (id, position, blob) => picture(draft(id, `/fingers/${position}`), blob);
export const slap = (id, hand, blob) => picture(draft(id, `/slaps/${hand}`), blob);
export const missing = (id, position, reason) => send("PUT", draft(id, `/fingers/${position}/missing`), { reason });
export const inbox = (id) => call("GET", `/api/fingers/inbox?draft=${encodeURIComponent(id)}`);
export const review = (id) => call("GET", draft(id, "/review"));
export const release = (id, words) => send("POST", draft(id, "/release"), words);
/** Seals what the review has shown: `state` is of the person shown. */
export const seal = (id, state) => send("POST", draft(id, "/seal"), { state });
export const outbox = () => call("GET", "/api/outbox");
/** Takes a file that a scanner wrote: the server reads it, the browser only names it. */
export const takeFromInbox = (id, what, file) =>
  call("POST", `${draft(id, `/${what}`)}?inbox=${encodeURIComponent(file)}`);
