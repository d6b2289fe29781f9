//! Every right of the service, and who has it: one table, read by the code and written into the docs.

use core::fmt;
use core::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::role::Role::{self, *};

/// One line of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The right.
    pub permission: Permission,
    /// What one does with it, in English.
    pub english: &'static str,
    /// What one does with it, in Vietnamese.
    pub vietnamese: &'static str,
    /// Whether the second factor must have been shown a short time ago.
    pub step_up: bool,
    /// Who has it.
    pub roles: &'static [Role],
}

/// Makes the enum and the matrix out of one table, so that neither can have a line that the other lacks.
macro_rules! permissions {
    ($($name:ident $code:literal $english:literal $vietnamese:literal $step_up:literal [$($role:ident),*])*) => {
        /// One right: one thing that can be done in the service. What stands behind each is [`ROLE_PERMISSIONS`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $(#[doc = concat!("To ", $english, ".")] #[serde(rename = $code)] $name,)*
        }

        impl Permission {
            /// The word in the API and in the audit log.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }

        /// The separation matrix: least privilege, one line for each right.
        pub const ROLE_PERMISSIONS: &[Row] = &[
            $(Row {
                permission: Permission::$name,
                english: $english,
                vietnamese: $vietnamese,
                step_up: $step_up,
                roles: &[$($role),*],
            },)*
        ];
    };
}

