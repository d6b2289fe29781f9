//! The specimen people: nobody of that name exists, and each name says SPECIMEN.

mod anton;
mod dao;
mod mau;

use enrolment::Field;

use crate::fingerprint::Finger;
use crate::portrait::look::Look;

/// A specimen person, as data.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name of the folder.
    pub id: &'static str,
    /// Which document the person gets: the id of an issuer profile.
    pub profile: &'static str,
    /// The texts of the record, in the order of a form.
    pub fields: Vec<(Field, &'static str)>,
    /// The face.
    pub look: Look,
    /// The right index finger.
    pub right_index: Finger,
    /// The left index finger.
    pub left_index: Finger,
}

/// All specimen people.
#[must_use]
pub fn all() -> Vec<Person> {
    vec![mau::person(), dao::person(), anton::person()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_has_more_than_twenty_fields_and_says_specimen() {
        let people = all();
        let ids: BTreeSet<&str> = people.iter().map(|person| person.id).collect();
        assert_eq!(ids.len(), people.len());
        for person in people {
            let fields: BTreeSet<Field> = person.fields.iter().map(|(field, _)| *field).collect();
            assert_eq!(fields.len(), person.fields.len(), "{}", person.id);
            assert!(fields.len() > 20, "{}: {}", person.id, fields.len());
            for (field, text) in &person.fields {
                let is_name = field.kind() == enrolment::Kind::Name && *field != Field::GivenNames;
                assert!(
                    !is_name || text.to_uppercase().contains("SPECIMEN"),
                    "{}: {field} {text}",
                    person.id
                );
            }
        }
    }
}
