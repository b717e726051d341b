//! Baselines: findings that are known and let be.

mod collect;
mod file;
mod reach;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kirjuri::identifiers::Date;
use kirjuri::{Finding, Fingerprint, Language, Report, RuleIndex, RuleSet, nearest};
use kirjuri_report::{BaselineAccount, KnownFinding, printable, rule_title, severity_name};

use crate::arguments::{BaselineCheckArguments, BaselinePruneArguments, BaselineWriteArguments, DEFAULT_BASELINE};
use crate::settings::Settings;
use crate::{Failure, Status};

use collect::Collected;
use file::{BaselineFile, Key, Mark, Terms};

pub(crate) use reach::Reach;

/// A baseline that findings are held against. Threads may share it: what they meet does not depend on their order.
pub(crate) struct Baseline {
    key: Key,
    terms: Vec<(Terms, Option<Arc<str>>)>,
    entries: HashMap<Mark, Entry>,
    today: Option<Date>,
    /// The safety-critical rules that terms without a reason are of: these hide nothing.
    unreasoned: BTreeSet<String>,
}

struct Entry {
    /// The number of its terms.
    terms: usize,
    /// A finding was met that it stands for.
    is_met: AtomicBool,
}

/// What a baseline says of a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Standing {
    New,
    /// It is let be, for a reason.
    Known(Option<Arc<str>>),
    Expired,
}

impl Baseline {
    /// Reads a baseline; `today` tells which of its entries have expired.
    ///
    /// # Errors
    /// What is wrong with the file, with its places.
    pub(crate) fn load(path: &Path, today: Option<Date>, rules: &RuleSet) -> Result<Baseline, Failure> {
        Ok(Baseline::new(BaselineFile::read(path)?, today).guarded(rules))
    }

    /// The baseline, in which a finding of a safety-critical rule is let be only for a reason.
    fn guarded(mut self, rules: &RuleSet) -> Baseline {
        let unreasoned = self.terms.iter().filter(|(_, reason)| reason.is_none()).map(|(terms, _)| &terms.rule);
        let is_critical = |rule: &&String| rules.find(rule).is_some_and(|rule| rules.get(rule).is_safety_critical());
        self.unreasoned = unreasoned.filter(is_critical).cloned().collect();
        self
    }

    /// Says which safety-critical rules it would hide without a reason.
    pub(crate) fn unreasoned(&self) -> Option<String> {
        let names: Vec<&str> = self.unreasoned.iter().map(String::as_str).collect();
        let message = "the baseline gives no reason for findings of safety-critical rules, which are shown";
        (!names.is_empty()).then(|| format!("{message}: {}", printable(&names.join(", "))))
    }

    fn new(file: BaselineFile, today: Option<Date>) -> Baseline {
        let (mut terms, mut entries) = (Vec::new(), HashMap::new());
        for (of, marks) in file.suppressions {
            let entry = || Entry { terms: terms.len(), is_met: AtomicBool::new(false) };
            entries.extend(marks.into_iter().map(|mark| (mark, entry())));
            let reason = of.reason.as_deref().map(Arc::from);
            terms.push((of, reason));
        }
        Baseline { key: file.key, terms, entries, today, unreasoned: BTreeSet::new() }
    }

    /// Says what it knows of a finding, and notes that it was met.
    fn meet(&self, fingerprint: Fingerprint) -> Standing {
        // Of a draft there is none.
        let entry = self.entries.get(&self.key.mark(fingerprint)).filter(|_| !fingerprint.is_none());
        let Some(entry) = entry else { return Standing::New };
        entry.is_met.store(true, Ordering::Relaxed);
        match self.terms.get(entry.terms) {
            Some((terms, _)) if terms.is_expired(self.today) => Standing::Expired,
            Some((terms, None)) if self.unreasoned.contains(&terms.rule) => Standing::New,
            Some((_, reason)) => Standing::Known(reason.clone()),
            None => Standing::New,
        }
    }

    /// A finding with why it is let be, where it is known; then it is no finding of the run.
    pub(crate) fn known(&self, finding: &Finding) -> Option<KnownFinding> {
        match self.meet(finding.fingerprint) {
            Standing::New | Standing::Expired => None,
            Standing::Known(reason) => Some(KnownFinding { finding: finding.clone(), reason }),
        }
    }

    /// Takes the findings that are known out of a report.
    pub(crate) fn take_known(&self, report: &mut Report) -> Vec<KnownFinding> {
        let mut known = Vec::new();
        let findings = std::mem::take(&mut report.findings).into_iter();
        report.findings = findings
            .filter_map(|finding| match self.meet(finding.fingerprint) {
                Standing::New | Standing::Expired => Some(finding),
                Standing::Known(reason) => {
                    known.push(KnownFinding { finding, reason });
                    None
                }
            })
            .collect();
        known
    }

