use super::feature_id::{Family, FeatureId, Statistic};

/// Lower limits of the bins from the second on (NFIQ 2.3, ISO 29794-4:2024); a value on a limit belongs to the bin above.
const fn limits(family: Family) -> [f64; 9] {
    match family {
        Family::FrequencyDomainAnalysis => {
            [0.268, 0.304, 0.33, 0.355, 0.38, 0.407, 0.44, 0.50, 1.0]
        }
        Family::LocalClarity => [0.0, 0.70, 0.74, 0.77, 0.79, 0.81, 0.83, 0.85, 0.87],
        Family::OrientationCertainty => {
            [0.337, 0.479, 0.579, 0.655, 0.716, 0.766, 0.81, 0.852, 0.898]
        }
        Family::OrientationFlow => [
            0.01715, 0.035, 0.0557, 0.081, 0.115, 0.1718, 0.2569, 0.4758, 0.748,
        ],
        Family::RidgeValleyUniformity => [0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 24.0, 30.0],
    }
}

/// The ten counts, the mean and the standard deviation of `values`, under their names. Of no values all are 0.
pub(super) fn features(family: Family, values: &[f64]) -> impl Iterator<Item = (FeatureId, f64)> {
    let mut counts = [0_u32; 10];
    for &value in values {
        let bin = limits(family)
            .iter()
            .filter(|&&limit| value >= limit)
            .count();
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    let (mean, deviation) = mean_and_deviation(values);
    let bins = (0..)
        .zip(counts)
        .map(|(bin, count)| (Statistic::Bin(bin), f64::from(count)));
    bins.chain([
        (Statistic::Mean, mean),
        (Statistic::StandardDeviation, deviation),
    ])
    .map(move |(statistic, value)| (FeatureId::Histogram(family, statistic), value))
}

/// Mean and deviation of the whole population, from sums and sums of squares as the reference has them.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let scale = 1.0 / values.len() as f64;
    let mean = values.iter().sum::<f64>() * scale;
    let mean_square = values.iter().map(|value| value * value).sum::<f64>() * scale;
    (mean, (mean_square - mean * mean).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_limit_belongs_above() {
        let cases = [
            (Family::LocalClarity, -0.1, 0),
            (Family::LocalClarity, 0.0, 1),
            (Family::FrequencyDomainAnalysis, 0.2679, 0),
            (Family::FrequencyDomainAnalysis, 1.0, 9),
            (Family::RidgeValleyUniformity, 0.667, 2),
            (Family::OrientationFlow, 0.748, 9),
        ];
        for (family, value, bin) in cases {
            let counts: Vec<f64> = features(family, &[value]).map(|(_, value)| value).collect();
            assert_eq!(counts.len(), 12);
            assert_eq!(
                counts.iter().take(10).position(|&n| n == 1.0),
                Some(bin),
                "{value}"
            );
            assert_eq!(counts[10..], [value, 0.0]);
        }
        assert!(features(Family::OrientationFlow, &[]).all(|(_, value)| value == 0.0));
    }

    #[test]
    fn the_deviation_is_that_of_the_population() {
        assert_eq!(mean_and_deviation(&[1.0, 3.0]), (2.0, 1.0));
    }
}
