//! The terminal's end of terminal authentication.

use iso7816::tlv::{self};
use iso7816::{Channel, CommandApdu, Ins, Le, StatusWord};

use super::binding::Binding;
use super::certificate::Certificate;
use super::dates::Date;
use super::fault::CertificateFault;
use super::holder_authorization::Role;
use super::objects::tag;
use super::reference::{AuthorityReference, HolderReference};
use super::signer::Signer;
use super::{CHALLENGE_LEN, MAX_LINKS, SET_AT, SET_DST, VERIFY_CERTIFICATE};
use crate::error::{Fault, Step};
use crate::exchange::exchange;
use crate::{Error, Result};

/// The certificates that lead from a key the chip trusts to a terminal, in the order they are presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path<'a> {
    certificates: Vec<&'a Certificate>,
    terminal: &'a Certificate,
}

impl<'a> Path<'a> {
    /// Finds the way with the fewest links. `trusted` are the names that the chip gave: of EF.CVCA, or DO'87' and DO'88' of
    /// PACE. Certificates that have expired `today` are not taken; links may have.
    ///
    /// Signatures are the chip's to verify.
    ///
    /// # Errors
    /// [`CertificateFault::NoChain`] when the certificates do not suffice.
    pub fn find(
        trusted: &[AuthorityReference],
        certificates: &'a [Certificate],
        terminal: &HolderReference,
        today: Date,
    ) -> Result<Self> {
        let holder_is =
            |certificate: &&Certificate, name: &HolderReference| certificate.body().holder == *name;
        let usable = |certificate: &&Certificate| !certificate.body().period.is_over(today);
        let role = |certificate: &&Certificate| certificate.body().authorization.role();
        certificates
            .iter()
            .filter(|own| holder_is(own, terminal) && role(own) == Role::Terminal && usable(own))
            .flat_map(|own| {
                certificates
                    .iter()
                    .filter(move |verifier| {
                        holder_is(verifier, &own.body().authority)
                            && role(verifier).is_verifier()
                            && usable(verifier)
                    })
                    .map(move |verifier| (own, verifier))
            })
            .filter_map(|(own, verifier)| {
                let mut path = links(trusted, certificates, &verifier.body().authority)?;
                path.extend([verifier, own]);
                Some(Self {
                    certificates: path,
                    terminal: own,
                })
            })
            .min_by_key(|path| path.certificates.len())
            .ok_or(Error::Certificate(CertificateFault::NoChain))
    }

    /// The certificates: links, the document verifier's, the terminal's.
    #[must_use]
    pub fn certificates(&self) -> &[&'a Certificate] {
        &self.certificates
    }

    /// The terminal's certificate.
    #[must_use]
    pub const fn terminal(&self) -> &'a Certificate {
        self.terminal
    }
}

/// The links from a trusted name to a wanted one, breadth first from the wanted one.
fn links<'a>(
    trusted: &[AuthorityReference],
    certificates: &'a [Certificate],
    wanted: &AuthorityReference,
) -> Option<Vec<&'a Certificate>> {
    let mut ways: Vec<(&AuthorityReference, Vec<&'a Certificate>)> = vec![(wanted, Vec::new())];
    let mut seen = vec![wanted];
    for _ in 0..=MAX_LINKS {
        if let Some((_, way)) = ways.iter().find(|(name, _)| trusted.contains(name)) {
            return Some(way.iter().rev().copied().collect());
        }
        let mut longer = Vec::new();
        for (name, way) in &ways {
            for link in certificates {
                let next = &link.body().authority;
                if link.is_link() && link.body().holder == **name && !seen.contains(&next) {
                    seen.push(next);
                    longer.push((next, [way.as_slice(), &[link]].concat()));
                }
            }
        }
        ways = longer;
    }
    None
}

