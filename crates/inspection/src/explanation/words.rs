//! What to do, in words that several rows share.

use super::{Advice, Both, advice, both};

pub(super) const NOTHING: Both = both("Không cần làm gì.", "Nothing to do.");
pub(super) const SUPERVISOR: Both = both(
    "Giữ giấy tờ lại và báo người phụ trách.",
    "Keep the document and call the supervisor.",
);
pub(super) const ONCE_MORE: Both = both(
    "Đặt lại thẻ và để yên đến khi đọc xong.",
    "Put the card on again and leave it there until the reading has ended.",
);
pub(super) const NUMBERS: Both = both(
    "So số giấy tờ, ngày sinh, ngày hết hạn hoặc sáu số CAN với thẻ: dễ nhầm 0 với O, 1 với I, 5 với S.",
    "Compare document number, birth and expiry, or the six digits of the CAN, with the card: 0 and O, 1 and I, 5 and S are easily mixed up.",
);
pub(super) const REFUSE: Both = both(
    "Không chấp nhận giấy tờ này; báo người phụ trách.",
    "Do not accept this document; call the supervisor.",
);
pub(super) const TRUST: Both = both(
    "Cập nhật kho chứng thư tin cậy rồi kiểm tra lại.",
    "Update the store of trusted certificates, then check again.",
);
pub(super) const COMPARE: Both = both(
    "Tự so với phần in trên thẻ.",
    "Compare with the printed side yourself.",
);
/// The document does not have it.
pub(super) const ABSENT: Advice = advice(
    both(
        "Giấy tờ này không có phần đó; không phải lỗi.",
        "This document does not have it; that is not a fault.",
    ),
    NOTHING,
);
/// The check did not come to its end, whichever it is.
pub(super) const CUT_SHORT: Advice = advice(
    both(
        "Chưa kiểm tra: thẻ chưa mở được, hoặc đã bị lấy ra giữa chừng.",
        "Not checked: the card did not open, or was taken away in the middle.",
    ),
    ONCE_MORE,
);
