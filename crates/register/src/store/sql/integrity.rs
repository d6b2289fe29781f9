//! Whether the database is whole.

use super::Failure;
use super::session::Session;
use super::statement::Statement;

/// What SQLite is asked, with the answer that it gives when all is well.
const OF_SQLITE: [(&str, Option<&str>); 2] = [
    ("PRAGMA integrity_check", Some("ok")),
    (
        "SELECT 'broken reference in ' || \"table\" FROM pragma_foreign_key_check",
        None,
    ),
];

/// Counts that are nothing when all is well.
const COUNTS: [(&str, &str); 6] = [
    (
        "streams whose versions have gaps",
        "SELECT count(*) FROM (SELECT stream FROM event GROUP BY stream HAVING max(version) <> count(*)) AS broken",
    ),
    (
        "streams of two kinds",
        "SELECT count(*) FROM (SELECT stream FROM event GROUP BY stream HAVING min(kind) <> max(kind)) AS broken",
    ),
    (
        "search keys of nothing",
        "SELECT count(*) FROM entity_key
         WHERE NOT EXISTS (SELECT 1 FROM entity WHERE entity.kind = entity_key.kind AND entity.id = entity_key.id)",
    ),
    (
        "streams without their entity",
        "SELECT count(*) FROM event
         WHERE version = 1
           AND NOT EXISTS (SELECT 1 FROM entity WHERE entity.kind = event.kind AND entity.id = event.stream)",
    ),
    (
        "journals whose numbers have gaps",
        "SELECT count(*) FROM (
             SELECT topic FROM journal WHERE number IS NOT NULL
             GROUP BY topic HAVING max(number) + 1 <> count(number)
         ) AS broken",
    ),
    (
        "journals that are longer or shorter than is said of them",
        "SELECT count(*) FROM journal_state
         WHERE size <> (SELECT count(*) FROM journal WHERE journal.topic = journal_state.topic AND number IS NOT NULL)",
    ),
];

/// Everything that is wrong, in words.
pub(super) async fn findings(session: &mut Session) -> Result<Vec<String>, Failure> {
    let mut findings = Vec::new();
    if session.is_sqlite() {
        for (question, well) in OF_SQLITE {
            for row in session.rows(Statement::new(question, [])).await? {
                let answer = row.text(0)?;
                findings.extend((Some(answer.as_str()) != well).then_some(answer));
            }
        }
    }
    for (what, question) in COUNTS {
        let row = session.row(Statement::new(question, [])).await?;
        let count = row.map_or(Ok(0), |row| row.number(0))?;
        findings.extend((count > 0).then(|| format!("{what}: {count}")));
    }
    Ok(findings)
}
