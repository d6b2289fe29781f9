//! What a chip stores: the logical data structure of Doc 9303-10.
//!
//! * [`File`] is the table of files: identifiers, tags, who may read what.
//! * One module for each file, named as the file: [`ef_com`], [`dg1`] … [`dg16`]. What consists of one data object
//!   implements [`FileContent`]: `parse` reads the whole file, `to_bytes` writes it.
//! * [`security_info`] is the content of EF.CardAccess, EF.CardSecurity and EF.DG14; [`lds_security_object`] is what
//!   EF.SOD signs.
//!
//! Readers are tolerant and say so: a [`Parsed`] value carries the [`Deviation`]s that were put up with. What is not
//! known is kept as [`DataObject`]s. A hash is taken over the bytes a chip sent, never over what `to_bytes` makes of them.
//!
//! ```
//! use lds::{Dg11, FileContent, PartialDate, Text};
//!
//! let dg11 = Dg11 {
//!     full_name: Some(Text::new("SPECIMEN<<TEST")?),
//!     date_of_birth: Some(PartialDate::new(Some(1990), None, None)?),
//!     ..Dg11::default()
//! };
//! let file = dg11.to_bytes();
//!
//! let parsed = Dg11::parse(&file)?;
//! assert_eq!(parsed.deviations, []);
//! assert_eq!(parsed.value, dg11);
//! # Ok::<(), lds::Error>(())
//! ```

mod asn1;
pub mod biometric_template;
pub mod counted_content;
mod data_object;
mod date;
mod deviation;
pub mod dg1;
pub mod dg10;
pub mod dg11;
pub mod dg12;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg16;
pub mod dg2;
pub mod dg3;
pub mod dg4;
pub mod dg5;
pub mod dg6;
pub mod dg7;
pub mod dg8;
pub mod dg9;
mod displayed_image;
pub mod ef_atr_info;
pub mod ef_card_access;
pub mod ef_com;
pub mod ef_cvca;
pub mod ef_dir;
mod error;
mod file;
mod file_content;
mod hashed_file;
pub mod lds_security_object;
pub mod oids;
pub mod security_info;
mod subject_public_key;
mod tag_list;
mod tagged_fields;
mod text;
mod version;

pub use biometric_template::{
    BiometricInformation, BiometricInformationGroup, BiometricRecord, Modality, RecordEncoding,
};
pub use data_object::DataObject;
pub use date::PartialDate;
pub use deviation::{Deviation, Deviations, Parsed};
pub use dg1::Dg1;
pub use dg2::Dg2;
pub use dg3::Dg3;
pub use dg4::Dg4;
pub use dg5::Dg5;
pub use dg6::Dg6;
pub use dg7::Dg7;
pub use dg8::Dg8;
pub use dg9::Dg9;
pub use dg10::Dg10;
pub use dg11::Dg11;
pub use dg12::Dg12;
pub use dg13::Dg13;
pub use dg14::Dg14;
pub use dg15::Dg15;
pub use dg16::Dg16;
pub use ef_atr_info::EfAtrInfo;
pub use ef_card_access::EfCardAccess;
pub use ef_com::EfCom;
pub use ef_cvca::EfCvca;
pub use ef_dir::EfDir;
pub use error::{Error, Result};
pub use file::{APPLICATION_AID, Access, File, Parent};
pub use file_content::{FileContent, MAX_FILE_LEN, without_padding};
pub use hashed_file::{ArrivingFile, HashedFile};
pub use lds_security_object::{LdsSecurityObject, LdsSecurityObjectVersion};
pub use security_info::{SecurityInfo, SecurityInfos};
pub use subject_public_key::SubjectPublicKey;
pub use text::Text;
pub use version::{LdsVersion, UnicodeVersion};
