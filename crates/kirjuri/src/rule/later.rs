//! What of a rule is read only when it is asked for.

use std::sync::OnceLock;

use toml::Spanned;

use super::examples::{Kind, examples};
use super::{Example, RuleFile, check_texts};
use crate::language::Texts;
use crate::pack::Laws;
use crate::source::{PackError, PackFile, Reader};

/// Where the texts of a rule begin in its file, and where its examples, as files are written.
pub(super) const TEXTS: [&str; 1] = ["[title]"];
const EXAMPLES: [&str; 2] = ["[[pass]]", "[[fail]]"];

/// What of a rule a run does not ask for, or only when the rule finds something: most of the text of a pack. Of a rule that
/// is proved it is read when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Later {
    /// Where it is still to be read.
    file: Option<PackFile>,
    texts: OnceLock<RuleTexts>,
    examples: OnceLock<Examples>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RuleTexts {
    pub(super) title: Texts,
    pub(super) why: Texts,
    pub(super) fix: Texts,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Examples {
    pub(super) passing: Vec<Example>,
    pub(super) failing: Vec<Example>,
}

impl Later {
    /// What is read later, in a file that is proved.
    pub(super) fn of(file: &PackFile) -> Later {
        Later { file: Some(file.clone()), ..Later::default() }
    }

    /// What was read with the rest. What is wrong goes to `errors`.
    pub(super) fn now(reader: Reader<'_>, laws: Laws, file: &mut RuleFile, errors: &mut Vec<PackError>) -> Later {
        let texts = RuleTexts::read(reader, file, errors).into();
        Later { file: None, texts, examples: Examples::read(reader, laws, file, errors).into() }
    }

    pub(super) fn texts(&self) -> &RuleTexts {
        self.texts.get_or_init(|| self.read(&EXAMPLES, RuleTexts::read))
    }

    pub(super) fn examples(&self) -> &Examples {
        self.examples
            .get_or_init(|| self.read(&[], |reader, file, errors| Examples::read(reader, Laws::Proved, file, errors)))
    }

    /// Reads the file as far as a heading; it was read before, so that nothing is wrong with it.
    fn read<T: Default>(
        &self,
        headings: &[&str],
        read: impl FnOnce(Reader<'_>, &mut RuleFile, &mut Vec<PackError>) -> T,
    ) -> T {
        let Some(file) = &self.file else { return T::default() };
        let reader = Reader { pack: "", file };
        let read_file = reader.parse_head(headings).map_or_else(|| reader.parse(), Ok);
        read_file.map(|mut file| read(reader, &mut file, &mut Vec::new())).unwrap_or_default()
    }
}

impl RuleTexts {
    fn read(reader: Reader<'_>, file: &mut RuleFile, errors: &mut Vec<PackError>) -> RuleTexts {
        let mut text = |key: &str, texts: &mut Option<Spanned<Texts>>| {
            match &*texts {
                Some(texts) => check_texts(reader, key, texts, errors),
                None => errors.push(reader.error(0, format!("missing field `{key}`"))),
            }
            texts.take().map(Spanned::into_inner).unwrap_or_default()
        };
        RuleTexts {
            title: text("title", &mut file.title),
            why: text("why", &mut file.why),
            fix: text("fix", &mut file.fix),
        }
    }
}

impl Examples {
    fn read(reader: Reader<'_>, laws: Laws, file: &mut RuleFile, errors: &mut Vec<PackError>) -> Examples {
        let on_series = file.series.is_some();
        let mut read =
            |entries: &mut Vec<_>, kind| examples(reader, laws, std::mem::take(entries), kind, on_series, errors);
        Examples { passing: read(&mut file.pass, Kind::Pass), failing: read(&mut file.fail, Kind::Fail) }
    }
}
