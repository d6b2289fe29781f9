//! What goes wrong between here and an identity provider.

/// Why somebody who came by an identity provider was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcFault {
    /// The settings cannot work.
    #[error(
        "the settings need an issuer and a redirect URI by https (http on loopback only) and a client id"
    )]
    Settings,
    /// A claim would make administrators.
    #[error(
        "the settings must not map a claim to the role administrator: it is given here, by two administrators"
    )]
    AdministratorByClaim,
    /// No answer.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// The metadata.
    #[error("the provider's metadata is not usable, or names another issuer")]
    Metadata,
    /// The keys.
    #[error("the provider's keys are not usable")]
    Keys,
    /// The browser came back with a state that it was not sent with.
    #[error("this sign-in was not begun in this browser, or too long ago: begin again")]
    State,
    /// The answer is another provider's (RFC 9207).
    #[error("the answer came from another provider")]
    AnswerOfAnother,
    /// The provider said no, or the person did.
    #[error("the provider did not let the person in")]
    Refused,
    /// Neither a code nor an error.
    #[error("the provider's answer has no usable code")]
    NoCode,
    /// The code was not taken.
    #[error("the provider did not take the code (status {status})")]
    CodeRefused {
        /// The status code of HTTP.
        status: u16,
    },
    /// The answer to the code.
    #[error("the provider's answer has no ID token")]
    TokenAnswer,
    /// The token cannot be read.
    #[error("the ID token is malformed")]
    Malformed,
    /// The algorithm is not one of ours: `none` and those of shared secrets are not.
    #[error("the ID token is signed by an algorithm that is not taken")]
    Algorithm,
    /// No such key.
    #[error("the ID token is signed by a key that the provider does not publish")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the ID token's signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("the ID token is another issuer's")]
    Issuer,
    /// Not for us.
    #[error("the ID token is for somebody else")]
    Audience,
    /// Too old, or of tomorrow.
    #[error("the ID token has expired or is not valid yet: compare the clocks")]
    Time,
    /// Of another sign-in.
    #[error("the ID token belongs to another sign-in")]
    Nonce,
    /// The person's name there.
    #[error("the ID token does not say who the person is")]
    Subject,
    /// The claim of roles has another form.
    #[error("the claim of roles is neither words nor a list of words")]
    RoleClaim,
}