/// Presents the certificates to the chip and proves to have the terminal's key (Doc 9303-11 §7.1.2), inside a session of
/// chip authentication. From then on the chip opens what the certificates allow.
///
/// `bindings` are tried in turn, each with a challenge of its own: one is enough for a chip of the standard, a second one
/// for chips that bind to the document number although PACE was run (TR-03110-1 §3.5). Only a signature that the chip calls
/// wrong, `6300`, leads on to the next: a second signature is given away where it may help and nowhere else. The place in the
/// row of the binding that the chip took comes back.
///
/// # Errors
/// [`Error::CardRefused`] with the step that the chip refused, [`Error::CardMisbehaved`], [`Error::Transport`]; what the
/// signer says.
pub fn authenticate<S: Signer>(
    channel: &mut dyn Channel,
    path: &Path<'_>,
    bindings: &[Binding],
    signer: &mut S,
) -> core::result::Result<usize, S::Error> {
    present(channel, path)?;
    let mut refused = Error::Misuse("terminal authentication without a binding");
    for (place, binding) in bindings.iter().enumerate() {
        match prove(channel, path.terminal, binding, signer)? {
            Answer::Accepted => return Ok(place),
            Answer::WrongSignature(error) => refused = error,
        }
    }
    Err(refused.into())
}

/// MSE:Set DST and PSO:Verify Certificate for every certificate. Also the way to bring a chip new trust points without
/// authenticating.
///
/// # Errors
/// As [`authenticate`].
pub fn present(channel: &mut dyn Channel, path: &Path<'_>) -> Result<()> {
    for certificate in &path.certificates {
        let command = set(SET_DST, &certificate.body().authority);
        exchange(channel, &command, Step::TerminalAuthenticationSetDst)?;
        let [p1, p2] = VERIFY_CERTIFICATE;
        let command = CommandApdu::new(0x00, Ins::PERFORM_SECURITY_OPERATION, p1, p2)
            .with_data(certificate.to_command());
        exchange(channel, &command, Step::TerminalAuthenticationCertificate)?;
    }
    Ok(())
}

enum Answer {
    Accepted,
    WrongSignature(Error),
}

fn prove<S: Signer>(
    channel: &mut dyn Channel,
    terminal: &Certificate,
    binding: &Binding,
    signer: &mut S,
) -> core::result::Result<Answer, S::Error> {
    let challenge = challenge(channel, &terminal.body().holder)?;
    let signature = signer.sign(terminal.body().key.scheme(), &binding.message(&challenge))?;
    let command = CommandApdu::new(0x00, Ins::EXTERNAL_AUTHENTICATE, 0, 0).with_data(signature);
    match exchange(channel, &command, Step::TerminalAuthenticationProof) {
        Ok(_) => Ok(Answer::Accepted),
        Err(error @ Error::CardRefused { sw, .. }) if sw == StatusWord::AUTHENTICATION_FAILED => {
            Ok(Answer::WrongSignature(error))
        }
        Err(error) => Err(error.into()),
    }
}

/// MSE:Set AT and GET CHALLENGE.
fn challenge(channel: &mut dyn Channel, terminal: &HolderReference) -> Result<Vec<u8>> {
    exchange(
        channel,
        &set(SET_AT, terminal),
        Step::TerminalAuthenticationSetAt,
    )?;
    let command =
        CommandApdu::new(0x00, Ins::GET_CHALLENGE, 0, 0).with_le(Le::saturating(CHALLENGE_LEN));
    let step = Step::TerminalAuthenticationChallenge;
    let challenge = exchange(channel, &command, step)?;
    if challenge.len() == CHALLENGE_LEN {
        return Ok(challenge);
    }
    Err(Error::CardMisbehaved {
        step,
        fault: Fault::Length {
            expected: CHALLENGE_LEN,
            found: challenge.len(),
        },
    })
}

fn set([p1, p2]: [u8; 2], name: &HolderReference) -> CommandApdu {
    CommandApdu::new(0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2)
        .with_data(tlv::encode(tag::KEY_REFERENCE, name.as_bytes()))
}
