//! The line to a party's webhook. It leads to the internet and nowhere else: a party could name an address inside of the data centre.
//!
//! Names are resolved when the connection is made, and the addresses that come of it are looked at then, so that a name that leads elsewhere
//! the second time helps nobody. No redirect is followed, no proxy taken from the environment.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::{Fault, Result};

/// Octets of an address at most.
pub const MAX_URL: usize = 500;
/// Octets of an answer that are read: nobody looks at them.
const MAX_ANSWER: u64 = 4 * 1024;

/// Where webhooks may lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Also to private addresses: for a register whose parties are in its own network.
    pub private: bool,
    /// Also without TLS, to this machine: for tests and demonstrations.
    pub plain_loopback: bool,
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// It was taken: 2xx.
    Taken,
    /// The receiver is gone for good: 410.
    Gone,
    /// Another answer.
    Refused(u16),
    /// No answer, or not in time.
    Unreachable,
}

/// A line to webhooks.
#[derive(Debug, Clone)]
pub struct Receiver {
    agent: Agent,
    reach: Reach,
}

impl Receiver {
    /// A line that trusts the authorities of a PEM file.
    ///
    /// # Errors
    /// [`crate::Error::Access`] when there is no certificate in it.
    pub fn new(authorities_pem: &[u8], reach: Reach) -> crate::Result<Self> {
        let agent = access::http_client::agent_with_resolver(authorities_pem, Guarded::new(reach))?;
        Ok(Self { agent, reach })
    }

    /// A line to this machine, without TLS.
    #[must_use]
    pub fn for_loopback() -> Self {
        let reach = Reach {
            private: true,
            plain_loopback: true,
        };
        let agent = access::http_client::loopback_agent_with_resolver(Guarded::new(reach));
        Self { agent, reach }
    }

    /// Where it leads.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether a message may go to an address.
    ///
    /// # Errors
    /// [`Fault::Content`].
    pub fn check(&self, url: &str) -> Result<()> {
        self.reach.check(url)
    }

    /// Sends a message and waits for the answer.
    pub fn post(&self, url: &str, fields: &[(&str, String)], body: &[u8]) -> Delivered {
        if self.check(url).is_err() {
            return Delivered::Unreachable;
        }
        let mut request = self.agent.post(url);
        for (name, value) in fields {
            request = request.header(*name, value);
        }
        let Ok(mut answer) = request.send(body) else {
            return Delivered::Unreachable;
        };
        // A short answer leaves the connection usable.
        let _ = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_vec();
        match answer.status().as_u16() {
            200..=299 => Delivered::Taken,
            410 => Delivered::Gone,
            status => Delivered::Refused(status),
        }
    }
}

impl Reach {
    /// Whether a message may go to an address, as far as the address itself tells.
    ///
    /// # Errors
    /// [`Fault::Content`].
    pub fn check(self, url: &str) -> Result<()> {
        let refused = || Fault::Content("url: https, a host, no user, no fragment");
        let is_plain =
            url.len() <= MAX_URL && url.bytes().all(|c| c.is_ascii_graphic()) && !url.contains('#');
        let uri: Uri = url.parse().ok().filter(|_| is_plain).ok_or_else(refused)?;
        let authority = uri
            .authority()
            .filter(|authority| !authority.as_str().contains('@'))
            .ok_or_else(refused)?;
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let address: Option<IpAddr> = host.parse().ok();
        let is_local = address.is_some_and(|address| address.is_loopback());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.plain_loopback && is_local => {}
            _ => return Err(refused()),
        }
        if host.is_empty() || authority.port_u16() == Some(0) {
            return Err(refused());
        }
        match address {
            Some(address) if !self.admits(address) => {
                Err(Fault::Content("url: not a public address"))
            }
            _ => Ok(()),
        }
    }

    /// Whether a connection may be made to an address.
    fn admits(self, address: IpAddr) -> bool {
        is_public(address)
            || self.private && (is_private(address) || self.plain_loopback && address.is_loopback())
    }
}

/// Resolves names, and leaves out what may not be reached.
#[derive(Debug)]
struct Guarded {
    names: DefaultResolver,
    reach: Reach,
}

impl Guarded {
    fn new(reach: Reach) -> Self {
        Self {
            names: DefaultResolver::default(),
            reach,
        }
    }
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> core::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut admitted = self.empty();
        for address in found
            .iter()
            .filter(|address| self.reach.admits(address.ip()))
        {
            admitted.push(*address);
        }
        if admitted.is_empty() {
            Err(ureq::Error::HostNotFound)
        } else {
            Ok(admitted)
        }
    }
}

/// Whether an address is one of the internet (the registries of RFC 6890 and what was added since).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, ..] = address.segments();
    let within = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high, low].map(u16::to_be_bytes);
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // 6to4, with an address of version 4 in it.
        (0x2002, _) => within(second, third),
        // Teredo, documentation, benchmarks and other special uses.
        (0x2001, 0..=0x01FF | 0x0DB8) | (0x3FFF, _) => false,
        // Of all others only the global unicast ones: no mapped, translated, local or multicast ones.
        (first, _) => first & 0xE000 == 0x2000,
    }
}

/// Private networks. Link-local addresses are not among them: there the machine itself and its cloud answer.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address
            .segments()
            .first()
            .is_some_and(|first| first & 0xFE00 == 0xFC00),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_and_nothing_else() {
        let check = |address: &str, public: bool, private: bool| {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Reach::default().admits(address), public, "{address}");
            let reach = Reach {
                private: true,
                plain_loopback: false,
            };
            assert_eq!(reach.admits(address), public || private, "{address}");
        };
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "172.15.0.1",
            "172.32.0.1",
            "223.255.255.255",
            "2606:4700::1",
            "2002:0101:0101::",
        ] {
            check(address, true, false);
        }
        for address in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "fd00::1",
        ] {
            check(address, false, true);
        }
        for address in [
            "0.0.0.0",
            "127.0.0.1",
            "127.8.8.8",
            "100.64.0.1",
            "169.254.169.254",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:0001::",
            "2002:0a00:0001::",
        ] {
            check(address, false, false);
        }
    }

    #[test]
    fn addresses_are_looked_at_before_they_are_kept() {
        let check = |url: &str, holds: bool| {
            assert_eq!(Reach::default().check(url).is_ok(), holds, "{url}");
        };
        check("https://party.example/hooks?of=us", true);
        check("https://party.example:8443/", true);
        check("https://[2606:4700::1]/", true);
        let long = format!("https://party.example/{}", "x".repeat(MAX_URL));
        for url in [
            "",
            "party.example",
            "http://party.example/",
            "ftp://party.example/",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user@party.example/",
            "https://user:secret@party.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://party.example/#x",
            "https://party.example/ x",
            "https://party.example\r\n/",
            "https://party.example:0/",
            &long,
        ] {
            check(url, false);
        }
        let local = Reach {
            private: true,
            plain_loopback: true,
        };
        assert!(local.check("http://127.0.0.1:80/").is_ok());
        assert!(local.check("http://party.example/").is_err());
    }
}
