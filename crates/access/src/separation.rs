//! Which roles one person can never hold together, and which steps of one application one person can never do both.
//!
//! The first is checked when roles are given, the second when a step is done: the register knows who did the others.

use crate::permission::Permission;
use crate::role::{Role, RoleSet};
use crate::{Error, Result};

/// Two sets of roles that are never in one hand.
#[derive(Debug, Clone, Copy)]
pub struct Conflict {
    /// Whoever holds this role …
    pub role: Role,
    /// … holds none of these.
    pub never_with: &'static [Role],
    /// Why, in English.
    pub reason: &'static str,
    /// Why, in Vietnamese.
    pub reason_vi: &'static str,
}

/// Roles apart.
pub const CONFLICTS: [Conflict; 6] = [
    Conflict {
        role: Role::Administrator,
        never_with: &[
            Role::Operator,
            Role::Supervisor,
            Role::Approver,
            Role::Personaliser,
            Role::QualityControl,
            Role::IssuerClerk,
            Role::Auditor,
            Role::RelyingParty,
        ],
        reason: "who gives rights does not use them",
        reason_vi: "người cấp quyền không được sử dụng quyền đó",
    },
    Conflict {
        role: Role::Auditor,
        never_with: &[
            Role::Operator,
            Role::Supervisor,
            Role::Approver,
            Role::Personaliser,
            Role::QualityControl,
            Role::IssuerClerk,
            Role::RelyingParty,
        ],
        reason: "who audits the work does none of it",
        reason_vi: "người kiểm toán không được tham gia công việc",
    },
    Conflict {
        role: Role::RelyingParty,
        never_with: &[
            Role::Operator,
            Role::Supervisor,
            Role::Approver,
            Role::Personaliser,
            Role::QualityControl,
            Role::IssuerClerk,
        ],
        reason: "a relying party stands outside the issuer",
        reason_vi: "bên tin cậy không thuộc cơ quan cấp",
    },
    Conflict {
        role: Role::Personaliser,
        never_with: &[Role::QualityControl],
        reason: "who writes a card does not pass it",
        reason_vi: "người ghi thẻ không được tự kiểm tra chất lượng thẻ",
    },
    Conflict {
        role: Role::Personaliser,
        never_with: &[Role::Approver],
        reason: "who approves a person does not make the card: else one hand could make a card for nobody",
        reason_vi: "người phê duyệt hồ sơ không được ghi thẻ",
    },
    Conflict {
        role: Role::Personaliser,
        never_with: &[Role::IssuerClerk],
        reason: "who keeps the blank cards and hands out the finished ones does not write them",
        reason_vi: "người giữ phôi thẻ và trả thẻ không được ghi thẻ",
    },
];

/// Whether one person may hold these roles together.
///
/// # Errors
/// [`Error::RoleOfDevices`] for a role that no person can hold, [`Error::RolesConflict`] for two of [`CONFLICTS`].
pub fn check(roles: RoleSet) -> Result<()> {
    if let Some(role) = roles.iter().find(|role| !role.is_for_people()) {
        return Err(Error::RoleOfDevices { role });
    }
    for conflict in CONFLICTS.iter().filter(|rule| roles.has(rule.role)) {
        if let Some(second) = conflict.never_with.iter().find(|role| roles.has(**role)) {
            return Err(Error::RolesConflict {
                first: conflict.role,
                second: *second,
                reason: conflict.reason,
            });
        }
    }
    Ok(())
}

/// Two steps of one application, document or batch that one person never does both, in whatever order.
#[derive(Debug, Clone, Copy)]
pub struct StepsApart {
    /// One step.
    pub one: Permission,
    /// The other.
    pub other: Permission,
    /// Why, in English.
    pub reason: &'static str,
    /// Why, in Vietnamese.
    pub reason_vi: &'static str,
}

