//! The story of documents on PostgreSQL.

use register::store::PostgresStore;
use test_support::postgres::database;

use crate::story;

const CONNECTIONS: u32 = 8;

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn the_story() {
    let store = PostgresStore::connect(&database().url(), CONNECTIONS, None).await;
    story::tell(store.unwrap()).await;
}
