//! How the picture is cut: 20 nodes are split in both directions, 64 subbands come of it (IAFIS-IC-0110).

/// A rectangle of the picture in which a node or a subband is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Region {
    pub(crate) fn area(&self) -> usize {
        self.width * self.height
    }
}

/// A rectangle that is split, and whether the high band comes first. It does where an odd number of high-pass filters came
/// before: they turn the spectrum around.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Node {
    pub(crate) region: Region,
    pub(crate) high_first_x: bool,
    pub(crate) high_first_y: bool,
}

/// Nodes of the wavelet tree.
pub(crate) const NODES: usize = 20;
/// Subbands of the quantization table; the last four are never sent.
pub(crate) const SUBBANDS: usize = 64;
/// Subbands that are sent.
pub(crate) const SENT: usize = 60;

/// The low band is the longer one of an odd length, wherever it lies.
fn halves(len: usize, high_first: bool) -> (usize, usize) {
    let (low, high) = (len.div_ceil(2), len / 2);
    if high_first { (high, low) } else { (low, high) }
}

impl Node {
    fn new(region: Region, high_first_x: bool, high_first_y: bool) -> Self {
        Self {
            region,
            high_first_x,
            high_first_y,
        }
    }

    /// Its quarters: left, right, left below, right below.
    fn quarters(self) -> [Self; 4] {
        let Region { x, y, .. } = self.region;
        let (left, right) = halves(self.region.width, self.high_first_x);
        let (upper, lower) = halves(self.region.height, self.high_first_y);
        let at = |x, y, width, height| Region {
            x,
            y,
            width,
            height,
        };
        [
            Self::new(at(x, y, left, upper), false, false),
            Self::new(at(x + left, y, right, upper), true, false),
            Self::new(at(x, y + upper, left, lower), false, true),
            Self::new(at(x + left, y + upper, right, lower), true, true),
        ]
    }

    /// The quarters of its quarters.
    fn sixteenths(self) -> impl Iterator<Item = Region> {
        let quarters = self.quarters().into_iter();
        quarters.flat_map(|quarter| quarter.quarters().map(|node| node.region))
    }
}

/// The four nodes all others come from: the picture, and three quarters of its low band.
struct Roots {
    whole: Node,
    low: Node,
    lowest: Node,
    right: Node,
    below: Node,
}

fn roots(width: usize, height: usize) -> Roots {
    let region = Region {
        x: 0,
        y: 0,
        width,
        height,
    };
    let whole = Node::new(region, false, false);
    let [low, ..] = whole.quarters();
    let [lowest, right, below, _] = low.quarters();
    Roots {
        whole,
        low,
        lowest,
        right,
        below,
    }
}

/// The nodes in the order in which the encoder splits them; the decoder joins them backwards.
pub(crate) fn nodes(width: usize, height: usize) -> [Node; NODES] {
    let Roots {
        whole,
        low,
        lowest,
        right,
        below,
    } = roots(width, height);
    let [_, n2, n3, _] = whole.quarters();
    let [n6, n7, n8, n9] = right.quarters();
    let [n10, n11, n12, n13] = below.quarters();
    let [n15, n16, n17, n18] = lowest.quarters();
    let [n19, ..] = n15.quarters();
    [
        whole, low, n2, n3, right, below, n6, n7, n8, n9, n10, n11, n12, n13, lowest, n15, n16,
        n17, n18, n19,
    ]
}

/// The subbands in the order in which they are sent.
pub(crate) fn subbands(width: usize, height: usize) -> [Region; SUBBANDS] {
    let roots = roots(width, height);
    let [n15, ..] = roots.lowest.quarters();
    let [n19, ..] = n15.quarters();
    let order = (n19.quarters().map(|node| node.region).into_iter())
        .chain(roots.lowest.sixteenths().skip(1))
        .chain(roots.right.sixteenths())
        .chain(roots.below.sixteenths())
        .chain(roots.whole.sixteenths().skip(3));
    let mut found = [Region::default(); SUBBANDS];
    for (place, region) in found.iter_mut().zip(order) {
        *place = region;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty-four subbands tile the picture, whatever its size.
    #[test]
    fn subbands_tile_the_picture() {
        for (width, height) in [(1, 1), (2, 31), (65, 66), (416, 560), (545, 622), (17, 255)] {
            let mut seen = vec![0_u8; width * height];
            for region in subbands(width, height) {
                for row in seen.chunks_mut(width).skip(region.y).take(region.height) {
                    for count in &mut row[region.x..region.x + region.width] {
                        *count += 1;
                    }
                }
            }
            assert!(seen.iter().all(|&count| count == 1), "{width} × {height}");
        }
    }

    /// Figures of the reference for 545 × 622, both odd somewhere.
    #[test]
    fn odd_lengths_as_the_reference_cuts_them() {
        let nodes = nodes(545, 622);
        let at = |place: usize| {
            let Region {
                x,
                y,
                width,
                height,
            } = nodes[place].region;
            [x, y, width, height]
        };
        assert_eq!(at(1), [0, 0, 273, 311]);
        assert_eq!(at(4), [137, 0, 136, 156]);
        assert_eq!(at(5), [0, 156, 137, 155]);
        assert_eq!(at(12), [0, 233, 69, 78]);
        assert_eq!(at(19), [0, 0, 35, 39]);
    }
}
