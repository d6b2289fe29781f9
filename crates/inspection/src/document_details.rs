//! Fields of EF.DG11, EF.DG12 and EF.DG13 as rows of label and text.

use lds::dg13::vietnam::VietnamCitizen;
use lds::{Dg11, Dg12, File, FileContent, Text};

/// The rows of the files at hand, in the order of the files. A file that cannot be understood gives none.
pub(crate) fn details<'a>(bytes: impl Fn(File) -> Option<&'a [u8]>) -> Vec<(String, String)> {
    let mut rows = Rows::default();
    if let Some(Ok(dg11)) = bytes(File::Dg11).map(Dg11::parse) {
        rows.personal(&dg11.value);
    }
    if let Some(Ok(dg12)) = bytes(File::Dg12).map(Dg12::parse) {
        rows.document(&dg12.value);
    }
    if let Some(Ok(citizen)) = bytes(File::Dg13).map(VietnamCitizen::parse) {
        rows.vietnam(&citizen.value);
    }
    rows.0
}

#[derive(Default)]
struct Rows(Vec<(String, String)>);

impl Rows {
    fn add(&mut self, label: &str, text: Option<String>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.0.push((label.to_owned(), text));
        }
    }

    fn text<const MAX: usize>(&mut self, label: &str, text: Option<&Text<MAX>>) {
        self.add(label, text.and_then(Text::as_str).map(parts));
    }

    fn personal(&mut self, dg11: &Dg11) {
        self.text("Full name", dg11.full_name.as_ref());
        for name in &dg11.other_names {
            self.text("Other name", Some(name));
        }
        self.text("Personal number", dg11.personal_number.as_ref());
        self.add(
            "Date of birth",
            dg11.date_of_birth.map(|date| date.to_string()),
        );
        self.text("Place of birth", dg11.place_of_birth.as_ref());
        self.text("Permanent address", dg11.permanent_address.as_ref());
        self.text("Telephone", dg11.telephone.as_ref());
        self.text("Profession", dg11.profession.as_ref());
        self.text("Title", dg11.title.as_ref());
        self.text("Personal summary", dg11.personal_summary.as_ref());
        self.text(
            "Other travel documents",
            dg11.other_travel_documents.as_ref(),
        );
        self.text("Custody", dg11.custody_information.as_ref());
    }

    fn document(&mut self, dg12: &Dg12) {
        self.text("Issuing authority", dg12.issuing_authority.as_ref());
        self.add(
            "Date of issue",
            dg12.date_of_issue.map(|date| date.to_string()),
        );
        for person in &dg12.other_persons {
            self.text("Other person", Some(person));
        }
        self.text("Endorsements", dg12.endorsements.as_ref());
        self.text(
            "Tax and exit requirements",
            dg12.tax_exit_requirements.as_ref(),
        );
        self.add(
            "Personalised",
            dg12.personalised_at.map(|time| time.to_string()),
        );
        self.text(
            "Personalisation system",
            dg12.personalisation_system.as_ref(),
        );
    }

    fn vietnam(&mut self, citizen: &VietnamCitizen) {
        let fields = [
            ("Personal number · Số định danh", &citizen.personal_number),
            ("Full name · Họ và tên", &citizen.full_name),
            ("Sex · Giới tính", &citizen.sex),
            ("Nationality · Quốc tịch", &citizen.nationality),
            ("Ethnic group · Dân tộc", &citizen.ethnic_group),
            ("Religion · Tôn giáo", &citizen.religion),
            ("Place of origin · Quê quán", &citizen.place_of_origin),
            (
                "Place of residence · Nơi thường trú",
                &citizen.place_of_residence,
            ),
            (
                "Identifying marks · Đặc điểm nhận dạng",
                &citizen.identifying_marks,
            ),
            ("Father · Cha", &citizen.father),
            ("Mother · Mẹ", &citizen.mother),
            ("Spouse · Vợ/chồng", &citizen.spouse),
            ("Previous number · Số CMND cũ", &citizen.previous_number),
            ("Chip identifier", &citizen.chip_identifier),
        ];
        for (label, text) in fields {
            self.add(label, text.clone());
        }
        let dates = [
            ("Date of birth · Ngày sinh", &citizen.date_of_birth),
            ("Date of issue · Ngày cấp", &citizen.date_of_issue),
            ("Date of expiry · Ngày hết hạn", &citizen.date_of_expiry),
        ];
        for (label, date) in dates {
            self.add(label, date.as_ref().map(ToString::to_string));
        }
    }
}

/// The parts of a name or an address, which the file separates by `<`.
fn parts(text: &str) -> String {
    text.split('<')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