    /// What came of its entries, when all findings of a run were met.
    pub(crate) fn account(&self, rules: &RuleSet, reach: &Reach) -> BaselineAccount {
        let mut account = BaselineAccount::default();
        let mut unused = BTreeMap::new();
        for entry in self.entries.values() {
            let Some((terms, _)) = self.terms.get(entry.terms) else { continue };
            let counts = match entry.is_met.load(Ordering::Relaxed) {
                true if terms.is_expired(self.today) => &mut account.expired,
                // What was not asked may still be so.
                false if reach.has_asked(&terms.rule, rules) => &mut unused,
                _ => continue,
            };
            *counts.entry(terms.rule.clone()).or_default() += 1;
        }
        account.unused = reach.is_whole.then_some(unused);
        account
    }

    /// The rules it names that their packs do not have, with those that may be meant.
    pub(crate) fn unknown_rules(&self, rules: &RuleSet) -> Vec<String> {
        let unknown = |rule: &&str| reach::is_at_hand(rule, rules) && rules.find(rule).is_none();
        let mut names: Vec<&str> = self.terms.iter().map(|(terms, _)| &*terms.rule).filter(unknown).collect();
        names.dedup();
        let say = |rule: &str| {
            let ids: Vec<String> = rules.all().map(|known| known.id()).collect();
            let nearest = nearest(rule, ids.iter().map(String::as_str));
            let meant = nearest.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            format!("the baseline names a rule that there is not: `{}`{meant}", printable(rule))
        };
        names.into_iter().map(say).collect()
    }
}

/// The file that the arguments name, else that of the settings, which is the one that a check is held against.
fn file_of(named: Option<&Path>, settings: &Settings) -> PathBuf {
    let of_settings = settings.baseline.as_ref().map(|placed| &*placed.value);
    named.or(of_settings).unwrap_or(Path::new(DEFAULT_BASELINE)).to_path_buf()
}

/// `kirjuri baseline write`.
///
/// # Errors
/// What is wrong with the file that is there, a last day that is over, and all of `kirjuri check`.
pub(crate) fn write(arguments: &BaselineWriteArguments) -> Result<Status, Failure> {
    let settings = collect::settings(&arguments.run)?;
    let path = &file_of(arguments.output.as_deref(), &settings);
    // A file that cannot be read is seen before the work.
    let mut file = if path.exists() { BaselineFile::read(path)? } else { BaselineFile::new() };
    let collected = Collected::of(&arguments.run, &settings, Language::English, |today| {
        // Entries that hold on no day would only look as if something were let be.
        let over = arguments.expires.zip(today).filter(|(expires, today)| expires < today);
        let say = |(expires, today): (Date, Date)| {
            let (expires, today) = (expires.iso(), today.iso());
            Failure::Message(format!("--expires {expires} is over, judged by {today}: the entries would never hold"))
        };
        over.map_or(Ok(()), |days| Err(say(days)))
    })?;
    if collected.checked == 0 {
        return Err(Failure::Message("no document was checked, and no baseline written".into()));
    }
    let baseline = Baseline::new(file.clone(), collected.today);
    let (mut new, mut expired) = (0_u64, 0_u64);
    for (rule, fingerprint) in &collected.found {
        match baseline.meet(*fingerprint) {
            Standing::Known(_) => continue,
            Standing::Expired => {
                expired += 1;
                continue;
            }
            Standing::New => {}
        }
        let terms = Terms {
            rule: collected.rules.id(*rule),
            since: collected.today,
            expires: arguments.expires,
            owner: arguments.owner.clone(),
            reason: arguments.reason.clone(),
        };
        let mark = file.key.mark(*fingerprint);
        new += u64::from(file.suppressions.entry(terms).or_default().insert(mark));
    }
    file.write(path)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}: {} entries, {new} of them new", path.display(), file.len())?;
    let guarded = Baseline::new(file.clone(), collected.today).guarded(&collected.rules);
    guarded.unreasoned().map_or(Ok(()), |said| writeln!(anstream::stderr(), "kirjuri: {said}; --reason gives one"))?;
    if expired > 0 {
        writeln!(out, "findings whose entry has expired: {expired}; the entries are left as they are")?;
    }
    Ok(if collected.is_whole { Status::Clean } else { Status::Failed })
}