// A relying party and a station see what their agreement names; the role only opens the door.
permissions! {
    PacketSubmit "packet.submit" "bring in an enrolment packet" "nộp gói hồ sơ" false [Station]
    PacketFate "packet.fate" "ask what became of one's own packets" "xem kết quả gói hồ sơ đã nộp" false [Station]
    ApplicationRead "application.read" "read an application" "xem hồ sơ" false [Operator, Supervisor, Approver, IssuerClerk]
    ApplicationCheck "application.check" "check an application against its papers" "kiểm tra hồ sơ" false [Operator]
    DuplicateReview "duplicate.review" "decide whether two people are one" "xử lý trùng lặp" false [Supervisor]
    ApplicationApprove "application.approve" "approve a checked application" "phê duyệt hồ sơ" false [Approver]
    ApplicationWithdraw "application.withdraw" "take an application back at the word of the applicant" "rút hồ sơ theo yêu cầu của công dân" false [Operator, IssuerClerk]
    ApplicationRefuse "application.refuse" "refuse an application with a reason" "từ chối hồ sơ" false [Supervisor, Approver]
    NumberRequest "number.request" "have a personal number allocated" "đề nghị cấp số định danh" false [RelyingParty]
    NumberCancel "number.cancel" "have a wrong personal number cancelled, and another one given" "đề nghị hủy số định danh sai, cấp lại số khác" false [IssuerClerk, RelyingParty]
    DocumentIssue "document.issue" "have a document signed and its job made" "ký và tạo lệnh in thẻ" false [IssuerClerk]
    BatchRead "batch.read" "see batches and how far they are" "xem các lô" false [Supervisor, Personaliser, QualityControl, IssuerClerk, PersonalisationSite]
    BatchClaim "batch.claim" "take a batch of jobs to write it" "nhận lô để ghi thẻ" false [Personaliser, PersonalisationSite]
    BatchRelease "batch.release" "give up a batch that nobody works on" "thu hồi lô không ai xử lý" false [Supervisor]
    ResultSubmit "result.submit" "return the results of writing" "trả kết quả ghi thẻ" false [Personaliser, PersonalisationSite]
    QualityRecord "quality.record" "pass or reject a written card" "ghi kết quả kiểm tra chất lượng" false [QualityControl]
    DocumentShip "document.ship" "send cards to where they are handed over" "chuyển thẻ" false [IssuerClerk]
    HandOver "document.hand-over" "hand a card over to its holder" "trả thẻ cho công dân" false [IssuerClerk]
    DocumentLost "document.lost" "record that a document was lost" "ghi nhận mất thẻ" false [IssuerClerk]
    DocumentDamaged "document.damaged" "record that a document is damaged" "ghi nhận thẻ hỏng" false [IssuerClerk]
    DocumentRevoke "document.revoke" "revoke a document" "thu hồi thẻ" true [Supervisor]
    DocumentCorrect "document.correct" "enter a correction of a person's data" "nhập đính chính thông tin" false [IssuerClerk]
    ComplaintRecord "complaint.record" "record a complaint" "ghi nhận khiếu nại" false [Operator, IssuerClerk]
    StockRead "stock.read" "see the stock of blank cards" "xem tồn kho phôi thẻ" false [Supervisor, Personaliser, QualityControl, IssuerClerk, Auditor]
    StockReceive "stock.receive" "take blank cards into stock" "nhập kho phôi thẻ" false [IssuerClerk]
    StockCount "stock.count" "count the stock" "kiểm kê phôi thẻ" false [Supervisor]
    StockDestroy "stock.destroy" "destroy cards" "hủy thẻ" true [QualityControl]
    PersonRead "person.read" "read a person of the register" "xem thông tin công dân" false [Supervisor, Approver, IssuerClerk]
    PersonSearch "person.search" "search the register of people" "tìm kiếm công dân" false [Supervisor, IssuerClerk]
    HistoryRead "history.read" "read the history of an application" "xem lịch sử hồ sơ" false [Supervisor, Approver, IssuerClerk, Auditor]
    DashboardRead "dashboard.read" "see the figures of the work" "xem bảng số liệu" false [Supervisor, Approver, Auditor]
    AuditRead "audit.read" "read the audit log" "xem nhật ký kiểm toán" false [Auditor]
    UserManage "user.manage" "invite people, give and take roles, lock accounts" "quản lý người dùng" true [Administrator]
    DeviceManage "device.manage" "issue and revoke the certificates of devices" "quản lý thiết bị" true [Administrator]
    ThresholdManage "threshold.manage" "change thresholds" "thay đổi ngưỡng" true [Administrator]
    ProfileManage "profile.manage" "change issuer profiles" "thay đổi cấu hình phát hành" true [Administrator]
    VerifyAttributes "verify.attributes" "ask whether attributes match the register" "đối chiếu thông tin" false [RelyingParty]
    VerifyChip "verify.chip" "ask whether a chip and its document stand" "xác thực chip" false [RelyingParty]
    ChangesReceive "changes.receive" "receive changes of the register" "nhận thông báo thay đổi" false [RelyingParty]
    MetricsRead "metrics.read" "read the measurements of the service" "xem số đo hệ thống" false [Auditor, Administrator]
    OwnAccount "account.own" "look after one's own account" "quản lý tài khoản của mình" false [Operator, Supervisor, Approver, Personaliser, QualityControl, IssuerClerk, Auditor, Administrator, RelyingParty]
    StatusListRead "status-list.read" "fetch the signed status list, as everybody may" "tải danh sách trạng thái" false [Operator, Supervisor, Approver, Personaliser, QualityControl, IssuerClerk, Auditor, Administrator, RelyingParty, Station, PersonalisationSite]
}

