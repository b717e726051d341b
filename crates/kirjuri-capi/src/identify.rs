//! `kirjuri_identify`: what kind of document it is, and which packs are about it.

use kirjuri::{Document, Language, Position, Reading};
use kirjuri_report::InputError;
use kirjuri_tree::Format;

use crate::abi::KirjuriCheckOptions;
use crate::asked::Given;
use crate::call::call;
use crate::check::reserve;
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::Handle;
use crate::rule_set::Rules;
use crate::text::{self, Text};

#[derive(serde::Serialize)]
struct IdentityJson<'r> {
    format: &'static str,
    root: String,
    kind: Option<KindJson<'r>>,
    packs: Vec<&'r str>,
    schemas: Vec<&'r str>,
}

#[derive(serde::Serialize)]
struct KindJson<'r> {
    id: &'r str,
    title: &'r str,
}

impl<'r> IdentityJson<'r> {
    fn of(document: &Document, rules: &'r Rules, language: Language) -> Result<IdentityJson<'r>, Failure> {
        let set = rules.set();
        let too_much = |_| unreadable(&InputError::TooMuchWork { rule: None }, None);
        let (mut kind, mut packs) = (None, Vec::new());
        for pack in set.packs() {
            if !pack.applies_to(document).map_err(too_much)? {
                continue;
            }
            packs.push(pack.id.as_str());
            if kind.is_none() {
                let known = pack.kind_of(document).map_err(too_much)?;
                kind = known.map(|kind| KindJson { id: &kind.id, title: kind.title.get(language) });
            }
        }
        Ok(IdentityJson {
            format: match document.format() {
                Format::Xml => "xml",
                Format::Json => "json",
            },
            root: set.shown_root(document),
            kind,
            packs,
            schemas: set.schemas().iter().map(|schema| schema.id.as_str()).collect(),
        })
    }
}

/// In English, as all errors are: they are for developers, whatever language the user has.
fn unreadable(error: &InputError, place: Option<Position>) -> Failure {
    let message = format!("{} [{}]", error.message(Language::English), error.id());
    let failure = Failure::new(Code::UnreadableDocument, message);
    match place {
        Some(place) => failure.at(place),
        None => failure,
    }
}

/// `kirjuri_identify` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_identify(
    rules: *const Handle<Rules>,
    bytes: *const u8,
    length: usize,
    options: *const KirjuriCheckOptions,
    error: ErrorSlot,
) -> *mut Handle<Text> {
    // SAFETY: the caller keeps the header.
    let given = unsafe { Given::look(rules, bytes, length, options, error) };
    let Some(Given { rules, bytes, asked }) = given else { return std::ptr::null_mut() };
    call(error, asked.memory_limit, reserve(bytes.len()), || {
        let stop = asked.stop();
        stop.go_on()?;
        let reading = Reading { interrupt: Some(&*stop), ..Reading::default() };
        let document = kirjuri::read(bytes, &reading);
        stop.go_on()?;
        let document = document.map_err(|error| unreadable(&InputError::Parse(error), Some(error.position())))?;
        let identity = IdentityJson::of(&document, rules, asked.language)?;
        let written = text::written(&identity)?;
        stop.go_on().map(|()| Handle::new(Text::new(written)))
    })
}
