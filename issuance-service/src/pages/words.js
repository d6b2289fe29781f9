// The words of the record that are chosen from a list, as people say them. What is not here is shown as it is.

const WORDS = {
  sex: {
    male: ["Nam", "Male"], female: ["Nữ", "Female"], unspecified: ["Không xác định", "Unspecified"],
  },
  eye_colour: {
    black: ["Đen", "Black"], blue: ["Xanh lam", "Blue"], brown: ["Nâu", "Brown"], grey: ["Xám", "Grey"],
    green: ["Xanh lục", "Green"], multi: ["Nhiều màu", "Several colours"], pink: ["Hồng", "Pink"], unknown: ["Không rõ", "Unknown"],
  },
  marital_status: {
    single: ["Chưa kết hôn", "Single"], married: ["Đã kết hôn", "Married"],
    divorced: ["Đã ly hôn", "Divorced"], widowed: ["Góa", "Widowed"],
  },
  relation: {
    self: ["Chủ hộ", "Self"], spouse: ["Vợ, chồng", "Spouse"], father: ["Cha", "Father"], mother: ["Mẹ", "Mother"],
    child: ["Con", "Child"], grandparent: ["Ông, bà", "Grandparent"], grandchild: ["Cháu", "Grandchild"],
    sibling: ["Anh, chị, em", "Brother or sister"], guardian: ["Người giám hộ", "Guardian"],
    relative: ["Người thân khác", "Other relative"], other: ["Khác", "Other"],
  },
  electronic_identity: {
    none: ["Chưa có", "None"], "level-1": ["Mức độ 01", "Level 1"], "level-2": ["Mức độ 02", "Level 2"], locked: ["Đang khóa", "Locked"],
  },
  request_kind: {
    first: ["Cấp lần đầu", "First card"], change: ["Cấp đổi", "Change"], reissue: ["Cấp lại", "Re-issue"],
  },
  request_reason: {
    "age-milestone": ["Đến tuổi phải đổi thẻ", "Age of renewal reached"],
    "name-or-birth-corrected": ["Thay đổi, cải chính họ tên hoặc ngày sinh", "Name or date of birth corrected"],
    "appearance-changed": ["Thay đổi nhân dạng", "Appearance changed"],
    "biometrics-added": ["Bổ sung ảnh, vân tay", "Portrait or fingerprints added"],
    "sex-changed": ["Xác định lại giới tính", "Sex redetermined"],
    "card-error": ["Có sai sót thông tin trên thẻ", "Error on the card"],
    "units-rearranged": ["Sắp xếp đơn vị hành chính", "Administrative units rearranged"],
    "number-reassigned": ["Xác lập lại số định danh", "Personal number reassigned"],
    "on-request": ["Theo yêu cầu của công dân", "On request"],
    lost: ["Bị mất thẻ", "Lost"], damaged: ["Bị hư hỏng", "Damaged"],
    "nationality-regained": ["Trở lại quốc tịch Việt Nam", "Nationality regained"],
  },
  missing: {
    amputated: ["Cụt ngón", "Amputated"], bandaged: ["Băng bó hoặc bị thương, sẽ lành", "Bandaged or injured, will heal"],
    unreadable: ["Vân mòn hoặc có sẹo, không đọc được", "Worn or scarred, cannot be read"],
  },
  finger: {
    "right-thumb": ["Ngón cái phải", "Right thumb"], "right-index": ["Ngón trỏ phải", "Right index"],
    "right-middle": ["Ngón giữa phải", "Right middle"], "right-ring": ["Ngón áp út phải", "Right ring"],
    "right-little": ["Ngón út phải", "Right little"], "left-thumb": ["Ngón cái trái", "Left thumb"],
    "left-index": ["Ngón trỏ trái", "Left index"], "left-middle": ["Ngón giữa trái", "Left middle"],
    "left-ring": ["Ngón áp út trái", "Left ring"], "left-little": ["Ngón út trái", "Left little"],
  },
  outbox: {
    pending: ["Chờ gửi", "To send"], waiting: ["Chờ gửi", "To send"], sending: ["Đang gửi", "Sending"], sent: ["Đã gửi", "Sent"],
    acknowledged: ["Nơi nhận đã xác nhận", "Acknowledged"], erased: ["Đã xóa khỏi trạm", "Erased here"],
  },
};

const LISTS = { representative_relation: "relation", household_relation: "relation" };

/** A word of a field's list in both languages. */
export function word(list, value) {
  const pair = WORDS[LISTS[list] ?? list]?.[value];
  return pair ? { vi: pair[0], en: pair[1] } : { vi: value, en: value };
}

export const FINGERS = Object.keys(WORDS.finger);
export const MISSING_REASONS = Object.keys(WORDS.missing);
