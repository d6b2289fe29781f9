// Checks of the audit log in this browser (RFC 9162, C2SP signed-note), with what every browser brings: SHA-256 and ECDSA.
// The service is not asked whether its log is right: it is asked for a proof.

const LEAF = 0;
const NODE = 1;
const ECDSA = 2;
const HASH = 32;

/** Octets of base64. */
export const octets = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
};
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const equal = (a, b) => a.length === b.length && a.every((octet, place) => octet === b[place]);

/** The leaf of an entry: SHA-256 of 00 and its octets. */
export const leafOf = (text) => sha256(joined([LEAF], new TextEncoder().encode(text)));
const node = (left, right) => sha256(joined([NODE], left, right));

/** Whether a leaf is in the tree with this root (RFC 9162 §2.1.3.2). Numbers stay below 2^53: BigInt counts without a doubt. */
export async function isIncluded(leaf, proof, root) {
  let [place, last] = [BigInt(proof.index), BigInt(proof.size) - 1n];
  if (place > last || proof.path.length > 64) return false;
  let hash = leaf;
  for (const text of proof.path) {
    const other = octets(text);
    if (other.length !== HASH || last === 0n) return false;
    if (place % 2n === 1n || place === last) {
      hash = await node(other, hash);
      while (place % 2n === 0n && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else {
      hash = await node(hash, other);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && equal(hash, octets(root));
}

/** Whether the newer tree begins with all of the older one (RFC 9162 §2.1.4.2). */
export async function isConsistent(older, newer, path) {
  let [place, last] = [BigInt(older.size) - 1n, BigInt(newer.size) - 1n];
  if (place < 0n || place > last) return false;
  if (place === last) return path.length === 0 && older.root === newer.root;
  const rest = path.map(octets);
  while (place % 2n === 1n) [place, last] = [place >> 1n, last >> 1n];
  const first = place === 0n ? octets(older.root) : rest.shift();
  if (!first) return false;
  let [before, after] = [first, first];
  for (const other of rest) {
    if (last === 0n) return false;
    if (place % 2n === 1n || place === last) {
      before = await node(other, before);
      after = await node(other, after);
      while (place % 2n === 0n && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else {
      after = await node(after, other);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && equal(before, octets(older.root)) && equal(after, octets(newer.root));
}

/** A checkpoint that the key has signed: origin, size, root, time. Null when it is none, or not signed by this key. */
export async function openCheckpoint(note, key) {
  const [name, id, encoded] = splitKey(key);
  const end = note.lastIndexOf("\n\n");
  if (!name || end < 0) return null;
  const spki = octets(encoded);
  const digest = await sha256(spki.slice(1));
  if (spki[0] !== ECDSA || hex(digest.slice(0, 4)) !== id) return null;
  const [text, lines] = [note.slice(0, end + 1), note.slice(end + 2).split("\n")];
  const line = lines.find((each) => each.startsWith(`\u2014 ${name} `));
  if (!line) return null;
  const signature = octets(line.slice(name.length + 3));
  if (hex(signature.slice(0, 4)) !== id) return null;
  const publicKey = await crypto.subtle.importKey("spki", spki.slice(1), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const raw = rawSignature(signature.slice(4));
  const signed = raw && (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, raw, new TextEncoder().encode(text)));
  const [origin, size, root, time] = text.split("\n");
  if (!signed || origin !== name) return null;
  return { origin, size: Number(size), root, at: time?.replace(/^time /, "") };
}

/** Name, id and octets of `<name>+<id>+<base64>`; the base64 may hold a plus itself. */
function splitKey(key) {
  const parts = key.split("+");
  return [parts[0], parts[1], parts.slice(2).join("+")];
}

const hex = (bytes) => [...bytes].map((octet) => octet.toString(16).padStart(2, "0")).join("");

/** A DER signature as the two numbers that browsers want; one of 64 octets is them already. */
function rawSignature(der) {
  if (der.length === 64 && der[0] !== 0x30) return der;
  const number = (place) => {
    if (der[place] !== 2) return null;
    const bytes = der.slice(place + 2, place + 2 + der[place + 1]);
    const bare = bytes[0] === 0 ? bytes.slice(1) : bytes;
    if (bare.length > HASH) return null;
    return { bytes: joined(new Uint8Array(HASH - bare.length), bare), next: place + 2 + der[place + 1] };
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const first = number(2);
  const second = first && number(first.next);
  return second && second.next === der.length ? joined(first.bytes, second.bytes) : null;
}

/** A hash as text, as proofs and checkpoints write it. */
export const hashText = base64;

/**
 * The entries of an answer to the letter: a leaf is made of octets, and reading and writing JSON might change them. Strings and braces
 * are followed; the answer was read as JSON before.
 */
export function entryTexts(answer) {
  const texts = [];
  const mark = /"entry"\s*:\s*\{/g;
  for (let found = mark.exec(answer); found; found = mark.exec(answer)) {
    const begin = mark.lastIndex - 1;
    const end = endOf(answer, begin);
    texts.push(answer.slice(begin, end));
    mark.lastIndex = end;
  }
  return texts;
}

function endOf(text, begin) {
  let [depth, inString] = [0, false];
  for (let place = begin; place < text.length; place += 1) {
    const letter = text[place];
    if (inString) {
      if (letter === "\\") place += 1;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === "{") depth += 1;
    else if (letter === "}" && --depth === 0) return place + 1;
  }
  return text.length;
}
