//! Biometrics go when nothing is made of them any more, or when their time is over, and the register keeps the proof.
//!
//! First the key: from that transaction on nobody opens the packet, wherever a copy of its file is. Then the file. What a killed worker has
//! left of files without a key is removed by the next one.

use key_store::whole_file;
use register::application::{Command, Erasure, ErasureCause, Stage, process};
use register::erase_tasks;
use register::store::{
    BlobChange, BlobName, Change, Queue, Store as _, StoreError, Task, TaskChange,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Done, Hand, Office, applications, audit};
use crate::{Error, Result, files};

impl Office {
    /// Erases the biometrics whose time is over, one application at a time.
    ///
    /// # Errors
    /// [`Error::Store`]; everything else is [`Done::Later`].
    pub async fn erase_next(&self, now: OffsetDateTime) -> Result<Done> {
        let Some(task) = self.lease_one(Queue::Erase, "", now).await? else {
            return Ok(Done::Nothing);
        };
        match self.erase(&task, now).await {
            Ok(()) => Ok(Done::One),
            Err(error) => self.later(&task, error, now).await,
        }
    }

    async fn erase(&self, task: &Task, now: OffsetDateTime) -> Result<()> {
        let id = task.subject;
        let mut history = self.applications.history(id).await?;
        let Some(application) = history.application() else {
            return self.finish(task.id, now).await;
        };
        let cause = match application.stage() {
            Stage::Completed(_) => ErasureCause::HandedOver,
            Stage::Refused(_) | Stage::Withdrawn => ErasureCause::Ended,
            _ => ErasureCause::TimeOver,
        };
        let command = Command::RecordErasure(Erasure {
            cause,
            file: application.receipt().packet.clone(),
        });
        if let Some(event) = process(Some(&application), &command)? {
            let mut change = Change::new(now);
            applications::add(&mut change, &mut history, event)?;
            change.blobs.push(BlobChange::Erase {
                owner: id,
                name: BlobName::Key,
            });
            let hand = Hand::service("erase", now);
            let subject = (applications::SUBJECT, id);
            audit::by_service(&mut change, &hand, "application.erase", subject)?;
            match self.store.commit(&change).await {
                Ok(()) => {}
                Err(StoreError::Conflict(_)) => return Err(Error::Busy),
                Err(error) => return Err(error.into()),
            }
        }
        // Only now are the tasks done: a worker that dies before has left them to the next one.
        self.remove_files(id).await?;
        let mut change = Change::new(now);
        let tasks = erase_tasks(id).into_iter().chain([task.id]);
        change.tasks.extend(tasks.map(TaskChange::Finish));
        Ok(self.store.commit(&change).await?)
    }

    async fn remove_files(&self, id: Uuid) -> Result<()> {
        let row = self.desk.packets().packet(id).await?;
        let Some(file) = row.and_then(|row| row.file) else {
            return Ok(());
        };
        let path = self.desk.vault().path(id, file);
        self.desk.vault().keep_only(id, None)?;
        whole_file::sync_folder_of(&path).map_err(|error| files::at(&path, error))
    }

    /// Takes a task out of its queue.
    pub(super) async fn finish(&self, task: Uuid, now: OffsetDateTime) -> Result<()> {
        let mut change = Change::new(now);
        change.tasks.push(TaskChange::Finish(task));
        Ok(self.store.commit(&change).await?)
    }
}
