//! Reading files.

use super::words::{ABSENT, NOTHING, ONCE_MORE, REFUSE, SUPERVISOR};
use super::{Row, advice, both};

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "card-security",
        name: both("Đọc khóa của chip", "Reading the key of the chip"),
        failed: advice(
            both(
                "Tệp khóa đã ký trên chip bị hỏng hoặc không đúng dạng.",
                "The signed file of keys on the chip is damaged or malformed.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc tệp khóa đã ký.",
                "The chip does not let the signed file of keys be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "com",
        name: both("Đọc mục lục", "Reading the list of files"),
        failed: advice(
            both(
                "Mục lục trên chip bị hỏng hoặc không đúng dạng.",
                "The list of files on the chip is damaged or malformed.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc mục lục.",
                "The chip does not let the list of files be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "sod",
        name: both("Đọc chữ ký của nơi cấp", "Reading the issuer's signature"),
        failed: advice(
            both(
                "Chữ ký của nơi cấp trên chip bị hỏng: không thể tin dữ liệu nào.",
                "The issuer's signature on the chip is damaged: none of the data can be believed.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc chữ ký của nơi cấp.",
                "The chip does not let the issuer's signature be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Trên chip không có chữ ký của nơi cấp: không thể tin dữ liệu nào.",
                "There is no signature of the issuer on the chip: none of the data can be believed.",
            ),
            REFUSE,
        ),
    },
    Row {
        id: "dg14",
        name: both("Đọc khóa chống sao chép", "Reading the key against copies"),
        failed: advice(
            both(
                "Khóa chống sao chép trên chip bị hỏng hoặc không đúng dạng.",
                "The key against copies on the chip is damaged or malformed.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc khóa chống sao chép.",
                "The chip does not let the key against copies be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "dg1",
        name: both("Đọc họ tên và số", "Reading name and number"),
        failed: advice(
            both(
                "Họ tên và số trên chip bị hỏng.",
                "Name and number on the chip are damaged.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc họ tên và số.",
                "The chip does not let name and number be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Trên chip không có họ tên và số: giấy tờ không đúng chuẩn.",
                "There are no name and number on the chip: the document is not as it should be.",
            ),
            SUPERVISOR,
        ),
    },
    Row {
        id: "dg15",
        name: both(
            "Đọc khóa ký của chip",
            "Reading the signing key of the chip",
        ),
        failed: advice(
            both(
                "Khóa ký của chip trên chip bị hỏng hoặc không đúng dạng.",
                "The signing key of the chip on the chip is damaged or malformed.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc khóa ký của chip.",
                "The chip does not let the signing key of the chip be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "dg2",
        name: both("Đọc ảnh chân dung", "Reading the portrait"),
        failed: advice(
            both(
                "Ảnh chân dung trên chip bị hỏng.",
                "The portrait on the chip is damaged.",
            ),
            both(
                "So người với ảnh in và báo người phụ trách.",
                "Compare the person with the printed portrait and call the supervisor.",
            ),
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc ảnh chân dung.",
                "The chip does not let the portrait be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Trên chip không có ảnh chân dung.",
                "There is no portrait on the chip.",
            ),
            both(
                "So người với ảnh in trên thẻ.",
                "Compare the person with the printed portrait.",
            ),
        ),
    },
    Row {
        id: "other-data-groups",
        name: both("Đọc các dữ liệu khác", "Reading the other data"),
        failed: advice(
            both(
                "Một phần dữ liệu khác trên chip bị hỏng hoặc không đúng dạng.",
                "A part of the other data on the chip is damaged or malformed.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chip không cho đọc một phần dữ liệu khác.",
                "The chip does not let a part of the other data be read.",
            ),
            ONCE_MORE,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "protected-data-groups",
        name: both("Vân tay và mống mắt", "Fingerprints and irises"),
        failed: advice(
            both(
                "Vân tay hoặc mống mắt trên chip bị hỏng.",
                "Fingerprints or irises on the chip are damaged.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Vân tay và mống mắt vẫn đóng với máy này; ở quầy thì không cần.",
                "Fingerprints and irises stay closed to this terminal; a counter does not need them.",
            ),
            NOTHING,
        ),
        not_supported: ABSENT,
    },
];
