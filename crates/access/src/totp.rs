//! The second factor: time-based codes (RFC 6238) from any authenticator, and ten recovery codes for when it is lost.

use crypto::{CryptoRng, HashAlgorithm, SecretBytes, constant_time_eq};
use qrcode::QrCode;
use qrcode::render::svg;
use time::OffsetDateTime;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::Result;
use crate::error::SecondFactorFault;

/// Octets of the secret: as many as HMAC-SHA-1 gives (RFC 4226 §4, R6).
pub const SECRET_LEN: usize = 20;
/// Seconds of a step.
pub const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one in which a code is taken (RFC 6238 §5.2).
pub const SKEW: u16 = 1;
/// Digits of a code. Authenticators know six and SHA-1.
pub const DIGITS: u8 = 6;
/// Recovery codes that are made.
pub const RECOVERY_CODES: usize = 10;
/// Octets of a recovery code: 80 bits, beyond guessing even for who has the hashes.
const RECOVERY_LEN: usize = 10;
/// Pixels of one module of the QR code.
const QR_MODULE: u32 = 4;

/// The secret that server and authenticator share. At rest the service encrypts it.
pub struct TotpSecret(SecretBytes);

/// What the person sees once, to take the secret into an authenticator.
pub struct Enrolment {
    /// `otpauth://totp/…`, for a link.
    pub url: Zeroizing<String>,
    /// The secret in base32, to be typed.
    pub base32: Zeroizing<String>,
    /// The URL as a QR code: an SVG document.
    pub qr_svg: Zeroizing<String>,
}

impl TotpSecret {
    /// Draws one.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET_LEN]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(SecretBytes::from(bytes.as_slice()))
    }

    /// From a store.
    ///
    /// # Errors
    /// [`SecondFactorFault::Unusable`] for another length.
    pub fn from_stored(secret: SecretBytes) -> Result<Self> {
        if secret.len() == SECRET_LEN {
            Ok(Self(secret))
        } else {
            Err(SecondFactorFault::Unusable.into())
        }
    }

    /// For a store, which encrypts it.
    #[must_use]
    pub const fn to_stored(&self) -> &SecretBytes {
        &self.0
    }

    /// What the person sees once.
    ///
    /// # Errors
    /// [`SecondFactorFault::Unusable`] for a name with a colon.
    pub fn enrolment(&self, service: &str, login: &str) -> Result<Enrolment> {
        let builder = self
            .builder()
            .with_account_name(login)
            .with_issuer(Some(service));
        let unusable = SecondFactorFault::Unusable;
        let totp = builder.build().map_err(|_| unusable)?;
        let url = Zeroizing::new(totp.to_url().map_err(|_| unusable)?);
        let qr = QrCode::new(url.as_bytes()).map_err(|_| unusable)?;
        let picture = qr
            .render::<svg::Color<'_>>()
            .module_dimensions(QR_MODULE, QR_MODULE)
            .build();
        Ok(Enrolment {
            base32: Zeroizing::new(totp.secret().to_base32()),
            qr_svg: Zeroizing::new(picture),
            url,
        })
    }

    /// Checks a code and gives the step it belongs to, which is stored: that step and those before are used up.
    ///
    /// # Errors
    /// [`SecondFactorFault::WrongCode`], [`SecondFactorFault::AlreadyUsed`].
    pub fn check(
        &self,
        code: &str,
        last_used_step: Option<u64>,
        now: OffsetDateTime,
    ) -> Result<u64> {
        let wrong = SecondFactorFault::WrongCode;
        let totp = self.totp()?;
        let seconds = u64::try_from(now.unix_timestamp()).map_err(|_| wrong)?;
        let digits: Zeroizing<String> =
            Zeroizing::new(code.chars().filter(|c| *c != ' ').take(16).collect());
        let step = totp.check(&digits, seconds).ok_or(wrong)?;
        if last_used_step.is_some_and(|last| step <= last) {
            return Err(SecondFactorFault::AlreadyUsed.into());
        }
        Ok(step)
    }

    /// The code of a moment: for tests, and for who plays the authenticator.
    ///
    /// # Errors
    /// [`SecondFactorFault::Unusable`] before 1970.
    pub fn code(&self, now: OffsetDateTime) -> Result<Zeroizing<String>> {
        let seconds =
            u64::try_from(now.unix_timestamp()).map_err(|_| SecondFactorFault::Unusable)?;
        Ok(Zeroizing::new(self.totp()?.generate(seconds).to_string()))
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(Secret::from(self.0.expose()))
    }

    fn totp(&self) -> Result<Totp> {
        let builder = self.builder().with_account_name("account");
        builder
            .build()
            .map_err(|_| SecondFactorFault::Unusable.into())
    }
}

/// The hashes of the recovery codes that are left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecoveryCodes(Vec<[u8; 32]>);

impl RecoveryCodes {
    /// New codes, for the person to print, and what is stored of them.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> (Self, Vec<Zeroizing<String>>) {
        let codes: Vec<Zeroizing<String>> =
            (0..RECOVERY_CODES).map(|_| recovery_code(rng)).collect();
        (
            Self(codes.iter().map(|code| recovery_hash(code)).collect()),
            codes,
        )
    }

    /// From a store.
    #[must_use]
    pub fn from_stored(hashes: Vec<[u8; 32]>) -> Self {
        Self(hashes)
    }

    /// For a store.
    #[must_use]
    pub fn to_stored(&self) -> &[[u8; 32]] {
        &self.0
    }

    /// How many are left.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.0.len()
    }

    /// Uses one up.
    ///
    /// # Errors
    /// [`SecondFactorFault::RecoveryCode`].
    pub fn redeem(&mut self, code: &str) -> Result<()> {
        let hash = recovery_hash(code);
        let before = self.0.len();
        self.0.retain(|stored| !constant_time_eq(stored, &hash));
        if self.0.len() == before {
            return Err(SecondFactorFault::RecoveryCode.into());
        }
        Ok(())
    }
}

