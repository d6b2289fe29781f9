//! Shortening a name that does not fit (Doc 9303-4 §4.2.3, Doc 9303-5 §4.2.3, Doc 9303-6 §4.2.3).

use crate::alphabet::FILLER;
use crate::name::BOUNDARY;

/// The name in at most `width` characters, without the fillers behind.
pub(super) fn fit(primary: &[&str], secondary: &[&str], width: usize) -> String {
    let mut first = Identifier::whole(primary);
    let mut second = Identifier::whole(secondary);
    if joined_len(&first, &second) > width {
        shorten(&mut first, &mut second, width);
    }
    let mut name = first.text();
    if second.len() > 0 {
        name.push_str(BOUNDARY);
        name.push_str(&second.text());
    }
    name
}

fn joined_len(first: &Identifier<'_>, second: &Identifier<'_>) -> usize {
    match second.len() {
        0 => first.len(),
        len => first.len() + BOUNDARY.len() + len,
    }
}

fn shorten(first: &mut Identifier<'_>, second: &mut Identifier<'_>, width: usize) {
    let for_second = if second.len() > 0 {
        BOUNDARY.len() + 1
    } else {
        0
    };
    first.cut_to(width.saturating_sub(for_second));
    second.cut_to(width.saturating_sub(first.len() + BOUNDARY.len()));

    let mut spare = width.saturating_sub(joined_len(first, second));
    spare = second.grow(spare);
    spare = first.grow(spare);
    // One position left and nothing to fill it: a separator and an initial need two. A letter of the
    // primary identifier makes room, so that the last position holds a letter.
    if spare == 1 && second.has_dropped() && first.give_letter() {
        second.restore();
    }
}

/// The components of an identifier and how many letters of each are kept.
struct Identifier<'a> {
    components: Vec<(&'a str, usize)>,
}

impl<'a> Identifier<'a> {
    fn whole(components: &[&'a str]) -> Self {
        let components = components
            .iter()
            .map(|component| (*component, component.len()))
            .collect();
        Self { components }
    }

    /// The characters it takes, separators included.
    fn len(&self) -> usize {
        let kept = self.components.iter().filter(|(_, kept)| *kept > 0);
        kept.map(|(_, kept)| kept + 1)
            .sum::<usize>()
            .saturating_sub(1)
    }

    /// From the last component on, cuts to initials and, if that is not enough, drops; the first component
    /// stays and loses no more letters than it must.
    fn cut_to(&mut self, max: usize) {
        for least in [1, 0] {
            let mut excess = self.len().saturating_sub(max);
            for (index, (_, kept)) in self.components.iter_mut().enumerate().rev() {
                if excess == 0 {
                    return;
                }
                if index == 0 {
                    *kept -= excess.min(*kept - 1);
                    continue;
                }
                // A component that goes takes its separator with it.
                let freed = *kept - least + usize::from(least == 0);
                excess = excess.saturating_sub(freed);
                *kept = least;
            }
        }
    }

    /// Gives up to `spare` letters back to cut components, the first one first; what is left of `spare`.
    fn grow(&mut self, mut spare: usize) -> usize {
        for (component, kept) in &mut self.components {
            if *kept > 0 {
                let given = spare.min(component.len() - *kept);
                *kept += given;
                spare -= given;
            }
        }
        spare
    }

    fn has_dropped(&self) -> bool {
        self.components.iter().any(|(_, kept)| *kept == 0)
    }

    /// Brings the initial of the first dropped component back.
    fn restore(&mut self) {
        if let Some((_, kept)) = self.components.iter_mut().find(|(_, kept)| *kept == 0) {
            *kept = 1;
        }
    }

    /// Takes one letter off the last component that has more than its initial.
    fn give_letter(&mut self) -> bool {
        let longest = self.components.iter_mut().rev().find(|(_, kept)| *kept > 1);
        longest.map(|(_, kept)| *kept -= 1).is_some()
    }

    fn text(&self) -> String {
        let kept: Vec<&str> = self
            .components
            .iter()
            .filter_map(|(component, kept)| component.get(..*kept))
            .filter(|component| !component.is_empty())
            .collect();
        kept.join(&FILLER.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_as_the_standard_shows() {
        let check = |primary: &str, secondary: &str, width, expected: &str| {
            let primary: Vec<&str> = primary.split_whitespace().collect();
            let secondary: Vec<&str> = secondary.split_whitespace().collect();
            assert_eq!(fit(&primary, &secondary, width), expected);
        };
        check("HO", "TEN MAU", 30, "HO<<TEN<MAU");
        check("A B C", "D E F G", 8, "A<B<C<<D");
        check("ABCDEFGHIJ", "", 8, "ABCDEFGH");
        check("ABCDE FGHIJ", "", 8, "ABCDE<FG");
        check("ABCDE FGHIJ", "", 6, "ABCD<F");
        check("ABCDEFGHIJ", "K", 8, "ABCDE<<K");
        check("ABCDEFGHIJ", "KL M", 8, "ABCDE<<K");
        // Room for one initial and a half: the primary identifier gives a letter.
        check("ABCDE", "F G H I", 11, "ABCD<<F<G<H");
    }
}
