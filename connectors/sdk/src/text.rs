//! What a provider has to be told about a text, where it does not find out by itself.

/// Whether a text fits the GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1). Anything else
/// goes out as UCS-2, which several providers want to be told.
pub fn is_gsm7(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\n' | '\r' | '\u{c}' | ' '..='_' | 'a'..='~' => true,
        other => "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€".contains(other),
    })
}

/// UTF-16, big endian, in upper-case hexadecimal: how gateways take UCS-2 in a field of text.
pub fn utf16_hex(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_the_alphabet_is_in_it_and_the_backtick_is_not() {
        assert!(is_gsm7("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡AZÄÖÑÜ§¿azäöñüà"));
        assert!(is_gsm7("^{}\\[~]|€\u{c}"));
        for outside in ["`", "ç", "á", "–", "你", "😀", "\t", "\0", "\u{7f}"] {
            assert!(!is_gsm7(outside), "{outside:?}");
        }
    }

    #[test]
    fn characters_outside_the_basic_plane_are_two_units() {
        assert_eq!(utf16_hex("Aü😀"), "004100FCD83DDE00");
    }
}
