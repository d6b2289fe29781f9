//! Codes of nationalities and issuers (Doc 9303-3 §5).

/// Whether the code is one of the lists.
pub(super) fn is_known(code: &str) -> bool {
    let mut all = STATES.split(' ').chain(OTHERS.split(' '));
    all.any(|known| known == code)
}

/// ISO 3166-1 alpha-3 but for Germany.
const STATES: &str = "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR \
     BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL \
     COM CPV CRI CUB CUW CXR CYM CYP CZE DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA \
     FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI \
     HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN \
     LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP \
     MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER \
     PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV \
     SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN \
     TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE";

/// Germany, British nationalities, organisations, persons without a nationality, Kosovo, and the state of specimens.
const OTHERS: &str = "D GBD GBN GBO GBP GBS EUE UNA UNK UNO XBA XCC XCE XCO XEC XES XIM XMP XOM XPO XDC RKS \
     XXA XXB XXC XXX UTO";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::is_state_code;

    #[test]
    fn knows_the_codes_in_use() {
        assert_eq!(STATES.split(' ').count(), 248);
        assert!(STATES.split(' ').is_sorted());
        assert!(
            STATES
                .split(' ')
                .chain(OTHERS.split(' '))
                .all(is_state_code)
        );
        for known in ["VNM", "LAO", "D", "XXA", "UTO", "ZWE", "ABW"] {
            assert!(is_state_code(known) && is_known(known), "{known}");
        }
        for unknown in ["ZQX", "DEU", "XYZ"] {
            assert!(is_state_code(unknown) && !is_known(unknown), "{unknown}");
        }
        for malformed in ["", "A", "VN", "vnm", "VNMX", "ABW AFG"] {
            assert!(!is_state_code(malformed), "{malformed}");
        }
    }
}
