//! The rule book as one Markdown document.

use std::io::{self, Write};

use kirjuri::{Language, Pack};

use kirjuri_report::capital;

use super::{Book, Words};

/// Writes all rules of some packs in a language.
///
/// # Errors
/// What `out` says.
pub(crate) fn write_markdown(packs: &[&Pack], language: Language, out: &mut dyn Write) -> io::Result<()> {
    let (book, words) = (Book { language, packs }, Words::of(language));
    writeln!(out, "# {}\n\n{}", words.book, words.intro)?;
    for pack in packs {
        writeln!(out, "\n## {}\n\n`{}` {}", plain(pack.title.get(language)), pack.id, plain(&pack.version))?;
        for rule in pack.rules() {
            let rule = book.rule(pack, rule, true);
            writeln!(out, "\n### {}\n\n`{}/{}`", plain(&capital(&rule.title)), rule.pack, rule.name)?;
            writeln!(out, "\n- {}: {}\n- {}: {}", words.severity, rule.severity, words.criterion, rule.criterion)?;
            for guideline in &rule.guidelines {
                writeln!(out, "- {}: {}", words.guideline, plain(guideline))?;
            }
            for (label, text) in [(words.period, &rule.period), (words.was, &rule.was)] {
                if !text.is_empty() {
                    writeln!(out, "- {label}: {}", plain(text))?;
                }
            }
            writeln!(out, "\n**{}.** {}", words.why, plain(&rule.why))?;
            writeln!(out, "\n**{}.** {}", words.fix, plain(&rule.fix))?;
        }
    }
    Ok(())
}

/// A text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' => plain.extend(['\\', c]),
            '\n' | '\r' => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(plain("a *b* [c](d) <e>\nf"), "a \\*b\\* \\[c\\](d) \\<e\\> f");
    }
}