/// Sixteen characters of base32 in four groups.
fn recovery_code(rng: &mut dyn CryptoRng) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; RECOVERY_LEN]);
    rng.fill_bytes(bytes.as_mut_slice());
    let text = Zeroizing::new(Secret::from(bytes.as_slice()).to_base32());
    let mut code = Zeroizing::new(String::with_capacity(19));
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// Hash of a code as it may be typed: without hyphens and blanks, in whatever case.
fn recovery_hash(code: &str) -> [u8; 32] {
    let letters = code.chars().filter(char::is_ascii_alphanumeric).take(64);
    let letters: Zeroizing<String> =
        Zeroizing::new(letters.map(|c| c.to_ascii_uppercase()).collect());
    let mut hash = [0; 32];
    hash.copy_from_slice(&HashAlgorithm::Sha256.digest(letters.as_bytes()));
    hash
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;
    use crate::Error;
    use crate::test_rng::rng;

    const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);

    fn fault<T>(result: Result<T>) -> Option<SecondFactorFault> {
        match result {
            Ok(_) => None,
            Err(Error::SecondFactor(fault)) => Some(fault),
            Err(other) => panic!("{other}"),
        }
    }

    /// RFC 6238 appendix B, cut to six digits.
    #[test]
    fn the_codes_of_the_standard() {
        let secret = TotpSecret::from_stored(SecretBytes::from(*b"12345678901234567890")).unwrap();
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in cases {
            let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(secret.code(moment).unwrap().as_str(), code);
            assert_eq!(
                secret.check(code, None, moment).unwrap(),
                seconds as u64 / 30
            );
        }
    }

    #[test]
    fn a_code_is_taken_a_step_around_its_time_and_once() {
        let secret = TotpSecret::generate(&mut rng(1));
        let code = secret.code(NOW).unwrap();
        let step = NOW.unix_timestamp() as u64 / STEP_SECONDS;
        for (seconds, want) in [
            (-31, false),
            (-30, true),
            (0, true),
            (59, true),
            (60, false),
            (3600, false),
        ] {
            let result = secret.check(&code, None, NOW + Duration::seconds(seconds));
            assert_eq!(result.is_ok(), want, "{seconds} s");
        }
        assert_eq!(
            fault(secret.check(&code, Some(step), NOW)),
            Some(SecondFactorFault::AlreadyUsed)
        );
        assert_eq!(
            fault(secret.check(&code, Some(step + 1), NOW)),
            Some(SecondFactorFault::AlreadyUsed)
        );
        assert_eq!(fault(secret.check(&code, Some(step - 1), NOW)), None);
    }

    #[test]
    fn what_is_no_code() {
        let secret = TotpSecret::generate(&mut rng(1));
        let code = secret.code(NOW).unwrap();
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert!(
            secret.check(&spaced, None, NOW).is_ok(),
            "as authenticators show it"
        );
        for bad in [
            "",
            "12345",
            "+12345",
            "１２３４５６",
            "1234567",
            &"9".repeat(1 << 20),
        ] {
            assert_eq!(
                fault(secret.check(bad, None, NOW)),
                Some(SecondFactorFault::WrongCode),
                "{bad:.20}"
            );
        }
        let before_1970 = datetime!(1969-12-31 00:00 UTC);
        assert_eq!(
            fault(secret.check(&code, None, before_1970)),
            Some(SecondFactorFault::WrongCode)
        );
        assert!(TotpSecret::from_stored(SecretBytes::from([1; 19])).is_err());
    }

    #[test]
    fn enrolment_shows_the_same_secret_three_times() {
        let secret = TotpSecret::generate(&mut rng(1));
        let enrolment = secret.enrolment("Cấp thẻ TEST", "test.operator").unwrap();
        assert!(
            enrolment.url.starts_with("otpauth://totp/C%E1%BA%A5p"),
            "{}",
            enrolment.url.as_str()
        );
        assert!(
            enrolment
                .url
                .contains(&format!("secret={}", enrolment.base32.as_str()))
        );
        assert!(enrolment.qr_svg.contains("<svg") && enrolment.qr_svg.len() > 2000);
        let read = totp_rs::Totp::from_url(enrolment.url.as_str()).unwrap();
        assert_eq!(read.secret().as_ref(), secret.to_stored().expose());
        assert_eq!(
            fault(secret.enrolment("TEST", "a:b")),
            Some(SecondFactorFault::Unusable)
        );
    }

    #[test]
    fn recovery_codes_work_once_each() {
        let (mut stored, codes) = RecoveryCodes::generate(&mut rng(1));
        assert_eq!(
            (codes.len(), stored.left()),
            (RECOVERY_CODES, RECOVERY_CODES)
        );
        assert_eq!(codes[0].len(), 19);
        let typed = codes[3].to_lowercase().replace('-', " ");
        assert_eq!(fault(stored.redeem(&typed)), None);
        assert_eq!(
            fault(stored.redeem(&codes[3])),
            Some(SecondFactorFault::RecoveryCode)
        );
        for bad in ["", "AAAA-AAAA-AAAA-AAAA", &"A".repeat(1 << 20)] {
            assert_eq!(
                fault(stored.redeem(bad)),
                Some(SecondFactorFault::RecoveryCode)
            );
        }
        assert_eq!(stored.left(), RECOVERY_CODES - 1);
        let mut again = RecoveryCodes::from_stored(stored.to_stored().to_vec());
        assert!(
            codes
                .iter()
                .enumerate()
                .all(|(n, code)| again.redeem(code).is_ok() == (n != 3))
        );
    }
}
