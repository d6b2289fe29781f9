// The service behind the pages: requests as the person who is signed in, and what it refuses in both languages.
import * as session from "./session.js";
import { T } from "./texts.js";

/** What the service refuses (RFC 9457), in both languages, with what to do. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.title ?? "problem");
    const detail = body.detail ? ` (${body.detail})` : "";
    this.status = status;
    this.code = (body.type ?? "").split("/").pop() || "unknown";
    this.detail = body.detail ?? "";
    this.vi = `${body.title_vi ?? T.unknownProblem.vi}${detail}`;
    this.en = `${body.title ?? T.unknownProblem.en}${detail}`;
    this.todo_vi = body.todo_vi ?? "";
    this.todo_en = body.todo ?? "";
  }

  /** Whether what was looked at is not what is there now. */
  get isConflict() {
    return this.status === 409 || this.status === 412;
  }
}

const LONGEST_ANSWER = 60_000;
const REPEATS = 2;
const PAUSE = 800;
/** Keys of what was sent and not answered for sure: the same request is sent with the same key, and done once. */
const unanswered = new Map();
let askSecondFactor = null;

/** Who asks for the second factor when the service wants it again; answers whether it was shown. */
export function onStepUp(ask) {
  askSecondFactor = ask;
}

async function send(method, path, { headers = {}, body, signal } = {}) {
  const limit = AbortSignal.timeout(LONGEST_ANSWER);
  try {
    return await fetch(path, {
      method,
      headers: { Accept: "application/json", ...headers },
      body,
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { type: "/problems/unreachable", ...T.unreachable });
  }
}

async function answered(response) {
  const text = await response.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = null;
  }
  if (response.ok) return { value, text, etag: response.headers.get("ETag"), status: response.status };
  const problem = new Problem(response.status, value ?? {});
  const over = ["sign-in-needed", "session-over"].includes(problem.code);
  if (over) document.dispatchEvent(new CustomEvent("signed-out"));
  throw problem;
}

/** Reads: what is there, its text to the letter, and its version. */
export async function read(path, options = {}) {
  return answered(await send("GET", path, options));
}

/** Reads: only what is there. */
export async function get(path, options) {
  return (await read(path, options)).value;
}

/** A path with a query; what is null, undefined or empty is left out. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/**
 * Changes something. `etag` is the version that was seen. A request that was not answered is repeated with the same key; where the
 * service wants the second factor again, it is asked for, and the request repeated.
 */
export async function act(method, path, value, { etag, text, type } = {}) {
  const body = text ?? (value === undefined ? undefined : JSON.stringify(value));
  const name = [method, path, body ?? "", etag ?? ""].join("\n");
  const key = unanswered.get(name) ?? crypto.randomUUID();
  unanswered.set(name, key);
  for (let round = 0; ; round += 1) {
    try {
      const headers = { "Idempotency-Key": key };
      if (session.current()) headers["X-CSRF-Token"] = session.current().csrf_token;
      if (body !== undefined) headers["Content-Type"] = type ?? "application/json";
      if (etag) headers["If-Match"] = etag;
      const answer = await answered(await send(method, path, { headers, body }));
      unanswered.delete(name);
      return answer;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // Another window of this browser has shown the second factor: the session has another token since then.
      if (problem.code === "forged" && round === 0 && session.current()) {
        session.set(await get("/v1/sessions/current"));
        continue;
      }
      if (problem.code === "step-up" && askSecondFactor && (await askSecondFactor())) continue;
      const isOpen = problem.status === 0 || problem.status === 503 || problem.code === "in-flight";
      if (!isOpen) unanswered.delete(name);
      if (!isOpen || round >= REPEATS) throw problem;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * (round + 1)));
    }
  }
}

export const post = (path, value = {}, options) => act("POST", path, value, options);
export const put = (path, value, options) => act("PUT", path, value, options);
export const remove = (path, options) => act("DELETE", path, undefined, options);

/** An id as a part of a path. */
export const part = (id) => encodeURIComponent(id);
