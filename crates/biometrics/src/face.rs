//! The face: what EF.DG2 stores of it (Doc 9303-10 §4.7.2).

pub mod iso19794_5;
