//! People.
use crate::portrait::look::*;
/// Looks for trial.
pub fn looks() -> Vec<(&'static str, Look)> {
    vec![("man", Look {
        seed: 11,
        face: Face { width: 1.0, jaw: 1.04, chin: 1.05, sockets: 0.85, bridge: 0.85, nose: 1.12, mouth: 1.0, lips: 1.05, neck: 1.05, age: 0.35 },
        skin: Skin { tone: 0xE0B28F, blush: 0xD08A72, flush: 0.50, stubble: 0.30 },
        eyes: Eyes { iris: 0x3B2415, opening: 0.92, tilt: 0.03, crease: 0.055, lashes: 0.1 },
        brows: Brows { thickness: 1.1, arch: 0.8, colour: 0x1A1412 },
        lips: 0xB3695C,
        hair: Hair { cut: Cut::Short { receding: 0.15 }, colour: 0x16110F, gloss: 0x6B625E, grey: 0.04 },
        beard: None,
        clothes: Clothes::Suit { jacket: 0x232B3D, shirt: 0xF1F3F6, tie: Some(0x6B1F2A) },
    }),
    ("woman", Look {
        seed: 22,
        face: Face { width: 0.97, jaw: 0.93, chin: 0.86, sockets: 0.62, bridge: 0.72, nose: 1.0, mouth: 0.94, lips: 1.22, neck: 0.84, age: 0.0 },
        skin: Skin { tone: 0xECC0A0, blush: 0xDD8A78, flush: 0.60, stubble: 0.0 },
        eyes: Eyes { iris: 0x34200F, opening: 1.08, tilt: 0.035, crease: 0.050, lashes: 0.75 },
        brows: Brows { thickness: 0.72, arch: 1.2, colour: 0x2A1D17 },
        lips: 0xC0605C,
        hair: Hair { cut: Cut::Long, colour: 0x1B1310, gloss: 0x8A7468, grey: 0.0 },
        beard: None,
        clothes: Clothes::AoDai { cloth: 0x1F5D63, trim: 0xD9B56A },
    }),
    ("uto", Look {
        seed: 33,
        face: Face { width: 1.03, jaw: 1.08, chin: 1.12, sockets: 1.15, bridge: 1.5, nose: 1.02, mouth: 1.02, lips: 0.85, neck: 1.12, age: 0.85 },
        skin: Skin { tone: 0xE3B495, blush: 0xCF7F6A, flush: 0.60, stubble: 0.25 },
        eyes: Eyes { iris: 0x52697A, opening: 0.95, tilt: 0.0, crease: 0.075, lashes: 0.05 },
        brows: Brows { thickness: 1.25, arch: 0.7, colour: 0x5A4A3E },
        lips: 0xBE8074,
        hair: Hair { cut: Cut::Short { receding: 0.75 }, colour: 0x4A3A2E, gloss: 0xA89C90, grey: 0.55 },
        beard: Some(Beard { colour: 0x5A4433, grey: 0.5 }),
        clothes: Clothes::Suit { jacket: 0x3C4A3F, shirt: 0xC9D8E6, tie: None },
    })]
}