impl Permission {
    /// Whether nobody is asked who he is.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::StatusListRead)
    }

    /// Whether the second factor must have been shown a short time ago ([`crate::session::SessionLimits`]).
    #[must_use]
    pub fn needs_step_up(self) -> bool {
        let mut rows = ROLE_PERMISSIONS.iter();
        rows.any(|row| row.permission == self && row.step_up)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The matrix as a table in Markdown, for the docs: a test of theirs compares.
#[must_use]
pub fn matrix_markdown() -> String {
    let mut text = String::from("| right | what for |");
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.english());
    }
    text.push_str("\n|---|---|");
    text.push_str(&":-:|".repeat(Role::ALL.len()));
    for row in ROLE_PERMISSIONS {
        let mark = if row.step_up { " ¹" } else { "" };
        let _ = write!(text, "\n| `{}`{mark} | {} |", row.permission, row.english);
        for role in Role::ALL {
            let _ = write!(
                text,
                " {} |",
                if row.roles.contains(&role) { "x" } else { "" }
            );
        }
    }
    text.push_str("\n\n¹ The second factor must have been shown a short time ago.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::RoleSet;

    fn allows(role: Role, permission: Permission) -> bool {
        RoleSet::EMPTY.with(role).allows(permission)
    }

    #[test]
    fn every_right_has_somebody_and_a_word_of_its_own() {
        for (place, row) in ROLE_PERMISSIONS.iter().enumerate() {
            assert_eq!(row.permission as usize, place);
            assert!(!row.roles.is_empty(), "{} is nobody's", row.permission);
            assert_eq!(
                serde_json::to_value(row.permission).unwrap(),
                row.permission.code()
            );
            let same = |other: &&Row| {
                other.permission.code() == row.permission.code()
                    || other.vietnamese == row.vietnamese
            };
            assert_eq!(
                ROLE_PERMISSIONS.iter().filter(same).count(),
                1,
                "{}",
                row.permission
            );
        }
    }

    /// What the matrix is for, said a second time and in other words.
    #[test]
    fn what_must_never_be() {
        let personal = [
            Permission::ApplicationRead,
            Permission::PersonRead,
            Permission::PersonSearch,
            Permission::DuplicateReview,
            Permission::HistoryRead,
        ];
        for permission in personal {
            assert!(
                !allows(Administrator, permission),
                "administrators see nobody: {permission}"
            );
            assert!(
                !allows(RelyingParty, permission),
                "relying parties see nobody: {permission}"
            );
            assert!(
                !allows(Personaliser, permission),
                "personalisers see no register: {permission}"
            );
        }
        let reads = ["read", "own"];
        for permission in RoleSet::EMPTY.with(Auditor).permissions() {
            let verb = permission.code().rsplit('.').next().unwrap();
            assert!(reads.contains(&verb), "auditors only read: {permission}");
        }
        for row in ROLE_PERMISSIONS
            .iter()
            .filter(|row| row.roles.contains(&Administrator))
        {
            let managed = row.permission.code().ends_with(".manage");
            let harmless = [
                Permission::OwnAccount,
                Permission::StatusListRead,
                Permission::MetricsRead,
            ];
            assert!(
                managed || harmless.contains(&row.permission),
                "{}",
                row.permission
            );
            assert_eq!(managed, row.step_up, "{}", row.permission);
        }
        assert!(
            ROLE_PERMISSIONS
                .iter()
                .all(|row| !row.permission.is_public() || row.roles.len() == Role::ALL.len())
        );
    }

    /// No role checks and approves, writes and passes, receives and counts.
    #[test]
    fn no_single_role_has_both_steps_that_are_apart() {
        for rule in crate::separation::STEPS_APART {
            for role in Role::ALL {
                assert!(
                    !(allows(role, rule.one) && allows(role, rule.other)),
                    "{role}: {}",
                    rule.reason
                );
            }
        }
    }

    #[test]
    fn nobody_without_a_role_may_anything() {
        assert_eq!(RoleSet::EMPTY.permissions().count(), 0);
    }

    #[test]
    fn the_table_of_the_docs_has_every_right_and_role() {
        let text = matrix_markdown();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(lines.len(), ROLE_PERMISSIONS.len() + 2);
        for line in &lines {
            assert_eq!(line.matches('|').count(), Role::ALL.len() + 3, "{line}");
        }
        let marks: usize = ROLE_PERMISSIONS.iter().map(|row| row.roles.len()).sum();
        assert_eq!(text.matches(" x |").count(), marks);
        assert!(text.contains("| `user.manage` ¹ | invite people"));
    }
}
