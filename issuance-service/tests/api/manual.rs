//! What the manual says of rights is what the service does.

use std::fs;
use std::path::Path;

#[test]
fn the_matrix_of_the_manual_is_that_of_the_program() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("SERVICE.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, rest) = manual.split_once("<!-- matrix -->\n").unwrap();
    let (written, _) = rest.split_once("\n<!-- /matrix -->").unwrap();
    assert_eq!(
        written.trim(),
        access::matrix_markdown().trim(),
        "cargo run -p access --example matrix prints it"
    );
}
