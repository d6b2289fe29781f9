//! Each story on each database.

macro_rules! on_both {
    ($($name:ident: $story:path;)+) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    $story(None).await;
                }
            )+
        }

        mod postgres {
            use test_support::postgres::database;

            $(
                #[tokio::test]
                #[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
                async fn $name() {
                    let database = database();
                    $story(Some(database.url())).await;
                }
            )+
        }
    };
}

on_both! {
    a_passport_from_packet_to_hand: crate::lives::with_passport;
    a_card_with_the_number_that_its_holder_has: crate::lives::card_with_number;
    a_card_whose_holder_gets_a_number: crate::lives::card_without_number;
    a_spoiled_card_is_made_again_first: crate::lives::remade;
    the_next_card_ends_the_one_before: crate::lives::renewed;
    people_who_resemble_are_compared: crate::reviews::duplicates;
    rules_refuse: crate::reviews::refused;
    withdrawn_at_each_stage: crate::reviews::withdrawn;
    after_ninety_days_biometrics_go_from_every_stage: crate::reviews::time_over;
    a_file_that_stays_is_removed_by_the_next: crate::reviews::left_behind;
    of_many_who_decide_one_does: crate::races::decisions;
    two_workers_of_one_queue_make_one_of_each: crate::races::workers;
    a_spoiled_passport_is_made_again_under_another_number: crate::numbers::remade_passports;
    a_number_that_was_typed_is_not_given: crate::numbers::typed_numbers;
    a_card_bears_the_number_that_its_holder_is_given: crate::numbers::given_to_a_person;
    without_a_signer_no_number_is_used_up: crate::numbers::none_without_a_signer;
    one_person_of_two_packets_is_compared: crate::doubles::one_after_the_other;
    one_person_of_two_packets_is_compared_before_approval: crate::doubles::before_approval;
    one_person_of_many_packets_at_once_is_registered_once: crate::doubles::at_once;
    one_number_is_allocated_to_each_of_many: crate::races::numbers;
}
