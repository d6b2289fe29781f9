//! The codec against the reference, against itself, and against hostile bytes.

#[cfg(test)]
mod golden;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod round_trip;
