// Days as people here write them, 31/12/1999, and as the record holds them, 1999-12-31. What cannot be understood goes to the
// server as it was typed, so that the rule and not the page explains it.

const two = (digits) => digits.padStart(2, "0");

/** The record's text for what was typed. */
export function toRecord(typed) {
  const text = typed.trim();
  const full = text.match(/^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/) ?? text.match(/^(\d{2})(\d{2})(\d{4})$/);
  if (full) return `${full[3]}-${two(full[2])}-${two(full[1])}`;
  const month = text.match(/^(\d{1,2})[/.\- ](\d{4})$/);
  if (month) return `${month[2]}-${two(month[1])}`;
  return text;
}

/** What the operator reads for the record's text. */
export function toReader(text) {
  const parts = (text ?? "").match(/^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/);
  if (!parts) return text ?? "";
  return [parts[3], parts[2], parts[1]].filter(Boolean).join("/");
}