/// Four eyes, step by step. People may hold both roles; on one matter they do one of the two.
pub const STEPS_APART: [StepsApart; 8] = [
    StepsApart {
        one: Permission::ApplicationCheck,
        other: Permission::ApplicationApprove,
        reason: "who checked an application does not approve it",
        reason_vi: "người kiểm tra hồ sơ không được phê duyệt chính hồ sơ đó",
    },
    StepsApart {
        one: Permission::DuplicateReview,
        other: Permission::ApplicationApprove,
        reason: "who decided on a duplicate does not approve the application",
        reason_vi: "người xử lý trùng lặp không được phê duyệt chính hồ sơ đó",
    },
    StepsApart {
        one: Permission::ApplicationApprove,
        other: Permission::HandOver,
        reason: "who approved an application does not hand over its card",
        reason_vi: "người phê duyệt hồ sơ không được trả thẻ của hồ sơ đó",
    },
    StepsApart {
        one: Permission::BatchClaim,
        other: Permission::QualityRecord,
        reason: "who took the batch to write it does not pass its cards",
        reason_vi: "người nhận lô để ghi không được kiểm tra chất lượng lô đó",
    },
    StepsApart {
        one: Permission::ResultSubmit,
        other: Permission::QualityRecord,
        reason: "who wrote the card does not pass it",
        reason_vi: "người ghi thẻ không được kiểm tra chất lượng thẻ đó",
    },
    StepsApart {
        one: Permission::StockReceive,
        other: Permission::StockCount,
        reason: "who took blank cards in does not count them",
        reason_vi: "người nhập phôi thẻ không được kiểm kê phôi đó",
    },
    StepsApart {
        one: Permission::StockReceive,
        other: Permission::StockDestroy,
        reason: "who took blank cards in does not destroy them",
        reason_vi: "người nhập phôi thẻ không được hủy phôi đó",
    },
    StepsApart {
        one: Permission::DocumentCorrect,
        other: Permission::ApplicationApprove,
        reason: "who entered a correction does not approve it",
        reason_vi: "người nhập đính chính không được phê duyệt đính chính đó",
    },
];

/// Whether who already did these steps of a matter may do the next one.
///
/// # Errors
/// [`Error::FourEyes`].
pub fn check_step(done_by_same_person: &[Permission], next: Permission) -> Result<()> {
    let forbids = |rule: &&StepsApart| {
        done_by_same_person.iter().any(|done| {
            (rule.one, rule.other) == (*done, next) || (rule.other, rule.one) == (*done, next)
        })
    };
    match STEPS_APART.iter().find(forbids) {
        Some(rule) => Err(Error::FourEyes {
            step: next,
            reason: rule.reason,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::*;

    fn allowed(roles: &[Role]) -> bool {
        RoleSet::of_person(roles.iter().copied()).is_ok()
    }

    #[test]
    fn roles_together() {
        let cases: [(&[Role], bool); 17] = [
            (&[], true),
            (&[Operator], true),
            (&[Operator, Approver], true),
            (&[Operator, Supervisor, Approver, IssuerClerk], true),
            (&[Approver, QualityControl], true),
            (&[Administrator], true),
            (&[Administrator, Operator], false),
            (&[Administrator, Auditor], false),
            (&[Administrator, RelyingParty], false),
            (&[Auditor], true),
            (&[Auditor, QualityControl], false),
            (&[RelyingParty, IssuerClerk], false),
            (&[Personaliser, QualityControl], false),
            (&[Personaliser, Approver], false),
            (&[Personaliser, IssuerClerk], false),
            (&[Personaliser, Operator], true),
            (&[Station], false),
        ];
        for (roles, want) in cases {
            assert_eq!(allowed(roles), want, "{roles:?}");
        }
    }

    #[test]
    fn administrators_auditors_and_outsiders_hold_one_role_only() {
        for alone in [Administrator, Auditor, RelyingParty] {
            for other in Role::ALL.into_iter().filter(|other| *other != alone) {
                assert!(!allowed(&[alone, other]), "{alone} with {other}");
                assert!(!allowed(&[other, alone]), "{other} with {alone}");
            }
        }
    }

    #[test]
    fn every_conflict_is_found_and_names_its_reason() {
        for rule in CONFLICTS {
            for second in rule.never_with {
                let Err(Error::RolesConflict { reason, .. }) =
                    RoleSet::of_person([rule.role, *second])
                else {
                    panic!("{} with {second} passed", rule.role);
                };
                assert!(!reason.is_empty() && !rule.reason_vi.is_empty());
            }
        }
    }

    #[test]
    fn steps_are_apart_in_both_orders() {
        for rule in STEPS_APART {
            assert!(
                check_step(&[rule.one], rule.other).is_err(),
                "{}",
                rule.reason
            );
            assert!(
                check_step(&[rule.other], rule.one).is_err(),
                "{}",
                rule.reason
            );
            assert!(check_step(&[], rule.one).is_ok());
        }
        use Permission::{ApplicationCheck, ApplicationRefuse, DuplicateReview};
        assert!(check_step(&[ApplicationCheck], ApplicationRefuse).is_ok());
        assert!(check_step(&[ApplicationCheck], DuplicateReview).is_ok());
    }
}
