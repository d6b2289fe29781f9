// What can be decided on an application now. Where somebody else was faster, what has changed is shown, and nothing typed is lost.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { button, h, notice } from "./dom.js";
import { ofThisPage } from "./keys.js";
import { brief, field, form, section, select, sure } from "./parts.js";
import { term, words } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Quyết định", en: "Decision" },
  nothing: {
    vi: "Bạn không có việc gì phải quyết định ở bước này.",
    en: "There is nothing for you to decide at this stage.",
  },
  fourEyes: {
    vi: "Người đã tham gia một bước trước không quyết định bước sau.",
    en: "Who had a part in an earlier step does not decide a later one.",
  },
  approve: { vi: "Phê duyệt", en: "Approve" },
  approveLead: {
    vi: "Bạn xác nhận đã xem thông tin, ảnh và kết quả đối chiếu. Hồ sơ được chuyển đi sản xuất.",
    en: "You confirm that you have seen details, pictures and duplicates. The document goes into production.",
  },
  refuse: { vi: "Từ chối", en: "Refuse" },
  refuseLead: { vi: "Từ chối là quyết định cuối cùng của hồ sơ này.", en: "A refusal ends this application for good." },
  withdraw: { vi: "Rút hồ sơ", en: "Withdraw" },
  withdrawLead: {
    vi: "Chỉ rút khi chính công dân đề nghị. Hồ sơ kết thúc, dữ liệu sinh trắc học sẽ được xóa.",
    en: "Only at the word of the applicant. The application ends, its biometrics will be erased.",
  },
  complain: { vi: "Thẻ bị lỗi: làm lại", en: "The card is faulty: make it again" },
  choose: { vi: "Chọn lý do", en: "Choose a reason" },
};

/** The part of the page. `told` is what a conflict has shown, above everything. */
export function decisions(view, etag, context, told) {
  const can = (right) => view.can.includes(right);
  const act = (name, body) => decided(context, view, () => api.post(`${context.path}/${name}`, body, { etag }));
  const approve = async () => {
    if (await sure(S.approve, S.approveLead, S.approve, { danger: false })) await act("approval", {}).catch(quietly);
  };
  const parts = [
    can("application.approve") && h("div", { class: "stack" }, h("p", { class: "hint", say: S.approveLead }),
      button(S.approve, approve, { class: "primary wide", id: "approve", "aria-keyshortcuts": "a" })),
    can("application.refuse") && reasoned("refusal", S.refuse, S.refuseLead, "refusal_reasons", (reason) => act("refusal", { reason })),
    can("application.withdraw") && withdrawal(act),
    can("complaint.record") && view.job && reasoned("complaint", S.complain, null, "make_failures", (reason) => act("complaint", { job: view.job, reason })),
  ].filter(Boolean);
  ofThisPage([
    can("application.approve") && ["a", T.keyApprove, approve],
    can("application.refuse") && ["r", T.keyRefuse, () => openAt("refusal")],
  ].filter(Boolean));
  return section(S.title, told, parts.length > 0 ? parts : [h("p", { say: S.nothing }), h("p", { class: "hint", say: S.fourEyes })]);
}

function openAt(id) {
  const part = document.getElementById(id)?.closest("details");
  if (part) part.open = true;
  document.querySelector(`#${id} select`)?.focus();
}

/** A decision with a reason out of a list. It is opened first: a refusal is not beside an approval by accident. */
function reasoned(id, text, lead, list, send) {
  const choice = select(`${id}-reason`, [["", S.choose], ...words(list)], "");
  choice.required = true;
  return h("details", { class: "decision" }, h("summary", { say: text }),
    form({
      id, submit: text, danger: true, children: [lead && h("p", { class: "hint", say: lead }), field(T.reason, choice)],
      send: () => send(choice.value),
    }));
}

function withdrawal(act) {
  const ask = async () => {
    if (await sure(S.withdraw, S.withdrawLead, S.withdraw)) await act("withdrawal", {}).catch(quietly);
  };
  return button(S.withdraw, ask, { id: "withdraw" });
}

/** A button has no form of its own: what was refused is told as an alarm. */
async function quietly(problem) {
  const { alarm } = await import("./dom.js");
  if (!(problem instanceof api.Problem)) throw problem;
  alarm(problem);
}

/**
 * Does something to an application and shows it as it is then. Where it was not as it was shown, it is read again and what differs is
 * told; fields of the page that are still there keep what was typed.
 */
export async function decided(context, before, request) {
  try {
    await request();
  } catch (problem) {
    if (!(problem instanceof api.Problem) || !problem.isConflict) throw problem;
    const now = await context.look();
    const typed = kept();
    context.draw(now, differences(before, now.view, problem));
    restore(typed);
    document.getElementById("differences")?.focus();
    return;
  }
  notice(T.done);
  context.draw(await context.look());
  document.querySelector("#main h1")?.focus();
}

/** What was typed or chosen in the forms of the page. */
function kept() {
  const inputs = [...document.querySelectorAll("#main :is(select, textarea, input)")];
  return inputs.filter((input) => input.id).map((input) => [input.id, input.value, input.closest("details")?.open]);
}

function restore(typed) {
  for (const [id, value, open] of typed) {
    const input = document.getElementById(id);
    if (!input) continue;
    input.value = value;
    const details = input.closest("details");
    if (details && open) details.open = true;
  }
}

const COMPARED = [
  ["stage", T.stage, (view) => term("application_stages", view.stage)],
  ["changed_at", T.changed, (view) => when(view.changed_at)],
  ["reviewer", { vi: "Đối chiếu trùng", en: "Duplicates reviewed by" }, (view) => view.reviewer ?? "–"],
  ["approver", { vi: "Phê duyệt", en: "Approved by" }, (view) => view.approver ?? "–"],
  ["refused", { vi: "Lý do từ chối", en: "Refused for" }, (view) => (view.refused ? term("refusal_reasons", view.refused) : "–")],
  ["job", T.job, (view) => (view.job ? brief(view.job) : "–")],
];

function differences(before, now, problem) {
  const rows = COMPARED.filter(([key]) => before[key] !== now[key]);
  return conflict(problem, rows.map(([, text, say]) => [text, say(before), say(now)]));
}

/** What a conflict has shown: `[name, before, now]` for everything that differs. */
export function conflict(problem, rows) {
  const row = ([text, before, now]) => h("tr", {}, h("th", { scope: "row", say: text }), h("td", { say: before }), h("td", { say: now }));
  const head = [T.what, T.before, T.now].map((text) => h("th", { scope: "col", say: text }));
  return h("div", { class: "differences", id: "differences", tabindex: "-1", role: "alert" },
    h("h3", { say: T.changedMeanwhile }),
    // That a version differs says nothing more to people than the heading does.
    problem.status === 409 && h("p", { say: { vi: problem.vi, en: problem.en } }),
    h("p", { class: "hint", say: T.changedTodo }),
    rows.length === 0 ? h("p", { class: "hint", say: T.nothingDiffers })
      : h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows.map(row)))));
}
