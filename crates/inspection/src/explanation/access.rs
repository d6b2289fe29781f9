//! Opening the chip, and who may read what.

use super::words::{NOTHING, NUMBERS, ONCE_MORE, SUPERVISOR};
use super::{Row, advice, both};

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "atr-info",
        name: both("Khả năng của chip", "What the chip can take"),
        failed: advice(
            both(
                "Chip nói sai về độ dài lệnh mà nó nhận.",
                "The chip says something wrong about the length of commands that it takes.",
            ),
            NOTHING,
        ),
        undetermined: advice(
            both(
                "Không biết chip nhận lệnh dài bao nhiêu.",
                "How long commands may be is not known.",
            ),
            NOTHING,
        ),
        not_supported: advice(
            both(
                "Chip chỉ dùng lệnh ngắn; đọc sẽ chậm hơn.",
                "The chip uses short commands only; reading takes longer.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "card-access",
        name: both("Cách mở chip", "How the chip is opened"),
        failed: advice(
            both(
                "Chip nói không rõ cách mở của nó.",
                "The chip does not say properly how it is opened.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không biết chip mở bằng cách nào.",
                "How the chip is opened could not be found out.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Chip đời cũ: chỉ mở bằng dòng MRZ.",
                "An older chip: it opens with the machine readable zone only.",
            ),
            both(
                "Quét dòng MRZ ở mặt in của giấy tờ.",
                "Scan the machine readable zone of the document.",
            ),
        ),
    },
    Row {
        id: "pace",
        name: both("Mở chip bằng PACE", "Opening the chip by PACE"),
        failed: advice(
            both(
                "Chip không mở: số CAN hoặc dòng MRZ không khớp với thẻ này.",
                "The chip did not open: CAN or machine readable zone are not those of this card.",
            ),
            NUMBERS,
        ),
        undetermined: advice(
            both(
                "Máy này không biết cách mở mà chip đòi.",
                "This terminal does not know the way in which the chip wants to be opened.",
            ),
            both(
                "Dùng máy đọc hoặc phần mềm mới hơn.",
                "Use a newer terminal or program.",
            ),
        ),
        not_supported: advice(
            both(
                "Chip không mở bằng PACE; không phải lỗi.",
                "The chip is not opened by PACE; that is not a fault.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "application",
        name: both(
            "Ứng dụng giấy tờ trên chip",
            "The travel document on the chip",
        ),
        failed: advice(
            both(
                "Chip từ chối ứng dụng giấy tờ.",
                "The chip refuses its travel document application.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip chỉ mở ứng dụng này cho máy có chứng thư.",
                "The chip opens it to certified terminals only.",
            ),
            both(
                "Kiểm tra ở máy có chứng thư đọc.",
                "Check it at a terminal that has certificates.",
            ),
        ),
        not_supported: advice(
            both(
                "Đây không phải thẻ căn cước hoặc hộ chiếu có chip.",
                "This is no ID card or passport with a chip.",
            ),
            both(
                "Xem đúng thẻ đã đặt lên máy đọc chưa.",
                "See whether the right card lies on the reader.",
            ),
        ),
    },
    Row {
        id: "bac",
        name: both("Mở chip bằng BAC", "Opening the chip by BAC"),
        failed: advice(
            both(
                "Chip không mở: dòng MRZ không khớp với giấy tờ này.",
                "The chip did not open: the machine readable zone is not that of this document.",
            ),
            NUMBERS,
        ),
        undetermined: advice(
            both(
                "Không biết chip có mở được không.",
                "Whether the chip opens could not be found out.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Không cần, hoặc chip không dùng cách này.",
                "Not needed, or the chip does not use it.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "terminal-authentication",
        name: both("Quyền đọc vân tay", "The right to read fingerprints"),
        failed: advice(
            both(
                "Chip không nhận chứng thư của máy này; điều đó không nói gì xấu về thẻ.",
                "The chip does not accept the certificates of this terminal; that says nothing against the document.",
            ),
            both(
                "Xin chứng thư mới cho máy này.",
                "Ask for new certificates of this terminal.",
            ),
        ),
        undetermined: advice(
            both(
                "Máy này không có quyền đọc vân tay và mống mắt.",
                "This terminal may not read fingerprints and irises.",
            ),
            NOTHING,
        ),
        not_supported: advice(
            both(
                "Thẻ không có vân tay hoặc mống mắt được bảo vệ.",
                "The document has no protected fingerprints or irises.",
            ),
            NOTHING,
        ),
    },
];
