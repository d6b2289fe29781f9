//! Roles given and taken: nobody his own, never two that are apart, and [`Role::Administrator`] only by two administrators.

use time::OffsetDateTime;

use super::{Account, Administrators, By, Changed, PENDING_VALIDITY, PendingRoles, State, What};
use crate::error::AccountFault;
use crate::role::{Role, RoleSet};
use crate::{Error, Result, separation};

impl Account {
    /// Gives the account these roles. Where it becomes an administrator's, the change waits for a second administrator
    /// ([`Self::confirm_roles`]). Where there is none, it is made on the host ([`Self::administrator_on_host`]).
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::OwnRoles`], [`Error::RolesConflict`], [`Error::RoleOfDevices`]; [`AccountFault::Closed`];
    /// [`AccountFault::LastAdministrator`] where nobody would be left; [`Error::OnHostOnly`] where nobody could confirm.
    pub fn change_roles(
        mut self,
        roles: RoleSet,
        by: By,
        admins: Administrators,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        by.manages(&self)?;
        separation::check(roles)?;
        if self.state == State::Closed {
            return Err(AccountFault::Closed.into());
        }
        if !roles.has(Role::Administrator) && admins.would_end(&self) {
            return Err(AccountFault::LastAdministrator.into());
        }
        let becomes_administrator =
            roles.has(Role::Administrator) && !self.roles.has(Role::Administrator);
        if becomes_administrator && admins.is_one_alone() {
            return Err(Error::OnHostOnly);
        }
        if becomes_administrator {
            self.pending = Some(PendingRoles {
                roles,
                proposed_by: by.id,
                proposed: now,
            });
            return Ok(self.changed(Some(by), now, What::RolesProposed { roles }));
        }
        // A proposal on other roles than those of now has lost its ground.
        self.pending = None;
        Ok(self.put_roles(roles, None, Some(by), now))
    }

    /// Confirms what another administrator proposed.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::OwnRoles`]; [`Error::SecondAdministrator`] to who proposed it;
    /// [`AccountFault::NothingPending`], [`AccountFault::PendingExpired`], [`AccountFault::Closed`].
    pub fn confirm_roles(mut self, by: By, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        if self.state == State::Closed {
            return Err(AccountFault::Closed.into());
        }
        let pending = self.pending.take().ok_or(AccountFault::NothingPending)?;
        if pending.proposed_by == by.id {
            return Err(Error::SecondAdministrator);
        }
        if now - pending.proposed >= PENDING_VALIDITY {
            return Err(AccountFault::PendingExpired.into());
        }
        separation::check(pending.roles)?;
        Ok(self.put_roles(pending.roles, Some(pending.proposed_by), Some(by), now))
    }

    /// Puts a proposed change aside. Who proposed it may.
    ///
    /// # Errors
    /// [`Error::NotPermitted`], [`Error::OwnRoles`], [`AccountFault::NothingPending`].
    pub fn withdraw_roles(mut self, by: By, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        let pending = self.pending.take().ok_or(AccountFault::NothingPending)?;
        Ok(self.changed(
            Some(by),
            now,
            What::RolesWithdrawn {
                roles: pending.roles,
            },
        ))
    }

    /// Takes over the roles that the identity provider's claim gives ([`crate::oidc::OidcIdentity::roles`]), where they differ from
    /// those of the account. An administrator's are given here and nowhere else.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`], [`AccountFault::NoWayIn`] without a link; [`Error::SecondAdministrator`] where an administrator's
    /// roles would come or go; [`Error::RolesConflict`], [`Error::RoleOfDevices`].
    pub fn follow_claim(mut self, roles: RoleSet, now: OffsetDateTime) -> Result<Changed> {
        if !self.is_active() {
            return Err(AccountFault::NotActive.into());
        }
        if self.oidc.is_none() {
            return Err(AccountFault::NoWayIn.into());
        }
        if roles.has(Role::Administrator) || self.roles.has(Role::Administrator) {
            return Err(Error::SecondAdministrator);
        }
        separation::check(roles)?;
        self.pending = None;
        Ok(self.put_roles(roles, None, None, now))
    }

    fn put_roles(
        mut self,
        to: RoleSet,
        proposed_by: Option<uuid::Uuid>,
        by: Option<By>,
        now: OffsetDateTime,
    ) -> Changed {
        let from = self.roles;
        self.roles = to;
        self.version += 1;
        let what = What::RolesChanged {
            from,
            to,
            proposed_by,
        };
        self.changed(by, now, what)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::super::tests_support::{active, set};
    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);
    const MANY: Administrators = Administrators { active: 3 };
    const ALONE: Administrators = Administrators { active: 1 };

    fn admin(n: u128) -> By {
        By::person(&active(n, &[Role::Administrator]))
    }

    #[test]
    fn who_may_change_whose_roles() {
        let clerk = By::person(&active(9, &[Role::Supervisor]));
        let change = |by, roles: &[Role]| {
            active(1, &[Role::Operator]).change_roles(set(roles), by, MANY, NOW)
        };
        let changed = change(admin(2), &[Role::Operator, Role::Approver]).unwrap();
        assert_eq!(
            (changed.account.version, changed.account.roles),
            (2, set(&[Role::Operator, Role::Approver]))
        );
        assert!(matches!(
            change(admin(1), &[Role::Approver]),
            Err(Error::OwnRoles)
        ));
        assert!(matches!(
            change(clerk, &[Role::Approver]),
            Err(Error::NotPermitted { .. })
        ));
        assert!(matches!(
            change(admin(2), &[Role::Personaliser, Role::QualityControl]),
            Err(Error::RolesConflict { .. })
        ));
        assert!(matches!(
            change(admin(2), &[Role::Station]),
            Err(Error::RoleOfDevices { .. })
        ));
    }

    #[test]
    fn an_administrator_is_made_by_two() {
        let proposed = active(1, &[])
            .change_roles(set(&[Role::Administrator]), admin(2), MANY, NOW)
            .unwrap();
        let account = proposed.account;
        assert!(
            account.roles.is_empty() && account.version == 1,
            "nothing has changed yet"
        );
        assert!(matches!(proposed.event.what, What::RolesProposed { .. }));
        let again = || Account {
            pending: account.pending.clone(),
            ..active(1, &[])
        };
        assert!(matches!(
            again().confirm_roles(admin(2), NOW),
            Err(Error::SecondAdministrator)
        ));
        assert!(matches!(
            again().confirm_roles(admin(1), NOW),
            Err(Error::OwnRoles)
        ));
        let late = again().confirm_roles(admin(3), NOW + PENDING_VALIDITY);
        assert!(matches!(
            late,
            Err(Error::Account(AccountFault::PendingExpired))
        ));
        let done = again()
            .confirm_roles(admin(3), NOW + Duration::HOUR)
            .unwrap();
        assert!(done.account.roles.has(Role::Administrator) && done.account.version == 2);
        assert!(done.account.pending.is_none());
        let What::RolesChanged { proposed_by, .. } = done.event.what else {
            panic!()
        };
        assert_eq!(
            (done.event.by, proposed_by),
            (Some(admin(3).id), Some(admin(2).id))
        );
        assert!(matches!(
            active(1, &[]).confirm_roles(admin(3), NOW),
            Err(Error::Account(AccountFault::NothingPending))
        ));
        assert!(
            again()
                .withdraw_roles(admin(2), NOW)
                .unwrap()
                .account
                .pending
                .is_none()
        );
    }

    #[test]
    fn a_change_in_between_puts_a_proposal_aside() {
        let proposed = active(1, &[])
            .change_roles(set(&[Role::Administrator]), admin(2), MANY, NOW)
            .unwrap();
        let changed = proposed
            .account
            .change_roles(set(&[Role::Auditor]), admin(3), MANY, NOW)
            .unwrap();
        assert!(changed.account.pending.is_none());
        assert!(changed.account.confirm_roles(admin(3), NOW).is_err());
    }

    #[test]
    fn one_administrator_alone_makes_no_second() {
        let alone = |roles: &[Role]| {
            active(1, &[Role::Operator]).change_roles(set(roles), admin(2), ALONE, NOW)
        };
        assert!(matches!(
            alone(&[Role::Administrator]),
            Err(Error::OnHostOnly)
        ));
        assert!(
            alone(&[Role::Approver]).is_ok(),
            "other roles are no matter"
        );
    }

    #[test]
    fn the_last_administrator_stays() {
        let take = |admins| {
            active(1, &[Role::Administrator]).change_roles(RoleSet::EMPTY, admin(2), admins, NOW)
        };
        assert!(matches!(
            take(ALONE),
            Err(Error::Account(AccountFault::LastAdministrator))
        ));
        assert!(take(MANY).is_ok());
    }

    #[test]
    fn a_claim_gives_and_takes_everything_but_administrators() {
        let follow = |from: &[Role], to: &[Role]| active(1, from).follow_claim(set(to), NOW);
        let changed = follow(&[Role::Operator], &[Role::Approver]).unwrap();
        assert!(changed.account.roles == set(&[Role::Approver]) && changed.account.version == 2);
        assert_eq!(changed.event.by, None);
        assert!(matches!(
            follow(&[], &[Role::Administrator]),
            Err(Error::SecondAdministrator)
        ));
        assert!(matches!(
            follow(&[Role::Administrator], &[]),
            Err(Error::SecondAdministrator)
        ));
        assert!(follow(&[], &[Role::Personaliser, Role::Approver]).is_err());
        let unlinked = Account {
            oidc: None,
            ..active(1, &[])
        };
        assert!(unlinked.follow_claim(RoleSet::EMPTY, NOW).is_err());
    }
}
