//! Everything but roles: invited, accepted, locked, closed, reset; password, second factor, identity provider.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Account, AccountEvent, Administrators, By, Changed, OidcLink, SecondFactor, State, What,
    display_name, login_name,
};
use crate::error::{AccountFault, SecondFactorFault};
use crate::password::PasswordHash;
use crate::role::{Role, RoleSet};
use crate::totp::RecoveryCodes;
use crate::{Result, separation};

impl Account {
    /// The empty service's first account. The service makes it when it finds no account at all, and shows its link to who
    /// started it.
    ///
    /// # Errors
    /// [`AccountFault::LoginName`], [`AccountFault::DisplayName`].
    pub fn first_administrator(
        id: Uuid,
        login: &str,
        name: &str,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        let account = Self::new(id, login, name, RoleSet::EMPTY.with(Role::Administrator))?;
        Ok(account.changed(None, now, What::FirstAdministratorMade))
    }

    /// One more administrator, on the word of who has the machine of the service: the way where one administrator is alone, or none
    /// comes in any more.
    ///
    /// # Errors
    /// [`AccountFault::LoginName`], [`AccountFault::DisplayName`].
    pub fn administrator_on_host(
        id: Uuid,
        login: &str,
        name: &str,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        let account = Self::new(id, login, name, RoleSet::EMPTY.with(Role::Administrator))?;
        Ok(account.changed(None, now, What::AdministratorMadeOnHost))
    }

