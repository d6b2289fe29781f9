//! What a chip has had to do: what its memory took in, and the keys that it made.

use crypto::PublicKey;

use super::{ChipMemory, GeneratedKey, Octets, Write};

/// Octets of a page: what the memory writes at once.
pub const PAGE: usize = 64;

/// Octets that say which value follows and where it belongs.
const PLACE: usize = 4;
/// Octets of a counter of the life of a chip.
const COUNTER: usize = 4;

/// The work of a chip since it was loaded. The figures only grow; what one command took is the difference of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Pages of [`PAGE`] octets that were written. Each transaction begins a page; octets count as a chip keeps them, not as the
    /// journal spells them.
    pub pages: u64,
    /// Key pairs over a curve or in a multiplicative group that were generated.
    pub agreement_keys: u64,
    /// RSA key pairs that were generated, by the length of the modulus.
    pub rsa_2048_keys: u64,
    /// As above.
    pub rsa_3072_keys: u64,
    /// As above.
    pub rsa_4096_keys: u64,
}

impl Work {
    /// What has come since then.
    #[must_use]
    pub const fn since(&self, before: &Self) -> Self {
        Self {
            pages: self.pages.saturating_sub(before.pages),
            agreement_keys: self.agreement_keys.saturating_sub(before.agreement_keys),
            rsa_2048_keys: self.rsa_2048_keys.saturating_sub(before.rsa_2048_keys),
            rsa_3072_keys: self.rsa_3072_keys.saturating_sub(before.rsa_3072_keys),
            rsa_4096_keys: self.rsa_4096_keys.saturating_sub(before.rsa_4096_keys),
        }
    }

    /// Adds a transaction that has led to these contents.
    pub(super) fn add(&mut self, writes: &[Write], contents: &ChipMemory) {
        let octets: usize = writes.iter().map(Write::octets).sum();
        self.pages += octets.div_ceil(PAGE) as u64;
        for write in writes {
            if matches!(write, Write::Key { .. } | Write::AgreementKey { .. })
                && let Some(key) = contents.generated().last()
            {
                *self.count_of(key) += 1;
            }
        }
    }

    fn count_of(&mut self, key: &GeneratedKey) -> &mut u64 {
        const OCTETS_OF_2048_BITS: usize = 2_048 / 8;
        const OCTETS_OF_3072_BITS: usize = 3_072 / 8;
        match key {
            GeneratedKey::ChipAuthentication { .. } => &mut self.agreement_keys,
            GeneratedKey::ActiveAuthentication { key, .. } => match key.public() {
                PublicKey::Ec(_) => &mut self.agreement_keys,
                PublicKey::Rsa(key) if key.modulus().len() <= OCTETS_OF_2048_BITS => {
                    &mut self.rsa_2048_keys
                }
                PublicKey::Rsa(key) if key.modulus().len() <= OCTETS_OF_3072_BITS => {
                    &mut self.rsa_3072_keys
                }
                PublicKey::Rsa(_) => &mut self.rsa_4096_keys,
            },
        }
    }
}

impl Write {
    /// Octets that it takes in the memory of a chip. What is destroyed is overwritten where it stands: that counts as its place.
    fn octets(&self) -> usize {
        let len = |octets: &Octets| octets.as_slice().len();
        let option = |octets: &Option<Octets>| octets.as_ref().map_or(0, len);
        PLACE
            + match self {
                Self::Chip { serial, .. } => len(serial),
                Self::KeySet { enc, mac, dek, .. } => len(enc) + len(mac) + len(dek) + COUNTER,
                Self::ChannelCounter { .. } | Self::ReceiptCounter { .. } => COUNTER,
                Self::Key { pkcs8, .. } => len(pkcs8),
                Self::AgreementKey { secret, .. } => len(secret),
                Self::Job {
                    uuid,
                    digest,
                    manifest,
                    security_infos,
                    mrz_seed,
                    can,
                    ..
                } => {
                    let fixed = len(uuid) + len(digest) + len(manifest) + len(security_infos);
                    fixed + option(mrz_seed) + option(can)
                }
                Self::CountedPassword { secret, .. } => len(secret),
                Self::TerminalTrust {
                    points,
                    document_number,
                } => len(points) + option(document_number),
                Self::TrustPoints { points } => len(points),
                Self::File { octets, .. } | Self::Content { octets, .. } => len(octets),
                Self::CommitReceipt { cmac, .. } => len(cmac) + COUNTER,
                Self::State { .. }
                | Self::DestroyKeySet { .. }
                | Self::Tries { .. }
                | Self::DestroyKeys
                | Self::Retries { .. }
                | Self::DestroyJob
                | Self::Mark { .. } => 0,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(octets: usize) -> Write {
        Write::File {
            file: "dg1".to_owned(),
            at: 0,
            octets: vec![0; octets].as_slice().into(),
        }
    }

    /// Each transaction begins a page, and a value brings its place along.
    #[test]
    fn pages_are_counted_by_transaction() {
        let contents = ChipMemory::unborn();
        for (transaction, pages) in [
            (vec![], 0),
            (vec![Write::State { code: 3 }], 1),
            (vec![written(PAGE - PLACE)], 1),
            (vec![written(PAGE - PLACE + 1)], 2),
            (vec![written(PAGE), written(PAGE)], 3),
            (vec![written(10 * PAGE)], 11),
        ] {
            let mut work = Work::default();
            work.add(&transaction, &contents);
            assert_eq!(work.pages, pages);
            let before = work;
            work.add(&transaction, &contents);
            assert_eq!(work.since(&before), before);
        }
    }
}
