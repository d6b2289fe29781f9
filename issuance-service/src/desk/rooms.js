// The pages there are, who sees each, and where they stand in the menu.
import { may } from "./session.js";

const ROOMS = [
  {
    word: "applications", text: { vi: "Hồ sơ", en: "Applications" }, group: "cases", rights: ["application.read"],
    load: () => import("./queue.js"),
  },
  {
    word: "application", of: "applications", text: { vi: "Hồ sơ", en: "Application" }, rights: ["application.read"],
    load: () => import("./application.js"),
  },
  {
    word: "people", text: { vi: "Công dân", en: "People" }, group: "cases", rights: ["person.search"],
    load: () => import("./people.js"),
  },
  {
    word: "person", of: "people", text: { vi: "Công dân", en: "Person" }, rights: ["person.read"],
    load: () => import("./person.js"),
  },
  {
    word: "batches", text: { vi: "Lô sản xuất", en: "Batches" }, group: "cards", rights: ["batch.read"],
    load: () => import("./batches.js"),
  },
  {
    word: "batch", of: "batches", text: { vi: "Lô", en: "Batch" }, rights: ["batch.read"],
    load: () => import("./batch.js"),
  },
  {
    word: "quality", text: { vi: "Kiểm tra chất lượng", en: "Quality control" }, group: "cards", rights: ["quality.record"],
    load: () => import("./quality.js"),
  },
  {
    word: "stock", text: { vi: "Kho phôi thẻ", en: "Stock" }, group: "cards", rights: ["stock.read"],
    load: () => import("./stock.js"),
  },
  {
    word: "consignments", text: { vi: "Chuyển thẻ", en: "Consignments" }, group: "cards", rights: ["document.ship"],
    load: () => import("./consignments.js"),
  },
  {
    word: "consignment", of: "consignments", text: { vi: "Chuyến thẻ", en: "Consignment" }, rights: ["document.ship"],
    load: () => import("./consignment.js"),
  },
  {
    word: "documents", text: { vi: "Thẻ và trả thẻ", en: "Cards and hand-over" }, group: "cards", rights: ["history.read"],
    load: () => import("./documents.js"),
  },
  {
    word: "document", of: "documents", text: { vi: "Thẻ", en: "Card" }, rights: ["history.read"],
    load: () => import("./document.js"),
  },
  {
    word: "dashboard", text: { vi: "Số liệu", en: "Figures" }, group: "overview", rights: ["dashboard.read"],
    load: () => import("./dashboard.js"),
  },
  {
    word: "audit", text: { vi: "Nhật ký kiểm toán", en: "Audit log" }, group: "overview", rights: ["audit.read"],
    load: () => import("./audit.js"),
  },
  {
    word: "users", text: { vi: "Người dùng", en: "Users" }, group: "service", rights: ["user.manage"],
    load: () => import("./users.js"),
  },
  {
    word: "user", of: "users", text: { vi: "Người dùng", en: "User" }, rights: ["user.manage"],
    load: () => import("./user.js"),
  },
  {
    word: "devices", text: { vi: "Thiết bị", en: "Devices" }, group: "service", rights: ["device.manage"],
    load: () => import("./devices.js"),
  },
  {
    word: "agreement", of: "devices", text: { vi: "Thỏa thuận", en: "Agreement" }, rights: ["device.manage"],
    load: () => import("./agreement.js"),
  },
  {
    word: "thresholds", text: { vi: "Ngưỡng", en: "Thresholds" }, group: "service", rights: ["threshold.manage"],
    load: () => import("./thresholds.js"),
  },
  {
    word: "profiles", text: { vi: "Loại giấy tờ", en: "Document profiles" }, group: "service", rights: ["profile.manage"],
    load: () => import("./profiles.js"),
  },
  {
    word: "account", text: { vi: "Tài khoản của tôi", en: "My account" }, group: "own", rights: ["account.own"],
    load: () => import("./account.js"),
  },
];

/** The groups of the menu. */
export const GROUPS = {
  cases: { vi: "Hồ sơ và công dân", en: "Cases and people" },
  cards: { vi: "Thẻ", en: "Cards" },
  overview: { vi: "Theo dõi", en: "Oversight" },
  service: { vi: "Hệ thống", en: "Service" },
  own: { vi: "Của tôi", en: "Mine" },
};

const mine = (room) => room.rights.some(may);

/** The pages of the menu for who is signed in. */
export function roomsOf() {
  return ROOMS.filter((room) => room.group && mine(room));
}

/** The page of a word, if who is signed in has it. */
export function roomOf(word) {
  return ROOMS.find((room) => room.word === word && mine(room));
}

/** The page of the menu that a page belongs to. */
export function menuOf(word) {
  return ROOMS.find((room) => room.word === word)?.of ?? word;
}
