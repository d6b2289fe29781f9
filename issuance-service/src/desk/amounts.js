// Times, days, numbers and ages in both languages at once, so that the switch of the language has nothing to compute.

const LOCALES = { vi: "vi-VN", en: "en-GB" };
const DATE = { day: "2-digit", month: "2-digit", year: "numeric" };
const MOMENT = { ...DATE, hour: "2-digit", minute: "2-digit" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const both = (format) => ({ vi: format(LOCALES.vi, "vi"), en: format(LOCALES.en, "en") });
const known = (date) => !Number.isNaN(date.getTime());

/** A moment, in the time of this clock. */
export function when(text, options = MOMENT) {
  const date = new Date(text ?? "");
  if (!known(date)) return both(() => text ?? "–");
  return both((locale) => new Intl.DateTimeFormat(locale, { hour12: false, ...options }).format(date));
}

/** A moment to the second. */
export const second = (text) => when(text, { ...MOMENT, second: "2-digit" });

/** A day: `2026-11-22`. */
export function day(text) {
  const date = new Date(`${text}T00:00:00Z`);
  if (!known(date)) return both(() => text ?? "–");
  return both((locale) => new Intl.DateTimeFormat(locale, { ...DATE, timeZone: "UTC" }).format(date));
}

/** Day and month, for axes. */
export function shortDay(text) {
  const date = new Date(`${text}T00:00:00Z`);
  return both((locale) => new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", timeZone: "UTC" }).format(date));
}

/** A number. */
export function amount(number) {
  return both((locale) => (number === null || number === undefined ? "–" : new Intl.NumberFormat(locale).format(number)));
}

/** A share of 1 in per cent. */
export function share(part) {
  return both((locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(part));
}

/** How long ago something was, in the largest unit that fits. */
export function age(text, now = Date.now()) {
  const passed = now - new Date(text ?? "").getTime();
  if (Number.isNaN(passed)) return both(() => "–");
  const [unit, length] = passed >= 2 * DAY ? ["day", DAY] : passed >= 2 * HOUR ? ["hour", HOUR] : ["minute", MINUTE];
  const count = Math.max(0, Math.floor(passed / length));
  return both((locale) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count));
}

/** Hours since a moment. */
export const hours = (text, now = Date.now()) => (now - new Date(text ?? "").getTime()) / HOUR;

/** Today here, `2026-11-22`, and days before it. */
export function today(before = 0) {
  const date = new Date(Date.now() - before * DAY);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
