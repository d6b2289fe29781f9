// Stations, personalisation sites and relying parties: their certificates, issued for their requests, revoked for good.
import * as api from "./api.js";
import { when } from "./amounts.js";
import { button, fileButton, fill, h, notice } from "./dom.js";
import { ask, field, form, heading, listed, named, section, select, short, sure, table } from "./parts.js";
import { term } from "./terms.js";
import { T } from "./texts.js";

const S = {
  title: { vi: "Thiết bị", en: "Devices" },
  empty: { vi: "Chưa có thiết bị nào.", en: "There is no device yet." },
  add: { vi: "Đăng ký thiết bị", en: "Register a device" },
  kind: { vi: "Loại", en: "Kind" },
  name: { vi: "Tên thiết bị", en: "Name of the device" },
  site: { vi: "Điểm cá thể hóa", en: "Site" },
  siteHint: { vi: "Máy chỉ nhận lô của điểm này. Chữ thường không dấu, chữ số và gạch nối.", en: "The machine gets the batches of this site only. Small letters, digits and hyphens." },
  request: { vi: "Yêu cầu chứng thư (PEM)", en: "Certificate request (PEM)" },
  requestHint: { vi: "Thiết bị tự tạo khóa; chỉ khóa công khai được lấy từ yêu cầu này.", en: "The device makes its own key; only the public key is taken from this." },
  file: { vi: "Lấy từ tệp", en: "Take from a file" },
  certificates: { vi: "Chứng thư", en: "Certificates" },
  ends: { vi: "Chứng thư cuối hết hạn", en: "Last certificate ends" },
  revoked: { vi: "Đã thu hồi", en: "Revoked" },
  valid: { vi: "Đang dùng", en: "In use" },
  over: { vi: "Hết hạn", en: "Expired" },
  agreement: { vi: "Thỏa thuận", en: "Agreement" },
  renew: { vi: "Cấp chứng thư mới", en: "New certificate" },
  revoke: { vi: "Thu hồi", en: "Revoke" },
  revokeLead: {
    vi: "Thiết bị bị từ chối vĩnh viễn, ngay lập tức, với mọi chứng thư của nó.",
    en: "The device is refused for good, at once, with all its certificates.",
  },
  issued: { vi: "Chứng thư đã cấp", en: "The certificate is issued" },
  issuedLead: { vi: "Lưu hai tệp này và đưa vào thiết bị.", en: "Save these two files and bring them to the device." },
  certificate: { vi: "Chứng thư của thiết bị", en: "Certificate of the device" },
  authority: { vi: "Chứng thư của cơ quan cấp", en: "Certificate of the authority" },
};
const KINDS = ["station", "personalisation-site", "relying-party"];

/** The page. */
export async function page(main, { again }) {
  const list = listed((after) => api.query("/v1/devices", { after, limit: 100 }), (items) => table(S.title, [
    [S.name, (item) => (item.kind === "relying-party" ? h("span", {}, item.name, h("a", { class: "under", href: `#/agreement/${item.id}`, say: S.agreement })) : item.name)],
    [S.kind, (item) => (item.site ? h("span", {}, term("device_kinds", item.kind), ` ${item.site}`) : term("device_kinds", item.kind))],
    [T.state, state],
    [S.ends, (item) => (item.certificates.length > 0 ? when(item.certificates.at(-1).not_after) : "–")],
    [S.certificates, (item) => String(item.certificates.length), "number"],
    [T.number, (item) => short(item.id)],
    [T.what, (item) => (item.revoked ? "–" : actions(item, again))],
  ], items), S.empty);
  await list.load();
  fill(main, heading(S.title), list.place, section(S.add, register(again)));
}

function state(item) {
  const isOver = !item.revoked && item.certificates.every((each) => new Date(each.not_after) <= new Date());
  const [kind, text] = item.revoked ? ["revoked", S.revoked] : isOver ? ["waiting", S.over] : ["active", S.valid];
  return h("span", { class: `badge ${kind}`, say: text });
}

function request() {
  const text = h("textarea", { id: "request", rows: "6", required: true, maxlength: "32768", spellcheck: "false", class: "pem" });
  const file = fileButton(S.file, ".pem,.csr,.req", async (chosen) => { text.value = await chosen.text(); }, { id: "request-file" });
  return { text, children: [field(S.request, text, { hint: S.requestHint, wide: true }), file] };
}

function register(again) {
  const kind = select("kind", KINDS.map((word) => [word, term("device_kinds", word)]), "station");
  const name = h("input", { id: "device-name", required: true, maxlength: "64", autocomplete: "off" });
  const site = h("input", { id: "device-site", maxlength: "40", pattern: "[a-z0-9\\-]{1,40}", autocomplete: "off", spellcheck: "false" });
  const place = field(S.site, site, { hint: S.siteHint });
  const isSite = () => kind.value === "personalisation-site";
  const turn = () => {
    place.hidden = !isSite();
    site.required = isSite();
  };
  kind.addEventListener("change", turn);
  turn();
  const csr = request();
  return form({
    id: "register-device", submit: S.add,
    children: [h("div", { class: "line" }, field(S.kind, kind), field(S.name, name), place), ...csr.children],
    send: async () => {
      const { value } = await api.post("/v1/devices", {
        kind: kind.value, name: name.value.trim(), request: csr.text.value, ...(isSite() ? { site: site.value.trim() } : {}),
      });
      await show(value);
      again();
    },
  });
}

function actions(item, again) {
  const called = (text) => ({ "aria-label": named(text, item.name, ": ") });
  const renew = () => ask(S.renew, (close) => {
    const csr = request();
    return [h("p", {}, item.name), form({
      id: "renew-device", submit: S.renew, children: csr.children, more: button(T.cancel, () => close(null)),
      send: async () => close((await api.post(`/v1/devices/${item.id}/certificates`, { request: csr.text.value })).value),
    })];
  }).then(async (issued) => {
    if (!issued) return;
    await show(issued);
    again();
  });
  const revoke = async () => {
    if (!(await sure(S.revoke, S.revokeLead, S.revoke))) return;
    await api.post(`/v1/devices/${item.id}/revoke`);
    notice(T.done);
    again();
  };
  return h("span", { class: "actions" }, button(S.renew, renew, { names: called(S.renew) }),
    button(S.revoke, revoke, { class: "danger", names: called(S.revoke) }));
}

/** The new certificate, as files to take along. */
function show(issued) {
  const file = (text, pem, name) => h("div", { class: "stack" }, h("h3", { say: text }), h("pre", { tabindex: "0" }, pem),
    h("a", { class: "button", download: name, href: URL.createObjectURL(new Blob([pem], { type: "application/x-pem-file" })), say: { vi: `Lưu ${name}`, en: `Save ${name}` } }));
  return ask(S.issued, (close) => [h("p", { say: S.issuedLead }),
    file(S.certificate, issued.certificate, "device.pem"), file(S.authority, issued.authority, "authority.pem"),
    h("div", { class: "actions" }, button(T.close, () => close(true), { class: "primary" }))], { wide: true });
}
