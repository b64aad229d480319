use super::*;

fn told(text: &str) -> (Encoding, u32, u32) {
    let count = count(text);
    (count.encoding, count.units, count.segments)
}

#[test]
fn a_single_message_is_longer_than_a_part() {
    use Encoding::{Gsm7, Ucs2};
    let latin = |n| told(&"a".repeat(n));
    assert_eq!(
        [latin(160), latin(161), latin(306), latin(307)],
        [(Gsm7, 160, 1), (Gsm7, 161, 2), (Gsm7, 306, 2), (Gsm7, 307, 3)]
    );
    let greek = |n| told(&"α".repeat(n));
    assert_eq!(
        [greek(70), greek(71), greek(134), greek(135)],
        [(Ucs2, 70, 1), (Ucs2, 71, 2), (Ucs2, 134, 2), (Ucs2, 135, 3)]
    );
    assert_eq!(told(""), (Gsm7, 0, 1));
}

#[test]
fn a_character_of_the_extension_table_takes_two_and_is_never_torn() {
    assert_eq!(told(&"€".repeat(80)), (Encoding::Gsm7, 160, 1));
    assert_eq!(told(&"€".repeat(81)), (Encoding::Gsm7, 162, 2));
    // 153 is odd: 76 pairs fit into a part, and its last septet stays empty.
    assert_eq!(told(&"€".repeat(152)), (Encoding::Gsm7, 304, 2));
    assert_eq!(told(&"€".repeat(153)), (Encoding::Gsm7, 306, 3));
}

#[test]
fn a_surrogate_pair_is_never_torn() {
    assert_eq!(told(&"🔑".repeat(35)), (Encoding::Ucs2, 70, 1));
    // 67 is odd as well: 33 pairs a part.
    assert_eq!(told(&"🔑".repeat(66)), (Encoding::Ucs2, 132, 2));
    assert_eq!(told(&"🔑".repeat(67)), (Encoding::Ucs2, 134, 3));
}

#[test]
fn one_character_outside_turns_the_whole_text() {
    assert_eq!(told(&format!("{}’", "a".repeat(159))), (Encoding::Ucs2, 160, 3));
    assert_eq!(told(&format!("{}'", "a".repeat(159))), (Encoding::Gsm7, 160, 1));
}

/// A text of `length` characters out of `alphabet`, the same for the same seed.
fn text(seed: u64, alphabet: &[char], length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length).map(|_| alphabet[(next() % alphabet.len() as u64) as usize]).collect()
}

#[test]
fn whatever_the_text_its_parts_hold_it_and_one_fewer_would_not() {
    for (alphabet, alone, a_part) in [(&['a', '€', '\n', '{'], 160, 153), (&['a', '€', 'ж', '🔑'], 70, 67)] {
        for seed in 1..400 {
            let text = text(seed, alphabet, (seed * 3 % 700) as usize);
            let count = count(&text);
            // A last character that is torn costs one unit of a part at most.
            assert!(count.units <= if count.segments == 1 { alone } else { count.segments * a_part }, "{text}");
            assert!(count.segments == 1 || count.units > (count.segments - 1) * (a_part - 1), "{text}");
            assert!(count.segments == 1 || count.units > alone, "{text}");
            let longer = super::count(&format!("{text}a"));
            assert!(longer.segments >= count.segments && longer.segments <= count.segments + 1, "{text}");
        }
    }
}
