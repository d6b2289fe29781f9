#![doc = include_str!("../README.md")]

mod allocation;
mod bin_widths;
mod bits;
mod code;
mod coefficients;
mod cursor;
mod decoder;
mod encoder;
mod error;
mod filters;
mod header;
mod huffman;
mod limits;
mod lines;
mod marker;
mod nistcom;
mod number;
mod picture;
mod tree;
mod wavelet;

pub use decoder::{Decoded, decode, read_header};
pub use encoder::{Options, encode, encode_to_size};
pub use error::{Error, FilterFault, HuffmanFault};
pub use header::{Frame, Header};
pub use limits::Limits;
pub use marker::Segment;
pub use nistcom::NistCom;
pub use picture::Picture;
