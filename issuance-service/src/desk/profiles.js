// The issuer profiles: what each document asks for and holds. They are part of the program; nobody changes them here.
import * as api from "./api.js";
import { amount } from "./amounts.js";
import { fill, h } from "./dom.js";
import { facts, heading, section, table } from "./parts.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Loại giấy tờ", en: "Document profiles" },
  lead: {
    vi: "Cấu hình nằm trong chương trình và chỉ thay đổi khi có bản phát hành mới.",
    en: "Profiles are part of the program: they change with a release of it, and not here.",
  },
  id: { vi: "Mã cấu hình", en: "Profile" },
  code: { vi: "Mã trong MRZ", en: "Code in the MRZ" },
  lines: { vi: "Số dòng MRZ", en: "Lines of the MRZ" },
  numbers: { vi: "Số giấy tờ", en: "Number of the document" },
  byPerson: { vi: "Là số định danh cá nhân", en: "Made of the personal number" },
  own: { vi: "Số riêng của giấy tờ", en: "A number of its own" },
  gives: { vi: "Hệ thống cấp số định danh", en: "The service gives personal numbers" },
  required: { vi: "Thông tin bắt buộc", en: "Must be given" },
  optional: { vi: "Thông tin có thể có", en: "May be given" },
  rules: { vi: "Quy tắc riêng", en: "Its own rules" },
  rule: { vi: "Quy tắc", en: "Rule" },
  says: { vi: "Nội dung", en: "What it says" },
  weight: { vi: "Mức độ", en: "Weight" },
  source: { vi: "Căn cứ", en: "Source" },
  error: { vi: "Lỗi", en: "Error" },
  warning: { vi: "Cảnh báo", en: "Warning" },
  portrait: { vi: "Ảnh chân dung", en: "Portrait" },
  fingers: { vi: "Lấy vân tay từ (tuổi)", en: "Fingers from the age of" },
  files: { vi: "Tệp trong chip", en: "Files of the chip" },
};

/** The page. */
export async function page(main) {
  const { items } = await api.get("/v1/profiles");
  fill(main, heading(S.title), h("p", { class: "lead", say: S.lead }), items.map(profile));
}

function profile(item) {
  const { min_width: width, min_height: height, max_bytes: most, coding } = item.portrait;
  const octets = amount(most);
  const portrait = { vi: `từ ${width} × ${height}; tối đa ${octets.vi} byte, ${coding}`, en: `from ${width} × ${height}; at most ${octets.en} bytes, ${coding}` };
  return section({ vi: item.vietnamese, en: item.english },
    facts([
      [S.id, h("code", {}, item.id)], [S.code, h("code", {}, `${item.document_code} ${item.issuing_state}`)],
      [S.lines, amount(item.mrz_lines)], [S.numbers, item.numbered_by_person ? S.byPerson : S.own],
      [S.gives, item.gives_personal_numbers ? T.yes : T.no], [S.portrait, portrait], [S.fingers, amount(item.fingers_from_age)],
      [S.files, item.files.join(", ")], [S.required, labels(item.required)], [S.optional, labels(item.optional)],
    ]),
    item.rules.length > 0 && table({ vi: `${S.rules.vi}: ${item.id}`, en: `${S.rules.en}: ${item.id}` }, [
      [S.rule, (rule) => h("code", {}, rule.id)],
      [S.weight, (rule) => (rule.severity === "error" ? S.error : S.warning)],
      [S.says, (rule) => ({ vi: rule.vietnamese, en: rule.english })],
      [S.source, (rule) => rule.source],
    ], item.rules));
}

const labels = (fields) => ({ vi: fields.map((field) => field.label_vi).join(", "), en: fields.map((field) => field.label).join(", ") });
