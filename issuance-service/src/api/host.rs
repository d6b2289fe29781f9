//! What is done to accounts by who has the machine. Administrators are made, and let in again: where one is alone, nobody could confirm; where the
//! last one is lost, nobody could help. Accounts are locked and unlocked: after a restore nobody is signed in. Each call is an entry of the audit log.

use access::account::{Changed, State};
use access::one_time_link::Purpose;
use access::{Account, Permission, Role};
use uuid::Uuid;

use super::Api;
use super::audit::{Audit, system};
use super::problem::{Kind, Problem};
use super::start::HostLink;

const ACTION: &str = Permission::UserManage.code();

impl Api {
    /// One more administrator, and the link that lets him in once.
    ///
    /// # Errors
    /// [`Kind::Taken`] for a login name that is somebody's, [`Kind::Content`] for names that are none; those of the store.
    pub async fn administrator_on_host(
        &self,
        login: &str,
        name: &str,
    ) -> Result<HostLink, Problem> {
        let (_, guard) = self.administrators().await?;
        let Changed { account, .. } =
            Account::administrator_on_host(Uuid::now_v7(), login, name, self.now())?;
        let mut change = self.change();
        self.put_new(&mut change, &account)?;
        super::accounts::move_guard(&mut change, guard);
        let (token, expires) = self.new_link(&mut change, &account, Purpose::FirstAdministrator)?;
        Audit::by(system(), ACTION, "account", account.id)
            .with_word("what", "administrator-invited-on-host")
            .put(&mut change)?;
        self.commit(&change).await?;
        Ok(HostLink { token, expires })
    }

    /// An administrator who has lost password or second factor: both are taken away, his sessions and older links end, and a new link
    /// lets him in once. Nothing where nobody has that login name.
    ///
    /// # Errors
    /// [`Kind::Conflict`] for who is no administrator, locked or closed; those of the store.
    pub async fn administrator_reset_on_host(
        &self,
        login: &str,
    ) -> Result<Option<HostLink>, Problem> {
        let (_, guard) = self.administrators().await?;
        let Some(before) = self.account_of_login(login).await? else {
            return Ok(None);
        };
        let again = self
            .account(before.account.id)
            .await?
            .filter(|again| again.version == before.version)
            .ok_or(Kind::Changed)?;
        let changed = again.account.reset_on_host(self.now())?;
        let mut change = self.change();
        self.put_changed(&mut change, &before, &changed, Some(guard))?;
        self.end_links(&mut change, before.account.id).await?;
        let (token, expires) = self.new_link(&mut change, &changed.account, Purpose::Reset)?;
        Audit::by(system(), ACTION, "account", before.account.id)
            .with_word("what", "administrator-reset-on-host")
            .put(&mut change)?;
        self.commit(&change).await?;
        Ok(Some(HostLink { token, expires }))
    }

    /// Keeps a person out for a time, or lets him in again. The state afterwards; nothing where nobody has that login name.
    ///
    /// # Errors
    /// [`Kind::Conflict`] for who is not active (or not locked), and for the last administrator; those of the store.
    pub async fn lock_on_host(
        &self,
        login: &str,
        is_locked: bool,
    ) -> Result<Option<State>, Problem> {
        let (admins, guard) = self.administrators().await?;
        let Some(before) = self.account_of_login(login).await? else {
            return Ok(None);
        };
        let again = self
            .account(before.account.id)
            .await?
            .filter(|again| again.version == before.version)
            .ok_or(Kind::Changed)?;
        let (changed, what) = match is_locked {
            true => (
                again.account.lock_on_host(admins, self.now())?,
                "locked-on-host",
            ),
            false => (
                again.account.unlock_on_host(self.now())?,
                "unlocked-on-host",
            ),
        };
        let mut change = self.change();
        let guard = before
            .account
            .roles
            .has(Role::Administrator)
            .then_some(guard);
        self.put_changed(&mut change, &before, &changed, guard)?;
        Audit::by(system(), ACTION, "account", before.account.id)
            .with_word("what", what)
            .put(&mut change)?;
        self.commit(&change).await?;
        Ok(Some(changed.account.state))
    }
}
