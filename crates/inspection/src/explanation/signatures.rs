//! What the issuer signed.

use super::words::{ABSENT, NOTHING, ONCE_MORE, REFUSE, SUPERVISOR, TRUST};
use super::{Row, advice, both};

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "card-security-signature",
        name: both(
            "Chữ ký trên khóa của chip",
            "The signature on the key of the chip",
        ),
        failed: advice(
            both(
                "Khóa của chip không do nơi cấp ký.",
                "The key of the chip was not signed by the issuer.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chưa chứng minh được khóa của chip do nơi cấp ký.",
                "That the issuer signed the key of the chip could not be shown.",
            ),
            TRUST,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "security-object",
        name: both("Chữ ký của nơi cấp", "The issuer's signature"),
        failed: advice(
            both(
                "Chữ ký của nơi cấp không đúng: dữ liệu đã bị sửa hoặc giả.",
                "The issuer's signature is wrong: the data were altered or are forged.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Không kiểm tra được chữ ký của nơi cấp.",
                "The issuer's signature could not be checked.",
            ),
            TRUST,
        ),
        not_supported: advice(
            both(
                "Không có chữ ký của nơi cấp để kiểm tra.",
                "There is no signature of the issuer to check.",
            ),
            REFUSE,
        ),
    },
    Row {
        id: "document-signer",
        name: both(
            "Người ký có thuộc nhà nước cấp không",
            "Whether the signer belongs to the issuing state",
        ),
        failed: advice(
            both(
                "Người ký không được nhà nước cấp giấy tờ chứng nhận.",
                "The signer is not certified by the issuing state.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Máy này không có chứng thư gốc của nước cấp nên chưa thể tin chữ ký.",
                "This terminal does not have the issuing state's certificate, so the signature cannot be believed yet.",
            ),
            TRUST,
        ),
        not_supported: advice(
            both(
                "Không có người ký để kiểm tra.",
                "There is no signer to check.",
            ),
            REFUSE,
        ),
    },
    Row {
        id: "certificate-validity",
        name: both("Thời hạn của chứng thư", "Validity of the certificates"),
        failed: advice(
            both(
                "Chứng thư của người ký hoặc của nước cấp không còn giá trị.",
                "The certificate of the signer or of the issuing state is not valid today.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không biết chứng thư còn giá trị không.",
                "Whether the certificates are valid is not known.",
            ),
            TRUST,
        ),
        not_supported: advice(
            both(
                "Nơi cấp đã báo thời hạn ghi sai; không tính.",
                "The issuer has made known that the dates are wrong; they do not count.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "revocation",
        name: both(
            "Người ký có bị thu hồi không",
            "Whether the signer was revoked",
        ),
        failed: advice(
            both(
                "Chứng thư của người ký đã bị thu hồi: không tin được giấy tờ do người đó ký.",
                "The signer's certificate was revoked: documents signed with it cannot be believed.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Máy này không có danh sách thu hồi của nước cấp.",
                "This terminal has no revocation list of the issuing state.",
            ),
            both(
                "Nạp danh sách thu hồi mới; đến lúc đó vẫn có thể tiếp tục.",
                "Load the newest revocation list; until then one may go on.",
            ),
        ),
        not_supported: advice(
            both(
                "Nước cấp không có danh sách thu hồi.",
                "The issuing state has no revocation list.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "usage-period",
        name: both("Thời gian dùng khóa ký", "Period in which the key was used"),
        failed: advice(
            both(
                "Giấy tờ được ký ngoài thời gian dùng khóa.",
                "The document was signed outside the period of its key.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không biết giấy tờ được ký lúc nào.",
                "When the document was signed is not known.",
            ),
            NOTHING,
        ),
        not_supported: advice(
            both(
                "Chứng thư không nói về thời gian dùng khóa.",
                "The certificate does not say in which period its key is used.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "known-deviations",
        name: both(
            "Sai lệch mà nơi cấp đã công bố",
            "Deviations that the issuer has published",
        ),
        failed: advice(
            both(
                "Danh sách sai lệch của nơi cấp nói chống lại giấy tờ này.",
                "The issuer's list of deviations speaks against this document.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không đọc được danh sách sai lệch của nơi cấp.",
                "The issuer's list of deviations could not be used.",
            ),
            NOTHING,
        ),
        not_supported: advice(
            both(
                "Nơi cấp không công bố sai lệch nào cho giấy tờ này.",
                "The issuer has published no deviation of this document.",
            ),
            NOTHING,
        ),
    },
    Row {
        id: "data-groups",
        name: both("Dữ liệu so với chữ ký", "The data against the signature"),
        failed: advice(
            both(
                "Dữ liệu trên chip không phải dữ liệu đã ký: thẻ đã bị sửa.",
                "The data on the chip are not those that were signed: the card was altered.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Chưa so được mọi dữ liệu với chữ ký.",
                "Not all data could be compared with the signature.",
            ),
            ONCE_MORE,
        ),
        not_supported: advice(
            both(
                "Không có dữ liệu để so với chữ ký.",
                "There are no data to compare with the signature.",
            ),
            SUPERVISOR,
        ),
    },
    Row {
        id: "com-against-sod",
        name: both(
            "Mục lục so với chữ ký",
            "The list of files against the signature",
        ),
        failed: advice(
            both(
                "Mục lục trên chip khác danh sách đã ký; riêng nó không chứng tỏ thẻ giả.",
                "The list of files is not the signed one; by itself that does not make a forgery.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không so được mục lục.",
                "The list of files could not be compared.",
            ),
            NOTHING,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "card-access-signed",
        name: both(
            "Cách mở chip có được ký không",
            "Whether the way of opening is signed",
        ),
        failed: advice(
            both(
                "Cách mở mà chip đưa ra khác với phần đã ký: có thể có kẻ chen giữa.",
                "The way of opening that the chip offers is not the signed one: somebody may stand between.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Chưa chứng minh được cách mở chip đã được ký.",
                "That the way of opening is signed could not be shown.",
            ),
            NOTHING,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "issuing-state",
        name: both(
            "Nước cấp so với chứng thư",
            "Issuing state against the certificates",
        ),
        failed: advice(
            both(
                "Nước ghi trên giấy tờ không phải nước đã ký.",
                "The state named in the document is not the state that signed it.",
            ),
            REFUSE,
        ),
        undetermined: advice(
            both(
                "Không biết giấy tờ và chứng thư có cùng một nước không.",
                "Whether document and certificates are of one state is not known.",
            ),
            SUPERVISOR,
        ),
        not_supported: ABSENT,
    },
    Row {
        id: "document-type",
        name: both(
            "Loại giấy tờ so với người ký",
            "Type of document against the signer",
        ),
        failed: advice(
            both(
                "Người ký không được phép ký loại giấy tờ này.",
                "The signer may not sign documents of this type.",
            ),
            SUPERVISOR,
        ),
        undetermined: advice(
            both(
                "Không biết người ký có được ký loại này không.",
                "Whether the signer may sign this type is not known.",
            ),
            NOTHING,
        ),
        not_supported: advice(
            both(
                "Chứng thư không nói về loại giấy tờ.",
                "The certificate does not name types of documents.",
            ),
            NOTHING,
        ),
    },
];
