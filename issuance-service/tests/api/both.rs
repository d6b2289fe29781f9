//! Core stories on each database.

use test_support::postgres::Database;

use crate::place::Place;

/// A service on a database; without one, on a file of its own.
pub fn place(database: Option<&Database>) -> Place {
    Place::with(|config| {
        if let Some(database) = database {
            config.store = database.url();
        }
    })
}

macro_rules! on_both {
    ($($name:ident: $story:path;)+) => {
        mod sqlite {
            $(
                #[test]
                fn $name() {
                    $story(None);
                }
            )+
        }

        mod postgres {
            $(
                #[test]
                #[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
                fn $name() {
                    $story(Some(&test_support::postgres::database()));
                }
            )+
        }
    };
}

on_both! {
    from_packet_to_approval: crate::packets::from_packet_to_approval;
    every_role_on_every_route: crate::matrix::every_role_on_every_route;
    the_same_key_gives_the_same_answer: crate::idempotency::the_same_key_gives_the_same_answer;
    requests_at_once: crate::idempotency::at_once;
    an_auditor_follows_the_log: crate::audit::an_auditor_follows_the_log;
    a_person_with_applications_and_documents: crate::views::a_person_with_applications_and_documents;
    written_cards_wait_for_quality_control: crate::views::written_cards_wait_for_quality_control;
    texts_come_back_as_they_are: crate::texts::texts_come_back_as_they_are;
}
