//! Layers against numbers computed by hand.

use super::*;

/// Eight channels of which the first has this value.
fn first(value: f32) -> Lane {
    let mut lane = [0.0; LANE];
    lane[0] = value;
    lane
}

fn map(width: usize, height: usize, values: &[f32]) -> Map {
    Map {
        width,
        height,
        lanes: 1,
        values: values.iter().map(|value| first(*value)).collect(),
    }
}

fn firsts(values: &[Lane]) -> Vec<f32> {
    values.iter().map(|lane| lane[0]).collect()
}

/// A pointwise layer whose first output is the first input.
fn identity(activation: Activation) -> Pointwise {
    let mut weights = vec![[0.0; LANE]; LANE];
    weights[0] = first(1.0);
    Pointwise::new(LANE, weights, vec![[0.0; LANE]], activation).unwrap()
}

fn ones(stride: usize, bias: f32) -> Depthwise {
    Depthwise::new(stride, &[first(1.0); 9], vec![first(bias)]).unwrap()
}

const NINE: [f32; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
const SIXTEEN: [f32; 16] = [
    1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0,
];

#[test]
fn depthwise_sums_the_surroundings() {
    let out = ones(1, 0.5).run(&map(3, 3, &NINE)).unwrap();
    let want = [12.5, 21.5, 16.5, 27.5, 45.5, 33.5, 24.5, 39.5, 28.5];
    assert_eq!(firsts(&out.values), want);
}

#[test]
fn stride_two_starts_at_the_corner_when_the_side_is_even() {
    // One row of zeros is needed for 4 places: it stands behind, as in TensorFlow's SAME.
    let out = ones(2, 0.0).run(&map(4, 4, &SIXTEEN)).unwrap();
    assert_eq!((out.width, out.height), (2, 2));
    assert_eq!(firsts(&out.values), [54.0, 45.0, 72.0, 54.0]);
}

#[test]
fn pooling_takes_the_largest() {
    assert_eq!(
        firsts(&pool(&map(4, 4, &SIXTEEN)).values),
        [6.0, 8.0, 14.0, 16.0]
    );
}

#[test]
fn pointwise_weighs_channels_in_groups_and_one_by_one() {
    let weights = (0..2 * 3).map(|row| [row as f32; LANE]).collect();
    let bias = vec![[0.25; LANE], [0.5; LANE]];
    let layer = Pointwise::new(3, weights, bias, Activation::None).unwrap();
    for places in [1, 3, 4, 5, 8] {
        let rows: Vec<f32> = (0..places).flat_map(|_| [1.0, 10.0, 100.0]).collect();
        let out = layer.run(&rows, None).unwrap();
        assert_eq!(out.len(), 2 * places);
        for pair in out.chunks(2) {
            // 0 + 1·10 + 2·100 and 3 + 4·10 + 5·100.
            assert_eq!(pair, [[210.25; LANE], [543.5; LANE]], "{places} places");
        }
    }
}

#[test]
fn activations() {
    for (activation, want) in [
        (Activation::None, [-4.0, 0.0, 2.0]),
        (Activation::Relu, [0.0, 0.0, 2.0]),
        (Activation::Prelu(vec![[0.25; LANE]]), [-1.0, 0.0, 2.0]),
    ] {
        let rows = map(3, 1, &[-4.0, 0.0, 2.0]);
        let out = identity(activation.clone())
            .run(rows.values.as_flattened(), None)
            .unwrap();
        assert_eq!(firsts(&out), want, "{activation:?}");
    }
}

#[test]
fn residual_adds_what_came_in() {
    let same = residual(
        &map(3, 3, &NINE),
        &ones(1, 0.0),
        &identity(Activation::None),
    )
    .unwrap();
    let want = [13.0, 23.0, 19.0, 31.0, 50.0, 39.0, 31.0, 47.0, 37.0];
    assert_eq!(firsts(&same.values), want);
    let half = residual(
        &map(4, 4, &SIXTEEN),
        &ones(2, 0.0),
        &identity(Activation::None),
    )
    .unwrap();
    assert_eq!(firsts(&half.values), [60.0, 53.0, 86.0, 70.0]);
}

#[test]
fn convolution_of_colours_with_and_without_surroundings() {
    let input = Colours {
        side: 4,
        values: SIXTEEN
            .iter()
            .flat_map(|value| [*value, 0.0, 100.0])
            .collect(),
    };
    // Red once and blue a hundredth: each place of the window counts its number plus one.
    let weights = (0..9)
        .flat_map(|_| [first(1.0), first(5.0), first(0.01)])
        .collect();
    let layer = Pointwise::new(27, weights, vec![first(0.0)], Activation::None).unwrap();
    let window = |stride, same| Window {
        size: 3,
        stride,
        same,
    };
    let same = colour_patches(&input, window(2, true), &layer).unwrap();
    assert_eq!(firsts(&same.values), [63.0, 51.0, 78.0, 58.0]);
    let inner = colour_patches(&input, window(1, false), &layer).unwrap();
    assert_eq!(firsts(&inner.values), [63.0, 72.0, 99.0, 108.0]);
}

#[test]
fn a_window_over_a_map_becomes_one_place() {
    let weights = (0..9 * LANE).map(|input| first(if input % LANE == 0 { 1.0 } else { 7.0 }));
    let layer = Pointwise::new(
        9 * LANE,
        weights.collect(),
        vec![first(1.0)],
        Activation::None,
    );
    let window = Window {
        size: 3,
        stride: 3,
        same: false,
    };
    let out = map_patches(&map(3, 3, &NINE), window, &layer.unwrap()).unwrap();
    assert_eq!(firsts(&out.values), [46.0]);
}

#[test]
fn damaged_files_are_refused() {
    let whole = include_bytes!("../../models/detector.net");
    assert!(Network::parse(whole).is_ok());
    for length in [0, 3, 4, 11, 12, 23, 24, 5000, whole.len() - 1] {
        let cut = whole.get(..length).unwrap();
        assert_eq!(
            Network::parse(cut).err(),
            Some(Error::Model),
            "{length} bytes"
        );
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert!(Network::parse(&longer).is_err());
    for at in [0, 4, 6, 8, 10, 12, 13, 14, 15, 16, 18, 20, 22] {
        let mut changed = whole.to_vec();
        changed[at] = 0xEE;
        if let Ok(network) = Network::parse(&changed) {
            let input = Colours {
                side: 128,
                values: vec![0.0; 128 * 128 * 3],
            };
            // Whatever it still is, it does not panic.
            let _ = network.run(&input);
        }
    }
}

/// The input of `test-vectors/faces/networks.json`.
fn pattern(side: usize, scale: f32, offset: f32) -> Colours {
    let value = |i: usize| (i * 7919 % 251) as f32 / 250.0 * scale + offset;
    Colours {
        side,
        values: (0..side * side * 3).map(value).collect(),
    }
}

fn numbers(value: &serde_json::Value) -> Vec<f32> {
    let list = value.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap() as f32).collect()
}

fn near(found: &[f32], want: &serde_json::Value, tolerance: f32) {
    let want = numbers(want);
    assert!(found.len() >= want.len() && !want.is_empty());
    for (found, want) in found.iter().zip(want) {
        assert!((found - want).abs() <= tolerance, "{found} is not {want}");
    }
}

#[test]
fn both_networks_say_what_tensorflow_lite_says() {
    let path = test_support::root().join("test-vectors/faces/networks.json");
    let vector = test_support::read_json(&path);
    let network = Network::parse(include_bytes!("../../models/detector.net")).unwrap();
    let ends = network.run(&pattern(128, 2.0, -1.0)).unwrap();
    let wanted = &vector["detector"];
    for (end, each, logits, indices) in [
        (&ends[0], 2, "near_logits", "near_logit_indices"),
        (&ends[1], 6, "far_logits", "far_logit_indices"),
    ] {
        let place = |index: f32| {
            let index = index as usize;
            end.values[index / each * end.lanes..].as_flattened()[index % each]
        };
        let found: Vec<f32> = numbers(&wanted[indices]).into_iter().map(place).collect();
        near(&found, &wanted[logits], 1e-4);
    }
    near(ends[2].values.as_flattened(), &wanted["near_first"], 2e-4);
    let far = ends[3].values.as_flattened();
    near(&far[far.len() - 16..], &wanted["far_last"], 2e-4);

    let network = Network::parse(include_bytes!("../../models/landmarks.net")).unwrap();
    let ends = network.run(&pattern(192, 1.0, 0.0)).unwrap();
    let face = ends[0].values.as_flattened();
    assert!((f64::from(face[0]) - vector["landmarks"]["face"].as_f64().unwrap()).abs() < 1e-3);
    let points = ends[1].values.as_flattened().as_chunks::<3>().0;
    let wanted = vector["landmarks"]["points"].as_array().unwrap();
    assert_eq!(wanted.len(), 69);
    for (found, want) in points.iter().zip(wanted) {
        near(found, want, 2e-3);
    }
}

#[test]
fn the_same_bits_every_time() {
    let network = Network::parse(include_bytes!("../../models/detector.net")).unwrap();
    let bits = |ends: Vec<Map>| -> u32 {
        let values = ends.iter().flat_map(|map| map.values.as_flattened());
        values.fold(17, |sum: u32, value| {
            sum.rotate_left(5).wrapping_add(value.to_bits())
        })
    };
    let found = bits(network.run(&pattern(128, 2.0, -1.0)).unwrap());
    // The same in debug and release, on every machine: nothing is fused, no order left open.
    assert_eq!(found, 0x4365_A87E, "{found:08X}");
}
