//! Enrolment packets in SQLite.

use enrolment::packet::SignedReceipt;
use sqlx::FromRow;
use uuid::Uuid;

use super::rows::{instant, milliseconds};
use super::{SqliteStore, WRITE};
use crate::store::StoreError;
use crate::store::packets::{PacketRow, PacketStore};

const COLUMNS: &str =
    "id, digest, length, profile, station, operator, supervisor, book_line, book_link,
     sealed_at, received_at, receipt";

impl PacketStore for SqliteStore {
    async fn remember(&self, packet: &PacketRow) -> Result<PacketRow, StoreError> {
        let corrupt = |what| StoreError::Corrupt {
            job: packet.id,
            what,
        };
        let receipt = packet.receipt.to_bytes().map_err(|_| corrupt("receipt"))?;
        let receipt = String::from_utf8(receipt).map_err(|_| corrupt("receipt"))?;
        let (line, link) = packet.book.clone().unzip();
        let mut transaction = self.pool.begin_with(WRITE).await?;
        sqlx::query(
            "INSERT INTO enrolment_packet (id, digest, length, profile, station, operator, supervisor,
                                           book_line, book_link, sealed_at, received_at, receipt)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(packet.id)
        .bind(packet.digest.as_bytes().as_slice())
        .bind(signed(packet.length))
        .bind(&packet.profile)
        .bind(&packet.station)
        .bind(&packet.operator)
        .bind(&packet.supervisor)
        .bind(line.map(signed))
        .bind(link)
        .bind(milliseconds(packet.sealed_at))
        .bind(milliseconds(packet.received_at))
        .bind(receipt)
        .execute(&mut *transaction)
        .await?;
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM enrolment_packet WHERE id = ?"
        ));
        let row: Row = sqlx::query_as(query)
            .bind(packet.id)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.into_packet()
    }

    async fn packet(&self, id: Uuid) -> Result<Option<PacketRow>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM enrolment_packet WHERE id = ?"
        ));
        let row: Option<Row> = sqlx::query_as(query)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(Row::into_packet).transpose()
    }

    async fn packets(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<PacketRow>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM enrolment_packet WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2"
        ));
        let rows: Vec<Row> = sqlx::query_as(query)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(Row::into_packet).collect()
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    digest: Vec<u8>,
    length: i64,
    profile: String,
    station: String,
    operator: String,
    supervisor: Option<String>,
    book_line: Option<i64>,
    book_link: Option<String>,
    sealed_at: i64,
    received_at: i64,
    receipt: String,
}

impl Row {
    fn into_packet(self) -> Result<PacketRow, StoreError> {
        let id = self.id;
        let corrupt = |what| StoreError::Corrupt { job: id, what };
        let digest = hex::encode(&self.digest).parse();
        let receipt = SignedReceipt::parse(self.receipt.as_bytes());
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(PacketRow {
            id,
            digest: digest.map_err(|_| corrupt("digest"))?,
            length: unsigned(self.length),
            profile: self.profile,
            station: self.station,
            operator: self.operator,
            supervisor: self.supervisor,
            book: self.book_line.map(unsigned).zip(self.book_link),
            sealed_at: instant(id, self.sealed_at)?,
            received_at: instant(id, self.received_at)?,
            receipt: receipt.map_err(|_| corrupt("receipt"))?,
        })
    }
}
