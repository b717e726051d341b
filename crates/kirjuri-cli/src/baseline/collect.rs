//! All that is found in documents, by fingerprints.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{Finding, Fingerprint, Interrupt, Language, LintOptions, RuleIndex, RuleSet};
use kirjuri_report::{Batch, DocumentEntry, Outcome, Printer, SeriesEntry, TextOptions, TextReport};

use super::Reach;
use crate::arguments::{BaselineRunArguments, JudgedBy, JudgementArguments, LanguageArgument};
use crate::check::{Job, Outputs, today};
use crate::settings::{Given, Settings};
use crate::stop::Stop;
use crate::{Failure, codes, inputs, packs, structures};

/// What a run has found.
pub(super) struct Collected {
    pub(super) rules: RuleSet,
    /// In the order of a report.
    pub(super) found: Vec<(RuleIndex, Fingerprint)>,
    /// How many documents were checked.
    pub(super) checked: u64,
    /// Some were, and all could be read.
    pub(super) is_whole: bool,
    /// What it can say of findings that it has not met.
    pub(super) reach: Reach,
    /// The day that entries are judged by.
    pub(super) today: Option<Date>,
}

impl Collected {
    /// Checks documents. Those that cannot be read are named on standard error.
    ///
    /// # Errors
    /// Those of `kirjuri check`, and what `begin` says of the day that entries are judged by, before the work.
    pub(super) fn of(
        arguments: &BaselineRunArguments,
        settings: &Settings,
        language: Language,
        begin: impl FnOnce(Option<Date>) -> Result<(), Failure>,
    ) -> Result<Collected, Failure> {
        // The same rules as those of a check with these settings, or a baseline would hold what no check finds.
        let (mut packs, mut codes) = (arguments.packs.clone(), arguments.codes.clone());
        let mut judgement = JudgementArguments::default();
        let mut said = LanguageArgument::default();
        settings.fill(&mut packs, &mut codes, &mut said, &mut judgement);
        let packs = packs::load_all(&packs)?;
        let mut options = LintOptions::default();
        options.as_of = JudgedBy::on(judgement.as_of, today());
        options.locations = false;
        begin(options.as_of.day())?;
        options.documents = Some(Arc::new(packs.documents.clone()));
        let choice = settings.choose(&packs.rule_set().with_codes(codes::library(&codes)?))?;
        choice.notes.iter().try_for_each(|note| writeln!(anstream::stderr(), "kirjuri: {note}"))?;
        let rules = choice.rules;
        options.series = rules.all().any(|rule| rule.is_selected() && rule.is_on_series());
        options.against = arguments.against.as_deref().map(|named| structures::named(named, &rules)).transpose()?;
        let mut inputs = inputs::collect(&arguments.inputs.paths, arguments.inputs.options())?;
        let mut batch = Batch::new(&rules, options.as_of);
        batch.unchanged = inputs.unchanged;
        batch.series = options.series.then(Vec::new);
        let (found, today) = (Rc::new(RefCell::new(Vec::new())), options.as_of.day());
        let unread = TextReport::new(&rules, TextOptions { language, styled: false });
        let mut outputs = Outputs::of(&rules, Box::new(Collector { found: Rc::clone(&found), unread }));
        let limits = arguments.inputs.limits();
        let stop = Stop::on_signals()?;
        options.interrupt = Some(Arc::clone(&stop) as Arc<dyn Interrupt>);
        let job = Job {
            limits,
            rules: &rules,
            paths: &choice.paths,
            options,
            jobs: arguments.jobs,
            baseline: None,
            cache: None,
            stop: &stop,
        };
        job.check_all(&mut inputs, &mut batch, &mut outputs)?;
        drop(outputs);
        let account = batch.account();
        let is_whole = account.checked > 0 && account.unreadable == 0 && !inputs.broken && !batch.is_partial;
        let reach = Reach::of(&batch, &rules, &choice.paths, inputs.broken);
        let found = found.take();
        Ok(Collected { rules, found, checked: account.checked, is_whole, reach, today })
    }
}

/// The settings of a run.
///
/// # Errors
/// Those of [`Settings::read`].
pub(super) fn settings(arguments: &BaselineRunArguments) -> Result<Settings, Failure> {
    let BaselineRunArguments { packs, codes, selection, .. } = arguments;
    let (language, judgement) =
        (&LanguageArgument::default(), &JudgementArguments { as_of: arguments.as_of, ..JudgementArguments::default() });
    Settings::read(Given { packs, codes, language, judgement, selection })
}

/// Keeps the fingerprints of what is reported.
struct Collector<'r> {
    found: Rc<RefCell<Vec<(RuleIndex, Fingerprint)>>>,
    unread: TextReport<'r>,
}

impl Collector<'_> {
    fn keep(&self, finding: &Finding) {
        self.found.borrow_mut().push((finding.rule, finding.fingerprint));
    }
}

impl Printer for Collector<'_> {
    fn document(&mut self, document: &DocumentEntry, _: &mut dyn Write) -> io::Result<()> {
        match &document.outcome {
            Outcome::Checked(findings) => findings.iter().for_each(|finding| self.keep(finding)),
            Outcome::Unreadable(_) => self.unread.write_document(document, &mut anstream::stderr())?,
            Outcome::Skipped(_) => {}
        }
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry, _: &mut dyn Write) -> io::Result<()> {
        self.keep(&entry.finding);
        Ok(())
    }

    fn end(&mut self, _: &Batch, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
