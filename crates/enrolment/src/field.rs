//! The fields of a holder's record, in one table.

use core::fmt;

/// How the text of a field is written, which decides the general rules it must obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person's name: letters, blanks, hyphens, apostrophes, full stops.
    Name,
    /// Parts of an address or a place, separated by commas.
    Address,
    /// Free text.
    Text,
    /// `YYYY-MM-DD`; of a birth ([`Field::is_birth`]) also `YYYY-MM` or `YYYY`; of an expiry also `never`.
    Date,
    /// `male`, `female` or `unspecified`.
    Sex,
    /// A code of one to three letters (Doc 9303-3 §5).
    State,
    /// Digits, or capital letters and digits.
    Number,
    /// A telephone number as ITU-T E.164 writes it: `+` and up to fifteen digits.
    Telephone,
    /// An e-mail address.
    Mail,
    /// Centimetres.
    Height,
    /// Persons separated by semicolons, of each the name, the personal number and the nationality separated by commas;
    /// what is not known may be left out from the end on, or empty: `Lê Văn A, 001099000001, VNM; Lê Thị B`.
    People,
    /// One of the words of a list.
    Word(&'static [&'static str]),
    /// Not a text: a portrait, fingerprints, the CAN.
    Other,
}

/// The kinds of all fields with a text; the empty list of words stands for every list.
pub(crate) const TEXTS: &[Kind] = &[
    Kind::Name,
    Kind::Address,
    Kind::Text,
    Kind::Date,
    Kind::Sex,
    Kind::State,
    Kind::Number,
    Kind::Telephone,
    Kind::Mail,
    Kind::Height,
    Kind::People,
    Kind::Word(&[]),
];

/// A language of labels and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English
    English,
    /// Vietnamese
    Vietnamese,
}

/// The same text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilingual {
    /// English
    pub en: &'static str,
    /// Vietnamese
    pub vi: &'static str,
}

impl Bilingual {
    /// The text in one language.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Vietnamese => self.vi,
        }
    }
}

macro_rules! fields {
    ($($variant:ident $word:literal $kind:expr, $max:literal, $en:literal, $vi:literal;)*) => {
        /// A field of the record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field {
            $(#[doc = $en] $variant,)*
        }

        impl Field {
            /// All fields, in the order of a form.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word of the field in `record.toml`, in findings and on command lines.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// How its text is written.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => $kind,)* }
            }

            /// The most characters it may have.
            #[must_use]
            pub const fn max_chars(self) -> usize {
                match self { $(Self::$variant => $max,)* }
            }

            /// What an operator calls it.
            #[must_use]
            pub const fn label(self) -> Bilingual {
                match self { $(Self::$variant => Bilingual { en: $en, vi: $vi },)* }
            }
        }
    };
}

/// The register often knows no rhesus factor.
const BLOOD_GROUPS: Kind = Kind::Word(&[
    "A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-",
]);
/// The eye colours of ISO 19794-5 §5.5.4, which the facial record repeats.
const EYE_COLOURS: Kind = Kind::Word(&[
    "black", "blue", "brown", "grey", "green", "multi", "pink", "unknown",
]);
const MARITAL_STATUS: Kind = Kind::Word(&["single", "married", "divorced", "widowed"]);
/// What a holder is to the head of the household, and a representative to the holder.
const RELATION: Kind = Kind::Word(&[
    "self",
    "spouse",
    "father",
    "mother",
    "child",
    "grandparent",
    "grandchild",
    "sibling",
    "guardian",
    "relative",
    "other",
]);
const ELECTRONIC_IDENTITY: Kind = Kind::Word(&["none", "level-1", "level-2", "locked"]);
const REQUEST_KIND: Kind = Kind::Word(&["first", "change", "reissue"]);
/// The reasons of the 2023 law Art. 24: those of a change, then those of a re-issue.
const REQUEST_REASON: Kind = Kind::Word(&[
    "age-milestone",
    "name-or-birth-corrected",
    "appearance-changed",
    "biometrics-added",
    "sex-changed",
    "card-error",
    "units-rearranged",
    "number-reassigned",
    "on-request",
    "lost",
    "damaged",
    "nationality-regained",
]);

