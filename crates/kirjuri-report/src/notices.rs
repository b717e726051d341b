//! Sentences about a whole run in Finnish, Swedish and English, which several formats say.

use kirjuri::{Language, RuleSet};

use crate::batch::Batch;
use crate::messages::Wording;
use crate::text::{TextOptions, TextReport};

/// What becomes of a run, beside its findings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice {
    /// It was stopped.
    Partial,
    /// Documents were left alone.
    Skipped(u64),
    /// Documents that could not be read and are not named.
    UnreadableLeftOut(u64),
    /// Findings that are not in the report.
    FindingsLeftOut(u64),
    /// Findings that GitHub would not show beside the files.
    AnnotationsLeftOut(u64),
    /// Places where a rule could not be asked.
    Unevaluated(u64),
    /// Assertions that do not compile.
    NotCompiled(u64),
    /// A finding that a baseline knows.
    Known,
}

impl Notice {
    pub(crate) fn say(self, language: Language) -> String {
        let [fi, sv, en] = match self {
            Notice::Partial => return Wording::Partial.get(language).to_owned(),
            Notice::Skipped(count) => [
                format!("asiakirjoja ohitettu, koska mikään sääntö ei koske niitä: {count}"),
                format!("handlingar överhoppade, eftersom ingen regel gäller dem: {count}"),
                format!("documents skipped because no rule applies to them: {count}"),
            ],
            Notice::UnreadableLeftOut(count) => [
                format!("muita asiakirjoja, jotka eivät olleet luettavissa: {count}"),
                format!("andra handlingar som var oläsliga: {count}"),
                format!("other documents that could not be read: {count}"),
            ],
            Notice::FindingsLeftOut(count) => [
                format!("tästä raportista jätettiin pois löydöksiä: {count}; lievimmät ja viimeiset jäivät pois"),
                format!("fynd som utelämnats ur denna rapport: {count}; de lindrigaste och sista utelämnades"),
                format!("findings left out of this report: {count}; the mildest and last were left out"),
            ],
            Notice::AnnotationsLeftOut(count) => [
                format!("löydöksiä ilman merkintää: {count}; GitHub näyttää vaiheesta kymmenen kutakin vakavuutta"),
                format!("fynd utan anteckning: {count}; GitHub visar tio av varje allvarlighetsgrad per steg"),
                format!("findings without an annotation: {count}; GitHub shows ten of each severity of a step"),
            ],
            Notice::Unevaluated(times) => [
                format!("ehtoa ei voitu arvioida (kohteita: {times})"),
                format!("villkoret kunde inte prövas (ställen: {times})"),
                format!("the assertion could not be evaluated (places: {times})"),
            ],
            Notice::NotCompiled(count) => [
                format!("ehtoja, joita ei voitu kääntää ja joita ei kysytty: {count}"),
                format!("villkor som inte kunde kompileras och inte prövades: {count}"),
                format!("assertions that do not compile and were not asked: {count}"),
            ],
            Notice::Known => [
                "löydös on lähtötasossa".to_owned(),
                "fyndet finns i utgångsläget".to_owned(),
                "the finding is in the baseline".to_owned(),
            ],
        };
        match language {
            Language::Finnish => fi,
            Language::Swedish => sv,
            Language::English => en,
        }
    }
}

/// The account of a batch as the text report has it, on some lines.
pub(crate) fn account_text(batch: &Batch, rules: &RuleSet, language: Language) -> String {
    let mut text = Vec::new();
    let mut report = TextReport::new(rules, TextOptions { language, styled: false });
    // Nothing can go wrong in memory.
    let _ = report.write_account(batch, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether there is anything that was not checked, so that a report without words for it needs some beside it.
pub(crate) fn is_anything_unchecked(batch: &Batch) -> bool {
    let account = batch.account();
    account.checked < account.seen || account.checked == 0 || batch.count_unevaluated() > 0 || batch.is_partial
}
