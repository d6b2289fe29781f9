//! Prints the separation matrix as it stands in the service's manual.
//!
//! ```sh
//! cargo run -p access --example matrix
//! ```

#![allow(clippy::print_stdout)]

fn main() {
    println!("{}", access::matrix_markdown().trim_end());
}
