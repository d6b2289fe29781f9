use crate::people::Person;

/// The files beside the record.
pub(crate) const PORTRAIT: &str = "portrait.png";
pub(crate) const RIGHT_INDEX: &str = "right-index.png";
pub(crate) const LEFT_INDEX: &str = "left-index.png";

/// The text of `record.toml`, in the form that [`enrolment::RecordFile`] reads.
#[must_use]
pub fn record(person: &Person) -> String {
    let mut text = String::from(
        "# SPECIMEN: a person who does not exist. Made by `cargo xtask fixtures`; not to be edited.\n",
    );
    let mut line = |key: &str, value: &str| {
        let value = toml::Value::from(value);
        text.push_str(&format!("{key} = {value}\n"));
    };
    line("profile", person.profile);
    line("portrait", PORTRAIT);
    text.push_str("\n[fields]\n");
    for (field, value) in &person.fields {
        let value = toml::Value::from(*value);
        text.push_str(&format!("{field} = {value}\n"));
    }
    for (position, image) in [("right-index", RIGHT_INDEX), ("left-index", LEFT_INDEX)] {
        text.push_str(&format!(
            "\n[[fingers]]\nposition = \"{position}\"\nimage = \"{image}\"\n"
        ));
    }
    text
}