    /// A new account. An administrator is not invited: the account is, and then gets the role ([`Self::change_roles`]).
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::RolesConflict`], [`crate::Error::RoleOfDevices`],
    /// [`crate::Error::SecondAdministrator`] for an administrator; [`AccountFault::LoginName`], [`AccountFault::DisplayName`].
    pub fn invite(
        id: Uuid,
        login: &str,
        name: &str,
        roles: RoleSet,
        by: By,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        by.manages_users()?;
        separation::check(roles)?;
        if roles.has(Role::Administrator) {
            return Err(crate::Error::SecondAdministrator);
        }
        let account = Self::new(id, login, name, roles)?;
        Ok(account.changed(Some(by), now, What::Invited { roles }))
    }

    /// The invited person has chosen password and second factor, whose first code was checked. The link that let him in is
    /// redeemed in the same transaction.
    ///
    /// # Errors
    /// [`AccountFault::NotInvited`].
    pub fn accept(
        mut self,
        password: PasswordHash,
        second_factor: SecondFactor,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        if self.state != State::Invited {
            return Err(AccountFault::NotInvited.into());
        }
        self.password = Some(password);
        self.second_factor = Some(second_factor);
        Ok(self.activate(now))
    }

    /// The invited person came by the identity provider that the account is linked to.
    ///
    /// # Errors
    /// [`AccountFault::NotInvited`], [`AccountFault::NoWayIn`] without a link.
    pub fn accept_by_oidc(self, now: OffsetDateTime) -> Result<Changed> {
        if self.state != State::Invited {
            return Err(AccountFault::NotInvited.into());
        }
        if self.oidc.is_none() {
            return Err(AccountFault::NoWayIn.into());
        }
        Ok(self.activate(now))
    }

    /// Keeps the person out for a time.
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::OwnRoles`], [`AccountFault::NotActive`], [`AccountFault::LastAdministrator`].
    pub fn lock(self, by: By, admins: Administrators, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        self.kept_out(Some(by), admins, now)
    }

    /// The same on the word of who has the machine of the service.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`], [`AccountFault::LastAdministrator`].
    pub fn lock_on_host(self, admins: Administrators, now: OffsetDateTime) -> Result<Changed> {
        self.kept_out(None, admins, now)
    }

    fn kept_out(
        mut self,
        by: Option<By>,
        admins: Administrators,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        if self.state != State::Active {
            return Err(AccountFault::NotActive.into());
        }
        if admins.would_end(&self) {
            return Err(AccountFault::LastAdministrator.into());
        }
        self.state = State::Locked;
        Ok(self.ended(by, now, What::Locked))
    }

    /// Lets the person in again.
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::OwnRoles`], [`AccountFault::NotLocked`].
    pub fn unlock(self, by: By, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        self.let_in_again(Some(by), now)
    }

    /// The same on the word of who has the machine of the service.
    ///
    /// # Errors
    /// [`AccountFault::NotLocked`].
    pub fn unlock_on_host(self, now: OffsetDateTime) -> Result<Changed> {
        self.let_in_again(None, now)
    }

    fn let_in_again(mut self, by: Option<By>, now: OffsetDateTime) -> Result<Changed> {
        if self.state != State::Locked {
            return Err(AccountFault::NotLocked.into());
        }
        self.state = State::Active;
        Ok(self.ended(by, now, What::Unlocked))
    }

    /// Puts the account out of use for good; its secrets are forgotten.
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::OwnRoles`], [`AccountFault::Closed`], [`AccountFault::LastAdministrator`].
    pub fn close(mut self, by: By, admins: Administrators, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        if self.state == State::Closed {
            return Err(AccountFault::Closed.into());
        }
        if admins.would_end(&self) {
            return Err(AccountFault::LastAdministrator.into());
        }
        self.state = State::Closed;
        self.forget_secrets();
        self.oidc = None;
        self.pending = None;
        Ok(self.ended(Some(by), now, What::Closed))
    }

    /// Takes password and second factor away from who has lost them: the account is invited anew, by a link of
    /// [`crate::one_time_link::Purpose::Reset`]. Whoever makes the link could use it himself, and would be two administrators then:
    /// an administrator's account is opened anew on the host.
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::OwnRoles`], [`crate::Error::OnHostOnly`], [`AccountFault::NotActive`].
    pub fn reset(self, by: By, now: OffsetDateTime) -> Result<Changed> {
        by.manages(&self)?;
        if self.roles.has(Role::Administrator) {
            return Err(crate::Error::OnHostOnly);
        }
        self.opened_anew(Some(by), now, What::Reset)
    }

    /// The same for an administrator, the last one too, on the word of who has the machine of the service.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`], [`AccountFault::NotAdministrator`].
    pub fn reset_on_host(self, now: OffsetDateTime) -> Result<Changed> {
        if !self.roles.has(Role::Administrator) {
            return Err(AccountFault::NotAdministrator.into());
        }
        self.opened_anew(None, now, What::AdministratorResetOnHost)
    }

    fn opened_anew(mut self, by: Option<By>, now: OffsetDateTime, what: What) -> Result<Changed> {
        if !matches!(self.state, State::Active | State::Invited) {
            return Err(AccountFault::NotActive.into());
        }
        self.state = State::Invited;
        self.forget_secrets();
        Ok(self.ended(by, now, what))
    }

    /// The person chose another password, in a session that has just shown the old one or the second factor.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`].
    pub fn change_password(
        mut self,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        self.must_be_active()?;
        self.password = Some(password);
        let own = By::person(&self);
        Ok(self.ended(Some(own), now, What::PasswordChanged))
    }

    /// The stored form is renewed because the parameters have changed. Sessions go on.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`].
    pub fn rehash_password(
        mut self,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        self.must_be_active()?;
        self.password = Some(password);
        Ok(self.changed(None, now, What::PasswordRehashed))
    }

    /// The person enrolled another authenticator, whose first code was checked.
    ///
    /// # Errors
    /// [`AccountFault::NotActive`].
    pub fn change_second_factor(
        mut self,
        second_factor: SecondFactor,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        self.must_be_active()?;
        self.second_factor = Some(second_factor);
        let own = By::person(&self);
        Ok(self.ended(Some(own), now, What::SecondFactorChanged))
    }

    /// Shows a code of the authenticator. The account is stored before the person is let in, so that the code is used up.
    ///
    /// # Errors
    /// [`SecondFactorFault`], [`AccountFault::NotActive`].
    pub fn show_code(mut self, code: &str, now: OffsetDateTime) -> Result<Changed> {
        self.must_be_active()?;
        let factor = self
            .second_factor
            .as_mut()
            .ok_or(SecondFactorFault::NotEnrolled)?;
        factor.last_step = Some(factor.secret.check(code, factor.last_step, now)?);
        let own = By::person(&self);
        Ok(self.changed(Some(own), now, What::SecondFactorShown))
    }

    /// Shows a recovery code in place of the authenticator. It is used up.
    ///
    /// # Errors
    /// [`SecondFactorFault`], [`AccountFault::NotActive`].
    pub fn show_recovery_code(mut self, code: &str, now: OffsetDateTime) -> Result<Changed> {
        self.must_be_active()?;
        let factor = self
            .second_factor
            .as_mut()
            .ok_or(SecondFactorFault::NotEnrolled)?;
        factor.recovery.redeem(code)?;
        let left = factor.recovery.left();
        let own = By::person(&self);
        Ok(self.changed(Some(own), now, What::RecoveryCodeUsed { left }))
    }

    /// Links the account to a person at an identity provider, or to none. An administrator's is linked to nobody else: whoever
    /// chooses the person could choose himself.
    ///
    /// # Errors
    /// [`crate::Error::NotPermitted`], [`crate::Error::OwnRoles`], [`crate::Error::OnHostOnly`], [`AccountFault::Closed`];
    /// [`AccountFault::NoWayIn`] where an active account could not be entered any more.
    pub fn link_oidc(
        mut self,
        link: Option<OidcLink>,
        by: By,
        now: OffsetDateTime,
    ) -> Result<Changed> {
        by.manages(&self)?;
        if self.state == State::Closed {
            return Err(AccountFault::Closed.into());
        }
        if link.is_some() && link != self.oidc && self.roles.has(Role::Administrator) {
            return Err(crate::Error::OnHostOnly);
        }
        let what = if link.is_some() {
            What::OidcLinked
        } else {
            What::OidcUnlinked
        };
        self.oidc = link;
        if self.is_active() && !self.has_way_in() {
            return Err(AccountFault::NoWayIn.into());
        }
        Ok(self.ended(Some(by), now, what))
    }

    fn new(id: Uuid, login: &str, name: &str, roles: RoleSet) -> Result<Self> {
        Ok(Self {
            id,
            login: login_name(login)?,
            display_name: display_name(name)?,
            roles,
            pending: None,
            state: State::Invited,
            password: None,
            second_factor: None,
            oidc: None,
            version: 1,
        })
    }

    fn must_be_active(&self) -> Result<(), AccountFault> {
        if self.is_active() {
            Ok(())
        } else {
            Err(AccountFault::NotActive)
        }
    }

    fn forget_secrets(&mut self) {
        self.password = None;
        self.second_factor = None;
    }

    fn activate(mut self, now: OffsetDateTime) -> Changed {
        self.state = State::Active;
        let own = By::person(&self);
        self.ended(Some(own), now, What::Accepted)
    }

    /// A change that ends the account's sessions.
    fn ended(mut self, by: Option<By>, now: OffsetDateTime, what: What) -> Changed {
        self.version += 1;
        self.changed(by, now, what)
    }

    pub(super) fn changed(self, by: Option<By>, now: OffsetDateTime, what: What) -> Changed {
        let event = AccountEvent {
            account: self.id,
            by: by.map(|by| by.id),
            at: now,
            what,
        };
        Changed {
            account: self,
            event,
        }
    }
}

impl SecondFactor {
    /// A new one, after its first code was checked: `step` is that code's.
    #[must_use]
    pub const fn enrolled(
        secret: crate::totp::TotpSecret,
        step: u64,
        recovery: RecoveryCodes,
    ) -> Self {
        Self {
            secret,
            last_step: Some(step),
            recovery,
        }
    }
}

#[cfg(test)]
mod tests;
