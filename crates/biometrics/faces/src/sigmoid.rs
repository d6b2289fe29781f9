/// `1 / (1 + e^-x)` by additions and multiplications only, so that it has the same bits everywhere,
/// which the `exp` of a system does not promise. Good to 1e-6.
pub(crate) fn sigmoid(x: f32) -> f32 {
    let x = x.clamp(-30.0, 30.0);
    // e^-x = (e^(-x/64))^64, and six squarings.
    let small = -x / 64.0;
    let mut power = 1.0f32;
    for divisor in [7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        power = 1.0 + power * (small / divisor);
    }
    for _ in 0..6 {
        power *= power;
    }
    1.0 / (1.0 + power)
}

#[cfg(test)]
mod tests {
    use super::sigmoid;

    #[test]
    fn agrees_with_the_exponential() {
        for step in -400..=400 {
            let x = step as f32 / 10.0;
            let want = 1.0 / (1.0 + (-f64::from(x)).exp());
            assert!((f64::from(sigmoid(x)) - want).abs() < 2e-6, "{x}");
        }
    }
}
