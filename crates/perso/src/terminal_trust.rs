//! Whom a chip trusts for terminal authentication when it leaves the issuer, and what day it takes it to be then.

use protocols::terminal_authentication::{Certificate, Date, MAX_TRUST_POINTS, Policy, TrustPoint};
use time::UtcOffset;

use crate::{Error, Order, Result};

/// Trust points and date of a job: one or two self-signed certificates of CVCAs, the newest first (chapter 05 §7 of the
/// applet's law).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalTrust {
    today: Date,
    certificates: Vec<Vec<u8>>,
}

impl TerminalTrust {
    /// Reads the certificates and asks what the chip will ask.
    ///
    /// # Errors
    /// [`Error::TrustPoint`] unless there are one or two that belong to CVCAs, sign themselves by an algorithm of
    /// Doc 9303-11 §7.1.4, stand in their order, and the newest has not expired.
    pub fn new(today: Date, certificates: Vec<Vec<u8>>) -> Result<Self> {
        let points: Vec<TrustPoint> = certificates
            .iter()
            .take(MAX_TRUST_POINTS + 1)
            .map(|certificate| trust_point(certificate))
            .collect::<Result<_>>()?;
        let in_order = match points.as_slice() {
            [_] => true,
            [newest, previous] => {
                newest.holder() != previous.holder()
                    && previous.period().effective() <= newest.period().effective()
            }
            _ => return Err(Error::TrustPoint("a chip takes one or two of them")),
        };
        if !in_order {
            return Err(Error::TrustPoint("the newest stands first, each once"));
        }
        let is_over = |newest: &TrustPoint| newest.period().is_over(today);
        if points.first().is_some_and(is_over) {
            return Err(Error::TrustPoint("the newest has expired"));
        }
        Ok(Self {
            today,
            certificates,
        })
    }

    /// What an order gives; `None` without trust points. The chip begins with the day of signing.
    pub(crate) fn of_order(order: &Order<'_>) -> Result<Option<Self>> {
        if order.trust_points.is_empty() {
            return Ok(None);
        }
        // The chip's date is that of GMT, as those of certificates are: in the east of it a new day has begun too early.
        let day = order.now.to_offset(UtcOffset::UTC).date();
        let today = u16::try_from(day.year())
            .ok()
            .and_then(|year| Date::new(year, day.month().into(), day.day()))
            .ok_or(Error::TrustPoint(
                "certificates know the years 2000 to 2099",
            ))?;
        Self::new(today, order.trust_points.to_vec()).map(Some)
    }

    /// The date that the chip begins with.
    #[must_use]
    pub const fn today(&self) -> Date {
        self.today
    }

    /// The certificates, the newest first.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }
}

fn trust_point(certificate: &[u8]) -> Result<TrustPoint> {
    Certificate::parse(certificate)
        .and_then(|certificate| TrustPoint::self_signed(&certificate, Policy::default()))
        .map_err(|_| Error::TrustPoint("it is no self-signed certificate of a CVCA"))
}
