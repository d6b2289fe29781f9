// What the page says, in both languages. What the checks mean comes with the report.

const text = (vi, en) => ({ vi, en });

export const T = {
  room: text("Quầy kiểm tra", "Verifier's desk"),
  typed: text("MRZ, mã QR hoặc CAN", "MRZ, QR code or CAN"),
  language: text("English (F8)", "Tiếng Việt (F8)"),
  bothWanted: text("Đặt thẻ lên máy đọc", "Put the card on the reader"),
  bothWantedMore: text("và quét dòng MRZ hoặc mã QR, hoặc gõ sáu số CAN rồi Enter.", "and scan the MRZ or the QR code, or type the six digits of the CAN and Enter."),
  numberWanted: text("Đã có thẻ", "The card is there"),
  numberWantedMore: text("Quét dòng MRZ hoặc mã QR, hoặc gõ sáu số CAN rồi Enter.", "Scan the MRZ or the QR code, or type the six digits of the CAN and Enter."),
  cardWanted: text("Đã có số", "The number is there"),
  cardWantedMore: text("Đặt thẻ lên máy đọc.", "Put the card on the reader."),
  moreLines: text("Quét tiếp các dòng MRZ", "Scan the other lines of the MRZ"),
  reading: text("Đang đọc. Để yên thẻ.", "Reading. Leave the card where it is."),
  last: text("Thẻ trước", "The card before"),
  gone: text("mọi dữ liệu của thẻ trước đã được xóa.", "everything about the card before was forgotten."),
  green: text("HỢP LỆ", "IN ORDER"),
  yellow: text("CHƯA KẾT LUẬN ĐƯỢC", "NO VERDICT YET"),
  red: text("KHÔNG HỢP LỆ", "NOT IN ORDER"),
  notOpened: text("CHƯA MỞ ĐƯỢC CHIP", "THE CHIP DID NOT OPEN"),
  cutShort: text("ĐỌC DỞ DANG", "READING WAS CUT SHORT"),
  cutShortMore: text("Thẻ bị lấy ra hoặc mất liên lạc trước khi đọc xong. Đặt lại thẻ và để yên.", "The card was taken away or lost before the reading ended. Put it on again and leave it there."),
  greenMore: text("Chip là của nơi cấp và dữ liệu đúng như đã ký. Hãy so người với ảnh.", "The chip is the issuer's, and the data are what the issuer signed. Compare the person with the portrait."),
  greenWithoutProof: text("Dữ liệu đúng như nơi cấp đã ký, nhưng chưa chứng minh được chip không phải bản sao. Hãy so người với ảnh và xem kỹ phần in.", "The data are what the issuer signed, but that the chip is no copy was not shown. Compare the person with the portrait, and look at the printed side."),
  yellowMore: text("Xem các dòng vàng bên dưới.", "See the yellow lines below."),
  redMore: text("Xem các dòng đỏ bên dưới.", "See the red lines below."),
  kept: text("Đã lưu vào", "Kept in"),
  wrongNumbers: text("Số lần thử không mở được thẻ này:", "Numbers tried in vain with this card:"),
  notYetVerified: text("Chưa xác minh: đang đọc", "Not yet verified: still reading"),
  notVerified: text("KHÔNG ĐƯỢC XÁC MINH: không tin các dữ liệu này", "NOT VERIFIED: do not believe these data"),
  verified: text("Đã xác minh", "Verified"),
  holder: text("Người giữ thẻ", "Holder"),
  portrait: text("Ảnh trên chip", "Portrait on the chip"),
  why: text("Vì sao, và cần làm gì", "Why, and what to do"),
  all: text("Mọi kiểm tra", "All checks"),
  beside: text("Cần biết thêm", "To be known besides"),
  times: text("Thời gian", "Times"),
  phase: { access: text("mở chip", "access"), read: text("đọc", "read"), crypto: text("mật mã", "crypto"), status: text("hỏi nơi cấp", "issuer") },
  asked: text("Nơi cấp", "Issuer"),
  total: text("tổng, kể cả máy đọc", "total with the reader"),
  successful: text("đạt", "successful"),
  failed: text("không đạt", "failed"),
  undetermined: text("chưa rõ", "undetermined"),
  "not supported": text("không có", "not supported"),
  aborted: text("bỏ dở", "aborted"),
  refused: {
    unknown: text("Dòng này không mở được thẻ nào: quét dòng MRZ hoặc mã QR, hoặc gõ sáu số CAN.", "This opens no card: scan the MRZ or the QR code, or type the six digits of the CAN."),
    misread: text("Quét sai dòng MRZ. Quét lại.", "The MRZ was misread. Scan it again."),
    mistyped: text("Gõ sai số giấy tờ, ngày sinh hoặc ngày hết hạn.", "Document number, date of birth or date of expiry is mistyped."),
    "waited-too-long": text("Không có thẻ nào được đặt lên: số đã bị xóa. Quét lại.", "No card came for this number: it was forgotten. Scan it again."),
    "card-still-there": text("Lấy thẻ này ra trước khi quét thẻ khác.", "Take this card away before you scan another."),
  },
  remarks: {
    "not-read": text("Một phần dữ liệu đã ký mà máy này không đọc.", "A part of what was signed was not read by this terminal."),
    "left-out": text("Nơi cấp đã công bố lỗi của một phần dữ liệu; phần đó không được dùng.", "The issuer has published a fault in a part of the data, which is not used."),
    "not-judged": text("Có dữ liệu mà không phép kiểm tra nào nói tới.", "There are data that no check speaks of."),
    "weak-key": text("Một khóa yếu: người tính ra nó có thể làm giả.", "A key is weak: who computes it can forge."),
  },
  lost: text("Chương trình không trả lời. Khởi động lại card-tool desk.", "The program does not answer. Start card-tool desk again."),
};

// Labels of the report that a Vietnamese clerk reads in Vietnamese; others carry both languages already.
const LABELS = {
  Document: "Giấy tờ", "Document number": "Số giấy tờ", Surname: "Họ", "Given names": "Chữ đệm và tên", Nationality: "Quốc tịch",
  "Date of birth (YYMMDD)": "Ngày sinh", Sex: "Giới tính", "Date of expiry (YYMMDD)": "Có giá trị đến",
  "Full name": "Họ và tên", "Personal number": "Số định danh", "Date of birth": "Ngày sinh", "Place of birth": "Nơi sinh",
  "Permanent address": "Nơi thường trú", "Issuing authority": "Nơi cấp", "Date of issue": "Ngày cấp", "Other name": "Tên khác",
  Telephone: "Điện thoại", Profession: "Nghề nghiệp", Title: "Danh xưng", "Chip identifier": "Số của chip",
};

/** A label of the report in both languages. */
export function label(en) {
  const [first, second] = en.split(" · ");
  return { vi: LABELS[en] ?? second ?? en, en: first.replace(YYMMDD, "") };
}

const YYMMDD = " (YYMMDD)";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The text of a field; a date of the zone as people write it, in two digits for the year, for the zone says no more. */
export function value({ label: name, text: shown }) {
  const [, year, month, day] = (name.endsWith(YYMMDD) && shown.match(/^(\d\d)(\d\d)(\d\d)$/)) || [];
  return day ? { vi: `${day}/${month}/${year}`, en: `${day} ${MONTHS[month - 1] ?? month} ${year}` } : shown;
}
