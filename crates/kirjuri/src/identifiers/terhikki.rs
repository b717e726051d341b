//! The registration number of a health care professional, *Terhikki-rekisteröintinumero*.

/// Whether the text has the form of a Terhikki registration number, the extension of an identifier with the root
/// `1.2.246.537.26`: eleven digits, leading zeros written.
///
/// Source: the professionals' identifiers in Kela's sample documents (KantaCDA-API) and the header specification they
/// follow. Whether and how a digit of it checks the others has no public source, so the form is all that is looked at.
pub fn has_terhikki_form(text: &str) -> bool {
    text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_digits_have_the_form() {
        for (input, expected) in [
            ("00000000000", true),
            ("12345678901", true),
            ("", false),
            ("1234567890", false),
            ("123456789012", false),
            ("1234567890a", false),
            (" 1234567890", false),
            ("12345 67890", false),
            ("+1234567890", false),
            ("１２３45", false),
        ] {
            assert_eq!(has_terhikki_form(input), expected, "{input:?}");
        }
    }
}
