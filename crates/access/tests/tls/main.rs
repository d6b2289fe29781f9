//! Devices at the listener, on loopback: who is let in, as whom, and who holds nobody up.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod bench;

use std::time::Duration;

use access::device::{Device, DeviceAuthority, DeviceKind};
use access::http_client::device_agent;
use access::tls::TlsLimits;
use bench::{Bench, NOW, Trust, device, rng, signer};
use time::Duration as Span;
use tokio::net::TcpStream;

/// What the handler answers a device.
fn welcome(device: &Device) -> Option<String> {
    Some(format!("{} {}", device.uri(), device.name))
}

#[tokio::test]
async fn a_device_is_known_by_its_certificate() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    for kind in DeviceKind::ALL {
        let device = device(kind, "Trạm TEST");
        let pair = bench
            .authority
            .issue_with_key(&device, NOW, &mut rng(7))
            .unwrap();
        assert_eq!(bench.ask(Some(&pair)).await, welcome(&device));
    }
}

#[tokio::test]
async fn a_device_makes_its_own_key() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    let own = signer(9);
    let request =
        access::device::certificate_request(&*own.0, "what the device calls itself").unwrap();
    let device = device(DeviceKind::Station, "what we call it");
    let issued = bench
        .authority
        .issue(&device, &request, NOW, &mut rng(7))
        .unwrap();
    let pair = access::device::KeyPair {
        issued,
        private_key: own.1,
    };
    assert_eq!(bench.ask(Some(&pair)).await, welcome(&device));
}

#[tokio::test]
async fn who_is_not_let_in() {
    let foreign =
        DeviceAuthority::create(signer(50).0, "SPECIMEN devices", NOW, &mut rng(51)).unwrap();
    for trust in [Trust::Required, Trust::Optional] {
        let bench = Bench::start(trust, TlsLimits::default()).await;
        let station = device(DeviceKind::Station, "TEST");
        let issue = |at| {
            bench
                .authority
                .issue_with_key(&station, at, &mut rng(7))
                .unwrap()
        };
        let cases = [
            ("expired", issue(NOW - Span::days(366))),
            ("of tomorrow", issue(NOW + Span::DAY)),
            (
                "of another authority of the same name",
                foreign.issue_with_key(&station, NOW, &mut rng(7)).unwrap(),
            ),
            (
                "a server's",
                bench
                    .authority
                    .issue_server(&["localhost"], NOW, &mut rng(7))
                    .unwrap(),
            ),
        ];
        for (what, pair) in cases {
            assert_eq!(bench.ask(Some(&pair)).await, None, "{what}");
        }
        let revoked = issue(NOW);
        assert!(bench.ask(Some(&revoked)).await.is_some());
        bench.revoke(revoked.issued.serial);
        assert_eq!(bench.ask(Some(&revoked)).await, None, "revoked");
        let nobody = matches!(trust, Trust::Optional).then(|| "nobody".to_owned());
        assert_eq!(bench.ask(None).await, nobody, "no certificate");
    }
}

/// A session that is resumed would not look at the list.
#[tokio::test]
async fn a_revoked_device_does_not_resume() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    let station = device(DeviceKind::Station, "TEST");
    let pair = bench
        .authority
        .issue_with_key(&station, NOW, &mut rng(7))
        .unwrap();
    let config = bench.client(Some(&pair));
    assert!(bench.ask_by(config.clone()).await.is_some());
    bench.revoke(pair.issued.serial);
    assert_eq!(bench.ask_by(config).await, None);
}

#[tokio::test]
async fn a_client_refuses_a_server_of_another_authority() {
    let bench = Bench::start(Trust::Optional, TlsLimits::default()).await;
    let foreign =
        DeviceAuthority::create(signer(50).0, "SPECIMEN devices", NOW, &mut rng(51)).unwrap();
    assert_eq!(
        bench
            .ask_by(bench::client_of(foreign.certificate(), None))
            .await,
        None
    );
    assert!(bench.ask_by(bench.client(None)).await.is_some());
}

#[tokio::test]
async fn silent_hands_hold_nobody_up() {
    let limits = TlsLimits {
        handshake: Duration::from_secs(60),
        handshakes_per_address: 200,
        ..TlsLimits::default()
    };
    let bench = Bench::start(Trust::Optional, limits).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(bench.address).await.unwrap());
    }
    let answer = tokio::time::timeout(Duration::from_secs(20), bench.ask(None)).await;
    assert_eq!(answer.unwrap().as_deref(), Some("nobody"));
}

#[tokio::test]
async fn limits_end_what_stands_still() {
    let limits = TlsLimits {
        connections: 2,
        connections_per_address: 2,
        handshakes: 2,
        handshakes_per_address: 2,
        handshake: Duration::from_millis(300),
        idle: Duration::from_millis(300),
    };
    let bench = Bench::start(Trust::Optional, limits).await;
    // Two that never shake hands, then two that do and say nothing: each time every place is taken.
    let silent = [
        TcpStream::connect(bench.address).await.unwrap(),
        TcpStream::connect(bench.address).await.unwrap(),
    ];
    assert_eq!(bench.ask(None).await.as_deref(), Some("nobody"));
    let idle = [
        bench.connect(bench.client(None)).await.unwrap(),
        bench.connect(bench.client(None)).await.unwrap(),
    ];
    assert_eq!(bench.ask(None).await.as_deref(), Some("nobody"));
    drop((silent, idle));
}

