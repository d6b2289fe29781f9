//! What we encode we decode, at every size.

use wsq_image::{
    Error, Limits, NistCom, Options, Picture, decode, encode, encode_to_size, read_header,
};

use crate::pictures::{psnr, ridges};

fn there_and_back(pixels: &[u8], width: u16, height: u16, options: &Options) -> (usize, Vec<u8>) {
    let picture = Picture::new(pixels, width, height).unwrap();
    let codestream = encode(&picture, options).unwrap();
    let decoded = decode(&codestream, &Limits::DEFAULT).unwrap();
    let frame = &decoded.header.frame;
    assert_eq!((frame.width, frame.height), (width, height));
    (codestream.len(), decoded.pixels)
}

/// Sides down to one pixel: subbands that are empty or of one sample.
#[test]
fn every_size() {
    let sides = [1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 64, 65, 100];
    let options = Options {
        bit_rate: 4.0,
        ..Options::default()
    };
    for width in sides {
        for height in sides {
            let pixels = ridges(width, height, u32::from(width + height));
            let (_, back) = there_and_back(&pixels, width, height, &options);
            let psnr = psnr(&pixels, &back);
            assert!(psnr > 24.0, "{width} × {height}: {psnr}");
        }
    }
}

/// More bits, more octets, a nearer picture; up to what the standard leaves out, a quarter of the finest detail.
#[test]
fn more_bits_are_nearer() {
    let pixels = ridges(160, 200, 3);
    let mut before = (0, 0.0);
    for bit_rate in [0.1, 0.5, 0.75, 1.5, 2.25, 5.0] {
        let options = Options {
            bit_rate,
            ..Options::default()
        };
        let (octets, back) = there_and_back(&pixels, 160, 200, &options);
        let now = (octets, psnr(&pixels, &back));
        assert!(
            now.0 > before.0 && now.1 > before.1,
            "{bit_rate}: {now:?}, {before:?}"
        );
        before = now;
    }
    assert!(before.1 > 33.0, "{before:?}");
}

/// Where numbers run out: one grey, two greys, a dot, and rates at which coefficients would not fit 16 bits.
#[test]
fn pictures_with_nothing_in_them() {
    let (width, height) = (90, 70);
    let with = |what: &dyn Fn(usize) -> u8| (0..6300).map(what).collect::<Vec<u8>>();
    let pictures = [
        ("black", with(&|_| 0), 90.0),
        ("white", with(&|_| 255), 90.0),
        ("grey", with(&|_| 77), 90.0),
        ("halves", with(&|i| if i % 90 < 45 { 0 } else { 255 }), 30.0),
        ("stripes", with(&|i| (i % 2) as u8), 40.0),
        ("slope", with(&|i| (100 + i % 90 / 9) as u8), 40.0),
        ("dot", with(&|i| if i == 3333 { 255 } else { 0 }), 20.0),
    ];
    for (name, pixels, least) in pictures {
        for bit_rate in [0.001, 0.75, 2.25, 8.0, 100.0, 1e38] {
            let options = Options {
                bit_rate,
                ..Options::default()
            };
            let (_, back) = there_and_back(&pixels, width, height, &options);
            let psnr = psnr(&pixels, &back);
            assert!(
                psnr > least || bit_rate < 0.1,
                "{name} at {bit_rate}: {psnr}"
            );
        }
    }
}

#[test]
fn rates_and_pictures_that_are_none() {
    let pixels = ridges(100, 100, 1);
    let picture = Picture::new(&pixels, 100, 100).unwrap();
    for bit_rate in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let options = Options {
            bit_rate,
            ..Options::default()
        };
        assert!(
            matches!(encode(&picture, &options), Err(Error::BitRate { .. })),
            "{bit_rate}"
        );
    }
    for (width, height) in [(100, 99), (0, 100), (1, 10001)] {
        assert!(matches!(
            Picture::new(&pixels, width, height),
            Err(Error::PixelCount { given: 10000, .. })
        ));
    }
    assert!(Picture::new(&[], 0, 0).is_err());
    let options = Options {
        comments: vec![vec![b'x'; 65534]],
        ..Options::default()
    };
    assert_eq!(
        encode(&picture, &options),
        Err(Error::CommentTooLong { len: 65534 })
    );
}

/// As large as allowed, and not much smaller.
#[test]
fn a_budget_is_kept_and_used() {
    let pixels = ridges(300, 300, 2);
    let picture = Picture::new(&pixels, 300, 300).unwrap();
    let options = Options {
        bit_rate: 3.0,
        ..Options::default()
    };
    for budget in [4000, 6000, 10_000] {
        let len = encode_to_size(&picture, &options, budget).unwrap().len();
        assert!(len <= budget && len * 20 > budget * 19, "{len} of {budget}");
    }
    let whole = encode(&picture, &options).unwrap();
    assert_eq!(encode_to_size(&picture, &options, whole.len()), Ok(whole));
    let refused = encode_to_size(&picture, &options, 600);
    assert!(
        matches!(
            refused,
            Err(Error::Budget {
                budget: 600,
                least: 601..
            })
        ),
        "{refused:?}"
    );
}

#[test]
fn comments_and_numbers_come_back() {
    let pixels = ridges(50, 60, 9);
    let options = Options {
        ppi: Some(1000),
        fields: vec![("FING_CLASS".to_owned(), "W".to_owned())],
        comments: vec![b"first".to_vec(), vec![0, 255, 0xA1]],
        software: 0xABCD,
        ..Options::default()
    };
    let codestream = encode(&Picture::new(&pixels, 50, 60).unwrap(), &options).unwrap();
    let header = read_header(&codestream, &Limits::DEFAULT).unwrap();
    assert_eq!(
        (header.ppi(), header.frame.software, header.frame.encoder),
        (Some(1000), 0xABCD, 2)
    );
    assert_eq!(
        header
            .nistcom()
            .as_ref()
            .and_then(|com| com.value("FING_CLASS")),
        Some("W")
    );
    assert_eq!(header.comments[1..], options.comments[..]);
    assert_eq!(NistCom::parse(&header.comments[1]), None);
}
