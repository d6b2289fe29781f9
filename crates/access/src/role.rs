//! The roles of the service: what kind of work a person, or a device, is there for.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::permission::{Permission, ROLE_PERMISSIONS};
use crate::separation;

/// A kind of work. A person may hold several, as far as [`separation`] lets him; a device holds the one of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks through what came from the counters and checks it against the papers: the first pair of eyes.
    Operator,
    /// Answers for operators: decides on possible duplicates, refuses, revokes, counts the stock.
    Supervisor,
    /// Says yes or no to a checked application: the second pair of eyes.
    Approver,
    /// Brings jobs into chips.
    Personaliser,
    /// Examines finished cards and destroys the bad ones.
    QualityControl,
    /// Allocates numbers, lets documents be signed, ships them, hands them over, takes reports of loss and damage.
    IssuerClerk,
    /// Reads the audit log and the histories; changes nothing.
    Auditor,
    /// Manages users, devices, profiles and thresholds; never sees an application.
    Administrator,
    /// Asks about documents from outside: insurer, bank, civil status, checkpoint.
    RelyingParty,
    /// An enrolment station: brings packets in.
    Station,
    /// A personalisation site: fetches jobs, returns results.
    PersonalisationSite,
}

impl Role {
    /// All of them, in the order of the matrix.
    pub const ALL: [Self; 11] = [
        Self::Operator,
        Self::Supervisor,
        Self::Approver,
        Self::Personaliser,
        Self::QualityControl,
        Self::IssuerClerk,
        Self::Auditor,
        Self::Administrator,
        Self::RelyingParty,
        Self::Station,
        Self::PersonalisationSite,
    ];

    /// The word in files, in the API and in the claims of an identity provider.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Approver => "approver",
            Self::Personaliser => "personaliser",
            Self::QualityControl => "quality-control",
            Self::IssuerClerk => "issuer-clerk",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::RelyingParty => "relying-party",
            Self::Station => "station",
            Self::PersonalisationSite => "personalisation-site",
        }
    }

    /// The word for English readers.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::Supervisor => "Supervisor",
            Self::Approver => "Approver",
            Self::Personaliser => "Personaliser",
            Self::QualityControl => "Quality control",
            Self::IssuerClerk => "Issuer clerk",
            Self::Auditor => "Auditor",
            Self::Administrator => "Administrator",
            Self::RelyingParty => "Relying party",
            Self::Station => "Enrolment station",
            Self::PersonalisationSite => "Personalisation site",
        }
    }

    /// The word for Vietnamese readers.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Operator => "Cán bộ kiểm tra hồ sơ",
            Self::Supervisor => "Cán bộ giám sát",
            Self::Approver => "Cán bộ phê duyệt",
            Self::Personaliser => "Cán bộ cá thể hóa thẻ",
            Self::QualityControl => "Cán bộ kiểm tra chất lượng",
            Self::IssuerClerk => "Cán bộ cấp phát",
            Self::Auditor => "Kiểm toán viên",
            Self::Administrator => "Quản trị viên hệ thống",
            Self::RelyingParty => "Bên tin cậy",
            Self::Station => "Trạm thu nhận",
            Self::PersonalisationSite => "Điểm cá thể hóa",
        }
    }

    /// Whether a person can hold it. The others belong to devices.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        !matches!(self, Self::Station | Self::PersonalisationSite)
    }

    /// The role of a word of [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of roles. As data it is a list of words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct RoleSet(u16);

impl RoleSet {
    /// No role: may sign in and look after the own account, nothing else.
    pub const EMPTY: Self = Self(0);

    /// Roles that one person may hold together.
    ///
    /// # Errors
    /// [`crate::Error::RolesConflict`], [`crate::Error::RoleOfDevices`].
    pub fn of_person(roles: impl IntoIterator<Item = Role>) -> Result<Self> {
        let set: Self = roles.into_iter().collect();
        separation::check(set)?;
        Ok(set)
    }

    /// Whether the role is in it.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is none in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The same set and one role more. Nothing is checked: [`separation::check`].
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// The roles in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// Whether one of the roles has this right, by [`ROLE_PERMISSIONS`].
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        let mut rows = ROLE_PERMISSIONS.iter();
        let row = rows.find(|row| row.permission == permission);
        row.is_some_and(|row| row.roles.iter().any(|role| self.has(*role)))
    }

    /// Every right of these roles.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        let rows = ROLE_PERMISSIONS.iter().map(|row| row.permission);
        rows.filter(move |permission| self.allows(*permission))
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        roles.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl From<Vec<Role>> for RoleSet {
    fn from(roles: Vec<Role>) -> Self {
        roles.into_iter().collect()
    }
}

impl From<RoleSet> for Vec<Role> {
    fn from(set: RoleSet) -> Self {
        set.iter().collect()
    }
}

impl fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_lead_back() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place, "{role} stands out of order");
            assert_eq!(Role::from_code(role.code()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
            for other in Role::ALL.into_iter().filter(|other| *other != role) {
                assert_ne!(role.vietnamese(), other.vietnamese());
                assert_ne!(role.english(), other.english());
            }
        }
        assert_eq!(Role::from_code("Operator"), None);
    }

    #[test]
    fn a_set_is_a_list_of_words() {
        let set: RoleSet = [Role::Approver, Role::Operator].into_iter().collect();
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, r#"["operator","approver"]"#);
        assert_eq!(serde_json::from_str::<RoleSet>(&text).unwrap(), set);
        assert!(serde_json::from_str::<RoleSet>(r#"["root"]"#).is_err());
    }
}
