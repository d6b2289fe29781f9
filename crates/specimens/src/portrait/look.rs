//! What makes one drawn person differ from another. Lengths are in units of the distance between
//! the eyes; factors are 1 for the average.

/// A drawn person.
#[derive(Debug, Clone)]
pub struct Look {
    /// Seed of everything random: hairs, pores, speckles of the irises.
    pub seed: u64,
    /// Bones and flesh.
    pub face: Face,
    /// Skin.
    pub skin: Skin,
    /// Eyes.
    pub eyes: Eyes,
    /// Eyebrows.
    pub brows: Brows,
    /// Colour of the lips in sRGB.
    pub lips: u32,
    /// Hair of the head.
    pub hair: Hair,
    /// Beard, if any.
    pub beard: Option<Beard>,
    /// Clothes.
    pub clothes: Clothes,
}

/// Bones and flesh, as factors of the average face.
#[derive(Debug, Clone)]
pub struct Face {
    /// Width at the cheekbones.
    pub width: f32,
    /// Width at the corners of the jaw.
    pub jaw: f32,
    /// Width of the chin.
    pub chin: f32,
    /// Depth of the eye sockets and brow ridges.
    pub sockets: f32,
    /// Height of the bridge of the nose.
    pub bridge: f32,
    /// Width of the nose at its wings.
    pub nose: f32,
    /// Width of the mouth.
    pub mouth: f32,
    /// Fullness of the lips.
    pub lips: f32,
    /// Width of the neck.
    pub neck: f32,
    /// 0 for a young face, 1 for an old one: folds, hollows and lines.
    pub age: f32,
}

/// Skin, colours in sRGB.
#[derive(Debug, Clone)]
pub struct Skin {
    /// In plain light.
    pub tone: u32,
    /// Where blood shows: cheeks, nose, ears.
    pub blush: u32,
    /// How much of the blush, 0 to 1.
    pub flush: f32,
    /// Shadow of a shaved beard, 0 to 1.
    pub stubble: f32,
}

/// Eyes.
#[derive(Debug, Clone)]
pub struct Eyes {
    /// Colour of the irises in sRGB.
    pub iris: u32,
    /// Opening, 1 on average.
    pub opening: f32,
    /// By how much the outer corner is higher than the inner one.
    pub tilt: f32,
    /// Height of the crease above the upper lid; 0 for none.
    pub crease: f32,
    /// Made-up lashes, 0 to 1.
    pub lashes: f32,
}

/// Eyebrows.
#[derive(Debug, Clone)]
pub struct Brows {
    /// Thickness, 1 on average.
    pub thickness: f32,
    /// How much they are arched, 1 on average.
    pub arch: f32,
    /// Colour in sRGB.
    pub colour: u32,
}

/// Hair of the head.
#[derive(Debug, Clone)]
pub struct Hair {
    /// How it is worn.
    pub cut: Cut,
    /// Colour in sRGB.
    pub colour: u32,
    /// Colour of its gloss in sRGB.
    pub gloss: u32,
    /// Part of the hairs that are grey.
    pub grey: f32,
}

/// How hair is worn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cut {
    /// Short at the sides, combed to one side on top.
    Short {
        /// How far the hairline has gone back, 0 to 1.
        receding: f32,
    },
    /// Long and parted in the middle, falling behind the shoulders.
    Long,
}

/// A full beard, kept short.
#[derive(Debug, Clone)]
pub struct Beard {
    /// Colour in sRGB.
    pub colour: u32,
    /// Part of the hairs that are grey.
    pub grey: f32,
}

/// Clothes, colours in sRGB.
#[derive(Debug, Clone)]
pub enum Clothes {
    /// Jacket, shirt and tie.
    Suit {
        /// Colour of the jacket.
        jacket: u32,
        /// Colour of the shirt.
        shirt: u32,
        /// Colour of the tie; without one the collar stands open.
        tie: Option<u32>,
    },
    /// A dress with a standing collar.
    AoDai {
        /// Colour of the silk.
        silk: u32,
        /// Colour of its trimmings.
        trim: u32,
    },
}