#[tokio::test]
async fn one_address_does_not_take_all_handshakes() {
    let limits = TlsLimits {
        handshakes_per_address: 4,
        handshake: Duration::from_secs(60),
        ..TlsLimits::default()
    };
    let bench = Bench::start(Trust::Optional, limits).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(bench.address).await.unwrap());
    }
    assert!(
        bench.connect(bench.client(None)).await.is_none(),
        "the fifth is hung up on"
    );
    drop(silent);
    let come_back = async {
        while bench.ask(None).await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), come_back)
        .await
        .unwrap();
}

/// Connections that say nothing keep their own address out, and nobody else.
#[tokio::test]
async fn one_address_does_not_take_all_connections() {
    let limits = TlsLimits {
        connections: 8,
        connections_per_address: 3,
        idle: Duration::from_secs(600),
        ..TlsLimits::default()
    };
    let bench = Bench::start(Trust::Optional, limits).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(bench.connect(bench.client(None)).await.unwrap());
    }
    for _ in 0..10 {
        assert!(
            bench.connect(bench.client(None)).await.is_none(),
            "the fourth is hung up on"
        );
    }
    let elsewhere = bench.connect_from("127.0.0.2", bench.client(None)).await;
    assert!(elsewhere.is_some(), "another address is let in");
    // A place that is given back is taken again.
    idle.pop();
    let come_back = async {
        while bench.ask(None).await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), come_back)
        .await
        .unwrap();
}

/// The blocking client of card-tool and station.
#[tokio::test]
async fn the_http_client_of_a_device() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    let station = device(DeviceKind::Station, "TEST");
    // This client reads the system's clock.
    let now = time::OffsetDateTime::now_utc();
    bench.set_clock(now);
    let authority = bench.authority.certificate().to_vec();
    let pair = bench
        .authority
        .issue_with_key(&station, now, &mut rng(7))
        .unwrap();
    let agent = device_agent(&authority, &[pair.issued.certificate], &pair.private_key).unwrap();
    let url = format!("https://localhost:{}/", bench.address.port());
    let answer = tokio::task::spawn_blocking(move || {
        agent
            .get(&url)
            .call()
            .map(|mut response| response.body_mut().read_to_string().unwrap())
    });
    assert_eq!(answer.await.unwrap().ok(), welcome(&station));
}

#[tokio::test]
async fn requests_that_are_not_taken() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    let station = device(DeviceKind::Station, "TEST");
    let good = access::device::certificate_request(&*signer(9).0, "TEST").unwrap();
    assert!(
        bench
            .authority
            .issue(&station, &good, NOW, &mut rng(7))
            .is_ok()
    );
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    let mut other_name = good.clone();
    let place = good
        .windows(4)
        .position(|window| window == b"TEST")
        .unwrap();
    other_name[place] = b'B';
    let cases: [(&str, Vec<u8>); 6] = [
        ("another signature", forged),
        ("another name", other_name),
        ("nothing", Vec::new()),
        ("cut", good[..good.len() - 1].to_vec()),
        ("longer", [good.as_slice(), b"\0"].concat()),
        ("huge", vec![0x30; 1 << 20]),
    ];
    for (what, request) in cases {
        assert!(
            bench
                .authority
                .issue(&station, &request, NOW, &mut rng(7))
                .is_err(),
            "{what}"
        );
    }
    let nameless = Device {
        name: String::new(),
        ..station
    };
    assert!(
        bench
            .authority
            .issue(&nameless, &good, NOW, &mut rng(7))
            .is_err()
    );
    for hosts in [
        &[][..],
        &["a b"],
        &[""],
        &["-x.test"],
        &["x".repeat(254).as_str()],
    ] {
        assert!(
            bench
                .authority
                .issue_server(hosts, NOW, &mut rng(7))
                .is_err(),
            "{hosts:?}"
        );
    }
}

#[tokio::test]
async fn an_authority_opens_with_its_own_key_only() {
    let bench = Bench::start(Trust::Required, TlsLimits::default()).await;
    let certificate = bench.authority.certificate().to_vec();
    assert!(DeviceAuthority::open(signer(bench::AUTHORITY).0, certificate.clone()).is_ok());
    assert!(
        DeviceAuthority::open(signer(50).0, certificate.clone()).is_err(),
        "another key"
    );
    let pair = bench
        .authority
        .issue_with_key(&device(DeviceKind::Station, "TEST"), NOW, &mut rng(7))
        .unwrap();
    assert!(
        DeviceAuthority::open(signer(bench::AUTHORITY).0, pair.issued.certificate).is_err(),
        "a device's"
    );
    assert!(DeviceAuthority::open(signer(bench::AUTHORITY).0, certificate[1..].to_vec()).is_err());
}
