//! Trial.
fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or("/tmp/spec".into());
    let scale: u32 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    let only = std::env::args().nth(3);
    std::fs::create_dir_all(&folder)?;
    for (name, look) in specimens::people::looks() {
        if only.as_ref().is_some_and(|o| o != name) { continue; }
        let t = std::time::Instant::now();
        let image = specimens::portrait::draw(&look, (413 * scale, 531 * scale))?;
        println!("{name} {:?}", t.elapsed());
        std::fs::write(format!("{folder}/{name}.png"), biometrics::image::encode_png(&image)?)?;
    }
    use specimens::fingerprint::*;
    if only.as_ref().is_none_or(|o| o == "prints") {
        for (k, class) in [Class::RightLoop, Class::LeftLoop, Class::Whorl, Class::Arch].into_iter().enumerate() {
            for i in 0..2 {
                let t = std::time::Instant::now();
                let image = draw(&Finger { seed: 100 + k as u64, class }, i, SIZE)?;
                println!("{class:?} {i} {:?}", t.elapsed());
                std::fs::write(format!("{folder}/{class:?}_{i}.png"), biometrics::image::encode_png(&image)?)?;
            }
        }
    }
    Ok(())
}
