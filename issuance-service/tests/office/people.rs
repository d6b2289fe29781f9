//! Specimen people, as a station collects them.

use std::collections::BTreeMap;

use biometrics::image::{Colour, Image, encode_jpeg, encode_png};
use enrolment::{HolderRecord, RecordFile};
use time::{Date, Duration};

/// The passport of Utopia.
pub const PASSPORT: &str = "uto-passport";
/// The Vietnamese identity card of 2024.
pub const CARD: &str = "vn-can-cuoc-2024";

/// A passport of somebody: names, date of birth, number of the document.
pub fn passport(given: &str, birth: &str, number: &str, issue: Date) -> HolderRecord {
    let expiry = issue + Duration::days(365 * 9);
    record(&format!(
        "profile = \"{PASSPORT}\"\nportrait = \"portrait.jpg\"\n[fields]\nsurname = \"Specimen\"\n\
         given_names = \"{given}\"\ndate_of_birth = \"{birth}\"\nsex = \"female\"\nnationality = \"UTO\"\n\
         place_of_birth = \"Exampleton, UTO\"\ndocument_number = \"{number}\"\ndate_of_issue = \"{issue}\"\n\
         date_of_expiry = \"{expiry}\"\nissuing_authority = \"Department of Specimens\"\n"
    ))
}

/// A card of a woman born on a day in 1997, with the number that she has or without one.
pub fn card(name: &str, birth: &str, number: Option<&str>, issue: Date) -> HolderRecord {
    let number = number.map_or_else(String::new, |number| {
        format!("personal_number = \"{number}\"\n")
    });
    let year: i32 = birth[..4].parse().unwrap();
    let expiry = format!("{}{}", year + 40, &birth[4..]);
    record(&format!(
        "profile = \"{CARD}\"\nportrait = \"portrait.jpg\"\n[fields]\n{number}full_name = \"{name}\"\n\
         date_of_birth = \"{birth}\"\nsex = \"female\"\nnationality = \"VNM\"\nethnic_group = \"Kinh\"\n\
         religion = \"Không\"\nplace_of_birth = \"Phường Mẫu, Hà Nội\"\n\
         place_of_birth_registration = \"Phường Mẫu, Hà Nội\"\nplace_of_origin = \"Xã Mẫu, Cao Bằng\"\n\
         permanent_residence = \"Số 1, Phố Mẫu, Phường Mẫu, Hà Nội\"\n\
         current_residence = \"Số 1, Phố Mẫu, Phường Mẫu, Hà Nội\"\nfather_name = \"Trần Văn Bách Specimen\"\n\
         mother_name = \"Đỗ Thị Hoa Specimen\"\nblood_group = \"O+\"\nmarital_status = \"single\"\n\
         date_of_issue = \"{issue}\"\ndate_of_expiry = \"{expiry}\"\n"
    ))
}

fn record(text: &str) -> HolderRecord {
    let text = format!(
        "{text}[[fingers]]\nposition = \"right-index\"\nimage = \"print.png\"\n\
         [[fingers]]\nposition = \"left-index\"\nmissing = \"bandaged\"\n"
    );
    let images = [("portrait.jpg", portrait()), ("print.png", print())];
    let images: BTreeMap<String, Vec<u8>> = images
        .into_iter()
        .map(|(name, image)| (name.to_owned(), image))
        .collect();
    let file = RecordFile::parse(&text).unwrap();
    file.with_images(&images).unwrap()
}

/// A picture of the least size that the profiles take, without a face.
fn portrait() -> Vec<u8> {
    let image = Image::new(Colour::Rgb8, 300, 400, vec![180; 300 * 400 * 3]);
    encode_jpeg(&image.unwrap(), 60).unwrap()
}

/// A grey picture of a resolution, without ridges.
fn print() -> Vec<u8> {
    let image = Image::new(Colour::Grey8, 300, 400, vec![90; 300 * 400]);
    encode_png(&image.unwrap().with_ppi(500)).unwrap()
}
