//! The one place with `unsafe`: an output stream of openjp2 that fills a `Vec<u8>`.
//!
//! openjp2 is a translation of a C library. Its codec and its image are safe to use, its stream is
//! not: in memory it can only write through a callback that gets a raw pointer back.
#![allow(unsafe_code)]

use core::ffi::c_void;

use openjp2::Stream;
use openjp2::openjpeg::{opj_stream_set_user_data, opj_stream_set_write_function, opj_stream_t};

/// What openjp2 collects before it calls back, in bytes: more than a portrait's codestream.
const BUFFER: usize = 1 << 16;

/// Runs `write` with a stream and returns the bytes it wrote, or nothing if it answers `false`.
pub(crate) fn collect(write: impl FnOnce(&mut Stream) -> bool) -> Option<Vec<u8>> {
    // Declared before the stream, hence dropped after it: dropping the stream flushes into it,
    // also while a panic unwinds.
    let mut bytes: Vec<u8> = Vec::new();
    let mut stream = Stream::new_custom(BUFFER, false);
    let handle: *mut opj_stream_t = (&raw mut stream).cast();
    // SAFETY: openjp2's `opj_stream_t` is the opaque name of `Stream` (`opj_stream_create` boxes
    // one and casts it just so), and `handle` points to a live one.
    unsafe { opj_stream_set_write_function(handle, Some(append)) };
    // SAFETY: as above; `bytes` outlives the stream and is not touched until the stream is gone.
    // No function to free it is given, so openjp2 never takes it for its own.
    unsafe { opj_stream_set_user_data(handle, (&raw mut bytes).cast(), None) };
    let written = write(&mut stream);
    drop(stream);
    written.then_some(bytes)
}

/// openjp2's write callback: appends `length` bytes at `data` to the `Vec<u8>` behind `user`.
///
/// # Safety
/// `data` points to `length` readable bytes and `user` to the `Vec<u8>` of [`collect`].
unsafe extern "C" fn append(data: *mut c_void, length: usize, user: *mut c_void) -> usize {
    // SAFETY: openjp2 passes the pointer and the length of one slice of its buffer.
    let data = unsafe { core::slice::from_raw_parts(data.cast::<u8>().cast_const(), length) };
    // SAFETY: `user` is what `collect` registered, and nobody else holds a reference meanwhile.
    let bytes = unsafe { &mut *user.cast::<Vec<u8>>() };
    bytes.extend_from_slice(data);
    length
}