/// `kirjuri baseline prune`.
///
/// # Errors
/// As [`write`], and documents that could not be read: what would be found in them is not known.
pub(crate) fn prune(arguments: &BaselinePruneArguments) -> Result<Status, Failure> {
    let settings = collect::settings(&arguments.run)?;
    let path = &file_of(arguments.baseline.as_deref(), &settings);
    let mut file = BaselineFile::read(path)?;
    let collected = Collected::of(&arguments.run, &settings, Language::English, |_| Ok(()))?;
    if !collected.reach.is_whole {
        return Err(Failure::Message(
            "nothing was removed: what would be found in documents that were not read is not known".into(),
        ));
    }
    let baseline = Baseline::new(file.clone(), collected.today);
    collected.found.iter().for_each(|(_, fingerprint)| drop(baseline.meet(*fingerprint)));
    let before = file.len();
    let mut removed: BTreeMap<String, usize> = BTreeMap::new();
    for (terms, marks) in &mut file.suppressions {
        if !collected.reach.has_asked(&terms.rule, &collected.rules) {
            continue;
        }
        let count = marks.len();
        marks.retain(|mark| baseline.entries.get(mark).is_none_or(|entry| entry.is_met.load(Ordering::Relaxed)));
        if marks.len() < count {
            *removed.entry(terms.rule.clone()).or_default() += count - marks.len();
        }
    }
    let mut out = anstream::stdout().lock();
    if removed.is_empty() {
        writeln!(out, "{}: {before} entries, none of them to be removed", path.display())?;
        return Ok(Status::Clean);
    }
    file.write(path)?;
    writeln!(out, "{}: {} of {before} entries removed", path.display(), before - file.len())?;
    removed.iter().try_for_each(|(rule, count)| writeln!(out, "    {count} {}", printable(rule)))?;
    Ok(Status::Clean)
}

/// `kirjuri baseline check`.
///
/// # Errors
/// As [`write`].
pub(crate) fn check(arguments: &BaselineCheckArguments) -> Result<Status, Failure> {
    let language = arguments.language.get();
    let settings = collect::settings(&arguments.run)?;
    let path = file_of(arguments.baseline.as_deref(), &settings);
    let file = BaselineFile::read(&path)?;
    let collected = Collected::of(&arguments.run, &settings, language, |_| Ok(()))?;
    let baseline = Baseline::new(file, collected.today).guarded(&collected.rules);
    baseline.unreasoned().map_or(Ok(()), |said| writeln!(anstream::stderr(), "kirjuri: {said}"))?;
    let mut err = anstream::stderr();
    baseline.unknown_rules(&collected.rules).iter().try_for_each(|said| writeln!(err, "kirjuri: {said}"))?;
    let (mut new, mut known) = (BTreeMap::<RuleIndex, u64>::new(), 0_u64);
    for (rule, fingerprint) in &collected.found {
        match baseline.meet(*fingerprint) {
            Standing::New => *new.entry(*rule).or_default() += 1,
            Standing::Known(_) => known += 1,
            Standing::Expired => {}
        }
    }
    let account = baseline.account(&collected.rules, &collected.reach);
    let [title, new_word, known_word, unused_word, expired_word, unknown] = match language {
        Language::Finnish => ["Lähtötaso", "Uusia", "Tunnettuja", "Ilman löydöstä", "Vanhentuneita", "(ei tiedossa)"],
        Language::Swedish => ["Utgångsläge", "Nya", "Kända", "Utan fynd", "Utgångna", "(inte känt)"],
        Language::English => ["Baseline", "New", "Known", "Without a finding", "Expired", "(not known)"],
    };
    let small = |word: &str| word.to_lowercase();
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{title} {}: {} {}, {} {known}, {} {}, {} {}",
        path.display(),
        small(new_word),
        new.values().sum::<u64>(),
        small(known_word),
        small(unused_word),
        account.count_unused().map_or_else(|| unknown.to_owned(), |count| count.to_string()),
        small(expired_word),
        account.count_expired(),
    )?;
    if !new.is_empty() {
        writeln!(out, "\n{new_word}")?;
    }
    for (rule, count) in &new {
        let of = collected.rules.get(*rule);
        let (id, severity) = (of.id(), severity_name(of.severity(), *count, language));
        writeln!(out, "    {count} {severity} [{}] {}", printable(&id), printable(&rule_title(of, language)))?;
    }
    let unused = account.unused.clone().unwrap_or_default();
    for (word, entries) in [(unused_word, &unused), (expired_word, &account.expired)] {
        if !entries.is_empty() {
            writeln!(out, "\n{word}")?;
        }
        entries.iter().try_for_each(|(rule, count)| writeln!(out, "    {count} [{}]", printable(rule)))?;
    }
    Ok(match () {
        () if !collected.is_whole => Status::Failed,
        () if !new.is_empty() || account.count_expired() > 0 => Status::Found,
        () => Status::Clean,
    })
}
