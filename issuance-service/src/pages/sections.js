// The parts of the form. The server says which fields a profile has; this says only where on the page they stand.
import { T } from "./texts.js";
import { word } from "./words.js";

const SECTIONS = [
  { id: "request", vi: "Yêu cầu", en: "Request", fields: ["request_kind", "request_reason"] },
  {
    id: "identity", vi: "Nhân thân", en: "Identity",
    fields: ["full_name", "surname", "given_names", "other_name", "date_of_birth", "sex", "personal_number", "nationality",
      "ethnic_group", "religion", "marital_status", "blood_group", "cmnd_number", "cancelled_personal_number"],
  },
  {
    id: "birth", vi: "Nơi sinh, quê quán", en: "Birth and origin",
    fields: ["place_of_birth", "place_of_birth_registration", "place_of_origin"],
  },
  {
    id: "residence", vi: "Nơi cư trú", en: "Residence",
    fields: ["permanent_residence", "temporary_residence", "current_residence", "residence_file_number", "declared_absence"],
  },
  {
    id: "appearance", vi: "Nhân dạng", en: "Appearance", fields: ["identifying_marks", "height", "eye_colour"],
  },
  { id: "contact", vi: "Liên hệ, nghề nghiệp", en: "Contact and profession", fields: ["telephone", "e_mail", "profession", "title"] },
  { id: "parents", vi: "Cha, mẹ", en: "Parents", prefixes: ["father_", "mother_"] },
  { id: "family", vi: "Vợ, chồng, con", en: "Spouse and children", prefixes: ["spouse_"], fields: ["children"] },
  { id: "representative", vi: "Người đại diện", en: "Representative", prefixes: ["representative_"], fields: ["represented"] },
  { id: "household", vi: "Hộ gia đình", en: "Household", prefixes: ["household_"] },
  {
    id: "documents", vi: "Giấy tờ", en: "Documents", prefixes: ["previous_"],
    fields: ["document_number", "date_of_issue", "date_of_expiry", "issuing_authority", "can"],
  },
  { id: "other", vi: "Thông tin khác", en: "Other", fields: [] },
];
/** Parts that most people need, shown open. */
const OPEN = ["request", "identity", "birth", "residence", "appearance", "contact"];

const holds = (section, name) =>
  section.fields?.includes(name) || section.prefixes?.some((prefix) => name.startsWith(prefix));

/** The parts with the fields of this profile; a field that no part knows stands in the last. */
export function parted(fields) {
  const parts = SECTIONS.map((section) => ({ ...section, open: OPEN.includes(section.id), members: [] }));
  for (const field of fields) {
    const part = parts.find((each) => holds(each, field.name)) ?? parts.at(-1);
    part.members.push(field);
  }
  for (const part of parts) {
    const order = part.fields ?? [];
    const place = (field) => (order.includes(field.name) ? order.indexOf(field.name) : order.length);
    part.members.sort((a, b) => place(a) - place(b));
  }
  return parts.filter((part) => part.members.length > 0);
}

/** Fields that take a whole line of the form. */
export const isWide = (field) =>
  /residence$|^place_of|^children$|^represented$|members$|^identifying|^other_information|^declared_absence|place_of_issue/.test(field.name)
  || field.max > 200;

/** Whether a finding is about the form, not about a picture. */
export const isOfForm = (finding) => !/^(portrait|fingerprints|finger:|slap:)/.test(finding.what ?? finding.field ?? "")
  && !["portrait", "fingerprints"].includes(finding.field);

/** Findings as people read them: all fingers that were not taken are one line, which stands for each of `whats`. */
export function gathered(findings) {
  const isOpen = (finding) => finding.rule === "finger-not-taken" && !finding.released;
  const open = findings.filter(isOpen);
  if (open.length === 0) return findings;
  const names = (language) => open.map((finding) => word("finger", finding.subject.replace("finger:", ""))[language].toLowerCase()).join(", ");
  const text = (language) => T.fingersNotTaken[language].replace("{}", names(language));
  return [...findings.filter((finding) => !isOpen(finding)),
    { ...open[0], whats: open.map((finding) => finding.what), vi: text("vi"), en: text("en") }];
}
