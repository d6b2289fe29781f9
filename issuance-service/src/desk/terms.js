// The words of the register as people say them. The service has its own list, which counts more; what nobody knows is shown as it is.
import * as api from "./api.js";

const WORDS = {
  application_stages: {
    received: ["Đã tiếp nhận", "Received"], "in-duplicate-review": ["Đối chiếu trùng", "Duplicate review"],
    checked: ["Chờ phê duyệt", "Waits for approval"], approved: ["Đã phê duyệt", "Approved"],
    "in-production": ["Đang sản xuất", "In production"], produced: ["Đã sản xuất", "Produced"],
    completed: ["Đã trả thẻ", "Handed over"], refused: ["Đã từ chối", "Refused"], withdrawn: ["Đã rút", "Withdrawn"],
  },
  document_stages: {
    entered: ["Đã ghi sổ", "Entered"], signed: ["Đã ký", "Signed"], written: ["Đã ghi chip", "Written"],
    delivered: ["Thẻ đạt", "Card passed"], shipped: ["Đang chuyển", "Shipped"], "handed-over": ["Đã trả", "Handed over"],
    suspended: ["Tạm khóa", "Suspended"], ended: ["Hết hiệu lực", "Ended"], voided: ["Đã hủy", "Voided"],
  },
  priority: { remake: ["Làm lại", "Remake"], urgent: ["Khẩn", "Urgent"], normal: ["Thường", "Normal"] },
  events: {
    received: ["Tiếp nhận gói hồ sơ", "Packet received"], checked: ["Kiểm tra quy tắc và trùng lặp", "Rules and duplicates checked"],
    "resemblance-found": ["Phát hiện người giống mới đăng ký", "Somebody who resembles was registered"],
    "duplicates-reviewed": ["Đã đối chiếu trùng", "Duplicates reviewed"], approved: ["Phê duyệt", "Approved"],
    "person-assigned": ["Gắn với công dân trong cơ sở dữ liệu", "Assigned to a person of the register"],
    "production-begun": ["Bắt đầu sản xuất", "Production begun"], "production-failed": ["Sản xuất không thành", "Production failed"],
    produced: ["Thẻ đã làm xong", "Card produced"], complaint: ["Khiếu nại về thẻ", "Complaint about the card"],
    completed: ["Công dân đã nhận thẻ", "Holder has the card"], refused: ["Từ chối", "Refused"],
    withdrawn: ["Rút hồ sơ", "Withdrawn"], "biometrics-erased": ["Đã xóa dữ liệu sinh trắc học", "Biometrics erased"],
  },
  chip_states: {
    "in-stock": ["Trong kho", "In stock"], reserved: ["Đã dành cho lệnh", "Reserved"], written: ["Đã ghi", "Written"],
    used: ["Đã thành thẻ", "Used"], rejected: ["Loại", "Rejected"], missing: ["Thất lạc", "Missing"], destroyed: ["Đã hủy", "Destroyed"],
  },
  reject_reasons: {
    "chip-faulty": ["Chip hỏng", "Chip faulty"], "print-faulty": ["In lỗi", "Print faulty"], "wrong-data": ["Dữ liệu sai", "Wrong data"],
    "application-withdrawn": ["Công dân rút hồ sơ", "Application withdrawn"],
    "lost-in-production": ["Thất lạc khi sản xuất", "Lost in production"], "blank-damaged": ["Phôi hỏng", "Blank damaged"],
    "key-repeated": ["Trùng khóa", "Key repeated"], returned: ["Thu về", "Returned"],
  },
  person_status: { living: ["Còn sống", "Living"], missing: ["Mất tích", "Missing"], dead: ["Đã chết", "Dead"] },
  causes: { "handed-over": ["Đã trả thẻ", "Handed over"], ended: ["Hồ sơ đã kết thúc", "Application ended"], "time-over": ["Hết hạn lưu", "Kept long enough"] },
  account_states: {
    invited: ["Đã mời", "Invited"], active: ["Đang hoạt động", "Active"], locked: ["Đã khóa", "Locked"], closed: ["Đã đóng", "Closed"],
  },
  device_kinds: {
    station: ["Trạm thu nhận", "Enrolment station"], "personalisation-site": ["Điểm cá thể hóa", "Personalisation site"],
    "relying-party": ["Bên tin cậy", "Relying party"],
  },
  batch_states: { open: ["Đang ghi", "Open"], written: ["Đã ghi", "Written"], closed: ["Xong", "Closed"], released: ["Đã trả lại", "Given up"] },
  shift_states: { open: ["Đang mở", "Open"], counted: ["Đã đếm một lần", "Counted once"], closed: ["Đã đóng", "Closed"] },
  consignment_states: {
    packing: ["Đang đóng gói", "Packing"], shipped: ["Trên đường", "On its way"], incomplete: ["Thiếu thẻ", "Incomplete"],
    received: ["Đã nhận đủ", "Received"], empty: ["Rỗng", "Empty"],
  },
  outcomes: {
    received: ["Đã nhập kho", "Taken in"], known: ["Đã có từ trước", "Known before"], written: ["Đã ghi nhận", "Recorded as written"],
    passed: ["Đạt", "Passed"], proposed: ["Chờ người thứ hai", "Waits for a second person"], voided: ["Đã hủy", "Voided"], refused: ["Không nhận", "Refused"],
  },
  void_reasons: {
    "chip-faulty": ["Chip hỏng", "Chip faulty"], "print-faulty": ["In lỗi", "Print faulty"], "wrong-data": ["Dữ liệu sai", "Wrong data"],
    "application-withdrawn": ["Công dân rút hồ sơ", "Application withdrawn"], "lost-in-production": ["Thất lạc khi sản xuất", "Lost in production"],
  },
  document_events: {
    entered: ["Ghi sổ", "Entered"], signed: ["Ký dữ liệu", "Signed"], written: ["Đã ghi chip", "Chip written"], passed: ["Đạt kiểm tra", "Passed quality control"],
    shipped: ["Gửi đi", "Shipped"], "handed-over": ["Trả thẻ", "Handed over"], suspended: ["Tạm khóa", "Suspended"], reinstated: ["Mở khóa", "Reinstated"],
    proposed: ["Đề nghị", "Proposed"], ended: ["Hết hiệu lực", "Ended"], voided: ["Hủy lệnh", "Voided"],
  },
  recipients: { holder: ["Chủ thẻ", "Holder"], representative: ["Người đại diện", "Representative"] },
  read_outs: { passed: ["Đọc chip đạt", "The chip was read and is right"], "not-read": ["Không đọc (không có đầu đọc)", "Not read: there is no reader"] },
  refusals: {
    malformed: ["Không phải tệp chip", "No chip file"], "no-profile": ["Không loại giấy tờ nào dùng khóa này", "No document asks for such keys"],
    "other-keys": ["Đã nhập với khóa khác", "Came in before with other keys"], elsewhere: ["Đã nhập ở điểm khác", "Came in at another site"],
    used: ["Đã thuộc một thẻ", "A document has it"], "key-repeated": ["Trùng khóa với chip khác", "Another chip has one of its keys"],
    "unknown-chip": ["Không có chip này", "There is no such chip"], "chip-state": ["Chip ở trạng thái khác", "The chip is in another state"],
    "not-in-batch": ["Không thuộc lô này", "Not in this batch"], "others-batch": ["Lô của người khác", "Somebody else's batch"],
    "same-person": ["Cần người thứ hai khác", "It takes another person"], "not-proposed": ["Chưa ai đề nghị", "Nobody has proposed it"],
    "approved-it": ["Người phê duyệt không trả thẻ", "Who approved it does not hand it over"],
    "other-consignment": ["Đã ở chuyến khác", "In another consignment"], "unknown-document": ["Không có thẻ này", "There is no such card"],
    "wrong-stage": ["Không ở bước phù hợp", "Not at the right stage"], "wrote-it": ["Người ghi thẻ không tự kiểm tra", "Who wrote it does not pass it"],
  },
  rules: { "finger-not-taken": ["Ngón tay chưa thu", "Fingers not taken"] },
  subjects: { portrait: ["Chân dung", "Portrait"], signature: ["Chữ ký", "Signature"] },
  roles: {},
};
const heard = {};

/** Asks the service for its words, once. */
export async function learn() {
  if (Object.keys(heard).length > 0) return;
  const lists = await api.get("/v1/words").catch(() => ({}));
  for (const [list, words] of Object.entries(lists)) {
    heard[list] = Object.fromEntries(words.map(({ word, vi, en }) => [word, { vi: capital(vi), en: capital(en) }]));
  }
}

const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A word of a list in both languages. */
export function term(list, word) {
  const pair = WORDS[list]?.[word];
  if (pair) return { vi: pair[0], en: pair[1] };
  return heard[list]?.[word] ?? { vi: word ?? "–", en: word ?? "–" };
}

/** The words of a list, to choose from. */
export function words(list) {
  const known = Object.keys(heard[list] ?? WORDS[list] ?? {});
  return known.map((word) => [word, term(list, word)]);
}

/** A role. */
export const saidRole = (word) => term("roles", word);
