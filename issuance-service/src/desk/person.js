// One person of the register: texts, numbers, documents, applications.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { fill, h } from "./dom.js";
import { badge, facts, heading, link, section, short, table } from "./parts.js";
import { recordFacts } from "./record.js";
import { may } from "./session.js";
import { T } from "./texts.js";

const S = {
  number: { vi: "Số định danh cá nhân", en: "Personal number" },
  id: { vi: "Mã trong cơ sở dữ liệu", en: "Id in the register" },
  cancelled: { vi: "Số đã hủy", en: "Cancelled numbers" },
  kind: { vi: "Mã loại", en: "Code" },
  documents: { vi: "Giấy tờ", en: "Documents" },
  applications: { vi: "Hồ sơ", en: "Applications" },
  looked: { vi: "Lần xem này được ghi vào nhật ký kiểm toán.", en: "That you looked is written into the audit log." },
};

/** The page. */
export async function page(main, { rest: [id] }) {
  const person = await api.get(`/v1/people/${api.part(id)}`);
  fill(main,
    heading(person.full_name, badge("person_status", person.status)),
    h("p", { class: "hint", say: S.looked }),
    section(T.person, facts([
      [S.number, person.number && h("code", { class: "figures" }, person.number)],
      [S.cancelled, person.cancelled_numbers?.length > 0 && person.cancelled_numbers.join(", ")],
      [S.id, h("code", {}, person.id)],
    ])),
    recordFacts(person.fields),
    person.documents?.length > 0 && section(S.documents, table(S.documents, [
      [T.job, (item) => (may("history.read") ? link(`#/document/${item.job}`, item.job) : short(item.job))],
      [S.kind, (item) => `${item.issuing_state} ${item.kind}`],
      [T.number, (item) => h("code", { class: "figures" }, item.number)],
      [T.profile, (item) => item.profile],
      [T.stage, (item) => badge("document_stages", item.stage)],
      [T.changed, (item) => when(item.changed_at)],
    ], person.documents)),
    person.applications?.length > 0 && section(S.applications, table(S.applications, [
      [T.application, (item) => link(`#/application/${item.id}`, item.id)],
      [T.stage, (item) => badge("application_stages", item.stage)],
      [T.profile, (item) => item.profile],
      [T.received, (item) => when(item.received_at)],
    ], person.applications)));
}