fields! {
    PersonalNumber "personal_number" Kind::Number, 20, "Personal number", "Số định danh cá nhân";
    CancelledNumber "cancelled_personal_number" Kind::Number, 20, "Cancelled personal number", "Số định danh cá nhân đã hủy";
    CmndNumber "cmnd_number" Kind::Number, 20, "Old 9-digit identity number", "Số chứng minh nhân dân 9 số";
    FullName "full_name" Kind::Name, 100, "Full name", "Họ, chữ đệm và tên khai sinh";
    Surname "surname" Kind::Name, 80, "Surname", "Họ";
    GivenNames "given_names" Kind::Name, 80, "Given names", "Chữ đệm và tên";
    OtherName "other_name" Kind::Name, 80, "Other name", "Tên gọi khác";
    DateOfBirth "date_of_birth" Kind::Date, 10, "Date of birth", "Ngày, tháng, năm sinh";
    Sex "sex" Kind::Sex, 11, "Sex", "Giới tính";
    Nationality "nationality" Kind::State, 3, "Nationality", "Quốc tịch";
    EthnicGroup "ethnic_group" Kind::Text, 40, "Ethnic group", "Dân tộc";
    Religion "religion" Kind::Text, 60, "Religion", "Tôn giáo";
    PlaceOfBirth "place_of_birth" Kind::Address, 160, "Place of birth", "Nơi sinh";
    PlaceOfBirthRegistration "place_of_birth_registration" Kind::Address, 160, "Place of birth registration", "Nơi đăng ký khai sinh";
    PlaceOfOrigin "place_of_origin" Kind::Address, 160, "Place of origin", "Quê quán";
    PermanentResidence "permanent_residence" Kind::Address, 200, "Permanent residence", "Nơi thường trú";
    TemporaryResidence "temporary_residence" Kind::Address, 200, "Temporary residence", "Nơi tạm trú";
    CurrentResidence "current_residence" Kind::Address, 200, "Current residence", "Nơi ở hiện tại";
    IdentifyingMarks "identifying_marks" Kind::Text, 160, "Identifying marks", "Đặc điểm nhân dạng";
    Height "height" Kind::Height, 3, "Height", "Chiều cao";
    EyeColour "eye_colour" EYE_COLOURS, 10, "Eye colour", "Màu mắt";
    BloodGroup "blood_group" BLOOD_GROUPS, 3, "Blood group", "Nhóm máu";
    MaritalStatus "marital_status" MARITAL_STATUS, 10, "Marital status", "Tình trạng hôn nhân";
    FatherName "father_name" Kind::Name, 100, "Father's name", "Họ tên cha";
    FatherDateOfBirth "father_date_of_birth" Kind::Date, 10, "Father's date of birth", "Ngày, tháng, năm sinh của cha";
    FatherNumber "father_number" Kind::Number, 20, "Father's personal number", "Số định danh cá nhân của cha";
    FatherCmndNumber "father_cmnd_number" Kind::Number, 20, "Father's old 9-digit identity number", "Số chứng minh nhân dân 9 số của cha";
    FatherNationality "father_nationality" Kind::State, 3, "Father's nationality", "Quốc tịch của cha";
    MotherName "mother_name" Kind::Name, 100, "Mother's name", "Họ tên mẹ";
    MotherDateOfBirth "mother_date_of_birth" Kind::Date, 10, "Mother's date of birth", "Ngày, tháng, năm sinh của mẹ";
    MotherNumber "mother_number" Kind::Number, 20, "Mother's personal number", "Số định danh cá nhân của mẹ";
    MotherCmndNumber "mother_cmnd_number" Kind::Number, 20, "Mother's old 9-digit identity number", "Số chứng minh nhân dân 9 số của mẹ";
    MotherNationality "mother_nationality" Kind::State, 3, "Mother's nationality", "Quốc tịch của mẹ";
    SpouseName "spouse_name" Kind::Name, 100, "Spouse's name", "Họ tên vợ, chồng";
    SpouseDateOfBirth "spouse_date_of_birth" Kind::Date, 10, "Spouse's date of birth", "Ngày, tháng, năm sinh của vợ, chồng";
    SpouseNumber "spouse_number" Kind::Number, 20, "Spouse's personal number", "Số định danh cá nhân của vợ, chồng";
    SpouseCmndNumber "spouse_cmnd_number" Kind::Number, 20, "Spouse's old 9-digit identity number", "Số chứng minh nhân dân 9 số của vợ, chồng";
    SpouseNationality "spouse_nationality" Kind::State, 3, "Spouse's nationality", "Quốc tịch của vợ, chồng";
    RepresentativeName "representative_name" Kind::Name, 100, "Legal representative's name", "Họ tên người đại diện hợp pháp";
    RepresentativeDateOfBirth "representative_date_of_birth" Kind::Date, 10, "Legal representative's date of birth", "Ngày, tháng, năm sinh của người đại diện hợp pháp";
    RepresentativeNumber "representative_number" Kind::Number, 20, "Legal representative's personal number", "Số định danh cá nhân của người đại diện hợp pháp";
    RepresentativeCmndNumber "representative_cmnd_number" Kind::Number, 20, "Legal representative's old 9-digit identity number", "Số chứng minh nhân dân 9 số của người đại diện hợp pháp";
    RepresentativeNationality "representative_nationality" Kind::State, 3, "Legal representative's nationality", "Quốc tịch của người đại diện hợp pháp";
    RepresentativeRelation "representative_relation" RELATION, 12, "Legal representative's relation to the holder", "Quan hệ của người đại diện hợp pháp với người được cấp";
    Children "children" Kind::People, 1000, "Children", "Con";
    Represented "represented" Kind::People, 1000, "Persons represented by the holder", "Người được đại diện";
    HouseholdHead "household_head" Kind::Name, 100, "Head of the household", "Họ tên chủ hộ";
    HouseholdHeadNumber "household_head_number" Kind::Number, 20, "Personal number of the head of the household", "Số định danh cá nhân của chủ hộ";
    HouseholdRelation "household_relation" RELATION, 12, "Relation to the head of the household", "Quan hệ với chủ hộ";
    HouseholdMembers "household_members" Kind::People, 1000, "Members of the household", "Thành viên hộ gia đình";
    ResidenceFileNumber "residence_file_number" Kind::Number, 30, "Residence file number", "Số hồ sơ cư trú";
    DeclaredAbsence "declared_absence" Kind::Text, 200, "Declared absence", "Khai báo tạm vắng";
    DateOfDeath "date_of_death" Kind::Date, 10, "Date of death", "Ngày, tháng, năm chết";
    DateMissing "date_missing" Kind::Date, 10, "Missing since", "Ngày, tháng, năm mất tích";
    Telephone "telephone" Kind::Telephone, 16, "Telephone", "Số điện thoại";
    Mail "e_mail" Kind::Mail, 99, "E-mail", "Thư điện tử";
    ElectronicIdentity "electronic_identity" ELECTRONIC_IDENTITY, 10, "Electronic identity", "Căn cước điện tử";
    OtherInformation "other_information" Kind::Text, 300, "Other information", "Thông tin khác";
    Profession "profession" Kind::Text, 80, "Profession", "Nghề nghiệp";
    Title "title" Kind::Text, 40, "Title", "Danh xưng";
    PreviousDocumentNumber "previous_document_number" Kind::Number, 20, "Previous document number", "Số giấy tờ đã cấp trước đây";
    PreviousDateOfIssue "previous_date_of_issue" Kind::Date, 10, "Previous document's date of issue", "Ngày cấp giấy tờ trước đây";
    PreviousDateOfExpiry "previous_date_of_expiry" Kind::Date, 10, "Previous document's date of expiry", "Giấy tờ trước đây có giá trị đến";
    PreviousPlaceOfIssue "previous_place_of_issue" Kind::Text, 99, "Previous document's place of issue", "Nơi cấp giấy tờ trước đây";
    RequestKind "request_kind" REQUEST_KIND, 10, "Kind of request", "Loại yêu cầu";
    RequestReason "request_reason" REQUEST_REASON, 30, "Reason of the request", "Lý do yêu cầu";
    DocumentNumber "document_number" Kind::Number, 22, "Document number", "Số giấy tờ";
    DateOfIssue "date_of_issue" Kind::Date, 10, "Date of issue", "Ngày cấp";
    DateOfExpiry "date_of_expiry" Kind::Date, 10, "Date of expiry", "Có giá trị đến";
    IssuingAuthority "issuing_authority" Kind::Text, 99, "Issuing authority", "Cơ quan cấp";
    Can "can" Kind::Other, 6, "Card access number", "Số truy cập thẻ (CAN)";
    Portrait "portrait" Kind::Other, 0, "Portrait", "Ảnh chân dung";
    Fingerprints "fingerprints" Kind::Other, 0, "Fingerprints", "Vân tay";
}

impl Field {
    /// The field of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.word() == word)
    }

    /// Whether it is a day of birth, of which month or day may be unknown.
    #[must_use]
    pub fn is_birth(self) -> bool {
        matches!(
            self,
            Self::DateOfBirth
                | Self::FatherDateOfBirth
                | Self::MotherDateOfBirth
                | Self::SpouseDateOfBirth
                | Self::RepresentativeDateOfBirth
        )
    }

    /// Whether the field holds a text, so that it may stand under `[fields]` of `record.toml`.
    #[must_use]
    pub fn is_text(self) -> bool {
        self.kind() != Kind::Other
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_finds_its_field() {
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.word()), Some(*field));
        }
        let words: BTreeSet<_> = Field::ALL.iter().map(|field| field.word()).collect();
        assert_eq!(words.len(), Field::ALL.len());
        let texts = Field::ALL.iter().filter(|field| field.is_text()).count();
        assert!(texts > 26, "{texts}");
    }
}
