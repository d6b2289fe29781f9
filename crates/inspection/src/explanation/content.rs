//! Is the chip genuine, and does what it says fit together?

use super::words::{ABSENT, COMPARE, NOTHING, ONCE_MORE, REFUSE, SUPERVISOR, TRUST};
use super::{Row, advice, both};

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "chip-authentication-mapping",
        name: both("Chip thật (PACE-CAM)", "Genuine chip (PACE-CAM)"),
        failed: advice(
            both(
                "Chip không chứng minh được khóa của nó: có thể là bản sao.",
                "The chip does not prove its key: it may be a copy.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chip có chứng minh, nhưng chưa rõ khóa có phải của nơi cấp không.",
                "The chip gave a proof, but whether the key is the issuer's is not known.",
            ),
            TRUST,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "chip-authentication",
        name: both(
            "Chip thật (chứng thực chip)",
            "Genuine chip (chip authentication)",
        ),
        failed: advice(
            both(
                "Chip không có khóa bí mật của nơi cấp: có thể là bản sao.",
                "The chip does not have the issuer's private key: it may be a copy.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chưa kiểm tra được khóa của chip.",
                "The key of the chip could not be checked.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "active-authentication",
        name: both(
            "Chip thật (chứng thực chủ động)",
            "Genuine chip (active authentication)",
        ),
        failed: advice(
            both(
                "Chip ký sai: có thể là bản sao.",
                "The chip signs wrongly: it may be a copy.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chưa kiểm tra được chữ ký của chip.",
                "The signature of the chip could not be checked.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "chip-authenticity",
        name: both("Chip có phải bản sao không", "Whether the chip is a copy"),
        failed: advice(
            both("Chip có thể là bản sao.", "The chip may be a copy."),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chưa chứng minh được chip là thật.",
                "That the chip is genuine could not be shown.",
            ),
            both(
                "Xem phần in và đặc điểm bảo an của thẻ kỹ hơn.",
                "Look at the printed side and its security features more closely.",
            ),
        ),
        not_supported: advice(
            both(
                "Giấy tờ đời cũ: không có gì để chứng minh chip không phải bản sao.",
                "An older document: it has nothing to show that the chip is no copy.",
            ),
            both(
                "Xem phần in và đặc điểm bảo an của thẻ kỹ hơn.",
                "Look at the printed side and its security features more closely.",
            ),
        ),
    },
    Row {
        id: "mrz-consistency",
        name: both(
            "Dòng MRZ trên chip",
            "The machine readable zone on the chip",
        ),
        failed: advice(
            both(
                "Dòng MRZ trên chip viết không đúng chuẩn; riêng điều đó không chứng tỏ thẻ giả.",
                "The zone on the chip does not follow the standard; by itself that does not make a forgery.",
            ),
            COMPARE,
        ),
        undetermined: advice(
            both(
                "Không đọc được dòng MRZ trên chip.",
                "The zone on the chip could not be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "mrz-as-printed",
        name: both("Chip so với phần in", "The chip against the printed side"),
        failed: advice(
            both(
                "Dòng MRZ trên chip khác dòng in trên thẻ.",
                "The zone on the chip is not the printed one.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Không so được chip với phần in.",
                "The chip could not be compared with the printed side.",
            ),
            COMPARE,
        ),
        not_supported: advice(
            both(
                "Phần in chưa được quét, nên máy chưa so.",
                "The printed side was not scanned, so nothing was compared.",
            ),
            COMPARE,
        ),
    },
    Row {
        id: "expiry",
        name: both("Hạn sử dụng", "Expiry"),
        failed: advice(
            both("Giấy tờ đã hết hạn.", "The document has expired."),
            both(
                "Đề nghị xuất trình giấy tờ còn hạn.",
                "Ask for a valid document.",
            ),
        ),
        undetermined: advice(
            both(
                "Không đọc được hạn sử dụng.",
                "The date of expiry could not be read.",
            ),
            COMPARE,
        ),
        not_supported: advice(
            both(
                "Giấy tờ không ghi hạn sử dụng.",
                "The document has no date of expiry.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "document-status",
        name: both(
            "Nơi cấp xác nhận còn hiệu lực",
            "Still valid, says the issuer",
        ),
        failed: advice(
            both(
                "Nơi cấp cho biết giấy tờ này không được dùng nữa, hoặc chưa từng được trao.",
                "The issuer says that this document may not be used any more, or was never handed out.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Nơi cấp không trả lời, hoặc không biết giấy tờ này.",
                "The issuer gave no answer, or does not know this document.",
            ),
            both(
                "Hỏi lại; nếu vẫn không được, làm theo quy định khi mất kết nối.",
                "Ask again; if that is in vain, decide by the rules for work without a line.",
            ),
        ),
        not_supported: advice(
            both(
                "Máy này không hỏi nơi cấp.",
                "This terminal did not ask the issuer.",
            ),
            NOTHING,
        ),
    },
];
