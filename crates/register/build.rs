//! A new migration changes the program although no source file changes: cargo must be told to look.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
