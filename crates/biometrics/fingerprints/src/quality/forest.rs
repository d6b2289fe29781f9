use std::sync::LazyLock;

/// The published forest; `models/README.md` says where it comes from and how it is laid out.
static PUBLISHED: LazyLock<Option<Forest>> =
    LazyLock::new(|| Forest::parse(include_bytes!("../../models/nfiq2_random_forest.bin")));

const MAGIC: &[u8; 8] = b"NFIQ2RF1";
/// Tag of a leaf that votes against; the next one votes for; what is lower is the feature asked.
const LEAF_AGAINST: u8 = 254;
const LEAF_FOR: u8 = 255;

/// One question or one answer.
#[derive(Clone, Copy)]
struct Node {
    /// The feature asked, or a leaf's tag.
    tag: u8,
    /// Up to this value the next node follows, above it the one at `above`.
    limit: f32,
    above: u32,
}

/// Trees that vote on features (ISO 29794-4:2024).
pub(super) struct Forest {
    nodes: Vec<Node>,
    roots: Vec<u32>,
}

impl Forest {
    /// The forest of NFIQ 2.3; none if the embedded file is damaged.
    pub(super) fn published() -> Option<&'static Self> {
        PUBLISHED.as_ref()
    }

    /// Tags of all nodes in preorder, then the limits of those that ask.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (trees, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (trees, count) = (u16::from_le_bytes(*trees), u32::from_le_bytes(*count));
        let (tags, limits) = rest.split_at_checked(count as usize)?;
        let mut limits = limits.chunks_exact(4);
        let mut nodes: Vec<Node> = Vec::with_capacity(tags.len());
        let mut roots = Vec::new();
        // Nodes whose upper branch has not begun yet: it begins after the next leaf.
        let mut open: Vec<usize> = Vec::new();
        let mut fresh = true;
        for (place, &tag) in (0_u32..).zip(tags) {
            if fresh {
                roots.push(place);
            }
            let leaf = tag >= LEAF_AGAINST;
            let limit = if leaf {
                0.0
            } else {
                f32::from_le_bytes(limits.next()?.try_into().ok()?)
            };
            nodes.push(Node {
                tag,
                limit,
                above: 0,
            });
            fresh = false;
            if !leaf {
                open.push(place as usize);
            } else if let Some(parent) = open.pop() {
                nodes.get_mut(parent)?.above = place + 1;
            } else {
                fresh = true;
            }
        }
        let whole = fresh
            && limits.next().is_none()
            && roots.len() == usize::from(trees)
            && !roots.is_empty();
        whole.then_some(Self { nodes, roots })
    }

    /// How many trees vote.
    pub(super) fn trees(&self) -> usize {
        self.roots.len()
    }

    /// How many trees vote for the print. A feature that is missing counts as 0.
    pub(super) fn votes(&self, features: &[f32]) -> usize {
        self.roots
            .iter()
            .filter(|&&root| self.answer(root, features) == Some(LEAF_FOR))
            .count()
    }

    /// Walks one tree; ends, for the branches lead forward only.
    fn answer(&self, root: u32, features: &[f32]) -> Option<u8> {
        let mut place = root;
        loop {
            let node = self.nodes.get(place as usize)?;
            if node.tag >= LEAF_AGAINST {
                return Some(node.tag);
            }
            let value = features.get(usize::from(node.tag)).copied().unwrap_or(0.0);
            place = if value <= node.limit {
                place + 1
            } else {
                node.above
            };
        }
    }

    /// The unified score of 0 to 100 (NFIQ 2.3): the share of votes in per cent, rounded.
    pub(super) fn score(&self, features: &[f32]) -> u8 {
        let share = 100.0 * self.votes(features) as f64 / self.trees() as f64;
        (share + 0.5) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(trees: u16, tags: &[u8], limits: &[f32]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(trees.to_le_bytes());
        bytes.extend((tags.len() as u32).to_le_bytes());
        bytes.extend(tags);
        bytes.extend(limits.iter().flat_map(|limit| limit.to_le_bytes()));
        bytes
    }

    #[test]
    fn the_published_forest_is_whole() {
        let forest = Forest::published().unwrap();
        assert_eq!((forest.trees(), forest.nodes.len()), (100, 138_428));
        let asked = forest.nodes.iter().filter(|node| node.tag < LEAF_AGAINST);
        assert_eq!(asked.map(|node| node.tag).max(), Some(68));
    }

    #[test]
    fn scores_are_those_of_the_conformance_table() {
        let table = include_str!("../../../../../test-vectors/nfiq2/conformance_rows.csv");
        let forest = Forest::published().unwrap();
        let rows = table
            .lines()
            .skip(1)
            .map(|row| row.split(',').collect::<Vec<_>>());
        let (mut seen, mut same) = (0, 0);
        for row in rows {
            let features: Vec<f32> = row[2..]
                .iter()
                .map(|value| value.parse().unwrap())
                .collect();
            let score: u8 = row[1].parse().unwrap();
            assert_eq!(features.len(), 69);
            let exact = forest.score(&features) == score;
            assert!(
                exact || within_rounding(forest, &features, score),
                "{}",
                row[0]
            );
            seen += 1;
            same += u32::from(exact);
        }
        assert_eq!((seen, same), (16, 15));
    }

    /// The table gives five decimals: whether some value of one feature that rounds to the one given leads to the score.
    fn within_rounding(forest: &Forest, features: &[f32], score: u8) -> bool {
        (0..features.len()).any(|place| {
            [-4.9e-6, 4.9e-6].into_iter().any(|step| {
                let mut shifted = features.to_vec();
                shifted[place] += step;
                forest.score(&shifted) == score
            })
        })
    }

    #[test]
    fn trees_vote() {
        // First tree: is feature 0 at most 1? then for, else is feature 1 at most 2? then against, else for.
        let forest = Forest::parse(&file(2, &[0, 255, 1, 254, 255, 254], &[1.0, 2.0])).unwrap();
        for (features, votes, score) in
            [([1.0, 0.0], 1, 50), ([1.5, 2.0], 0, 0), ([1.5, 2.5], 1, 50)]
        {
            assert_eq!(
                (forest.votes(&features), forest.score(&features)),
                (votes, score),
                "{features:?}"
            );
        }
        assert_eq!(forest.votes(&[]), 1);
    }

    #[test]
    fn a_damaged_forest_is_none() {
        let good = file(1, &[0, 255, 254], &[1.0]);
        assert!(Forest::parse(&good).is_some());
        for length in 0..good.len() {
            assert!(Forest::parse(&good[..length]).is_none(), "{length}");
        }
        for bad in [
            file(2, &[0, 255, 254], &[1.0]),
            file(1, &[0, 255], &[1.0]),
            file(1, &[255], &[1.0]),
            file(0, &[], &[]),
        ] {
            assert!(Forest::parse(&bad).is_none());
        }
    }
}
