//! The functions of the engine that rules call, in the namespace `urn:kirjuri:functions` (prefix `k`).
//!
//! They say what XPath says badly: whether an identifier is right, which of two times is earlier, whether a code is
//! known. Each is total: whatever the text, there is an answer, and where the answer is uncertain it is the one that
//! accuses nobody.

mod carried;
mod codes;
mod identity;
mod order;
mod times;
mod written;

use std::borrow::Cow;
use std::sync::Arc;

use kirjuri_xpath::{DynamicContext, Function, FunctionBody, Sequence, StaticContext, Type};

use crate::code_set::CodeSets;
use crate::identifiers::{has_terhikki_form, is_iso_time, is_valid_business_id, is_valid_oid, iso_date_exists};
use crate::prose;
use crate::structure::StructureSet;

/// The functions that look around the node they are asked at, or at the document as a whole.
pub(crate) const OUTWARD: &[&str] = &["is-carried", "is-prose"];

/// Namespace of the functions.
pub const NAMESPACE: &str = "urn:kirjuri:functions";

/// A function of the engine: how expressions call it and what it says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EngineFunction {
    /// Local name.
    pub name: &'static str,
    /// The types of the parameters; all are required.
    pub parameters: &'static [Type],
    /// The type of the value.
    pub result: Type,
    /// What the value says; the documentation of the functions is made from it.
    pub says: &'static str,
    body: Body,
}

/// What a function does. Those of one text are written as functions of a text; the type of the value is that of the
/// variant, so that the table cannot say another.
#[derive(Clone, Copy, Debug)]
enum Body {
    /// Whether the text is something.
    Test(fn(&str) -> bool),
    /// A text for a text; no value is the empty string.
    Text(fn(&str) -> Cow<'_, str>),
    /// A text that the pack's structures give for a text; no value is the empty string.
    Structure(for<'s> fn(&'s StructureSet, &str) -> &'s str),
    /// Anything else.
    Value(for<'a> fn(&CodeSets, &DynamicContext<'a>, &[Sequence<'a>]) -> Sequence<'a>),
}

const ONE: &[Type] = &[Type::String];
const NODES: &[Type] = &[Type::Nodes];

const fn test(name: &'static str, says: &'static str, body: fn(&str) -> bool) -> EngineFunction {
    EngineFunction { name, parameters: ONE, result: Type::Boolean, says, body: Body::Test(body) }
}

const fn text(name: &'static str, says: &'static str, body: fn(&str) -> Cow<'_, str>) -> EngineFunction {
    EngineFunction { name, parameters: ONE, result: Type::String, says, body: Body::Text(body) }
}

const fn structure(
    name: &'static str,
    says: &'static str,
    body: for<'s> fn(&'s StructureSet, &str) -> &'s str,
) -> EngineFunction {
    EngineFunction { name, parameters: ONE, result: Type::String, says, body: Body::Structure(body) }
}

/// All functions, by name.
pub static FUNCTIONS: &[EngineFunction] = &[
    EngineFunction {
        name: "age",
        parameters: &[Type::String, Type::String],
        result: Type::Number,
        says: "the whole years from the day of the first HL7 timestamp to that of the second, as people count their age; not \
               a number where either says no day",
        body: Body::Value(times::age),
    },
    test(
        "all-capitals",
        "whether a text of at least four words and twenty letters has no small letter",
        prose::is_all_capitals,
    ),
    text(
        "answer",
        "`yes` or `no` where the whole text is that answer in Finnish, Swedish or English, and nothing else; else empty",
        written::answer,
    ),
    EngineFunction {
        name: "as-of",
        parameters: &[],
        result: Type::String,
        says: "the date of checking as YYYYMMDD, or the empty string where there is none",
        body: Body::Value(times::as_of),
    },
    test("business-id-valid", "whether a Y-tunnus has the right form and check digit", is_valid_business_id),
    EngineFunction {
        name: "code-active-on",
        parameters: &[Type::String, Type::String, Type::String],
        result: Type::Boolean,
        says: "false where a code (first) of the code set of an OID (second) was certainly not in force at an HL7 timestamp \
               (third): the set has the code with its days, and the time is before or behind them",
        body: Body::Value(codes::is_active_on),
    },
    EngineFunction {
        name: "code-in",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a code (first) may be one of the code set of an OID (second): true unless the set is \
               known with all its codes, imported or of the pack, and this is none of them; an imported set says nothing of \
               codes in documents of a day after its import",
        body: Body::Value(codes::is_in),
    },
    EngineFunction {
        name: "code-of",
        parameters: &[Type::String, Type::String],
        result: Type::String,
        says: "the code that a code system (first: its OID, or that of one of its versions) gives a name (second), case \
               and white space aside; empty where the code set is not known, or has no or several codes of that name",
        body: Body::Value(codes::code_of),
    },
    EngineFunction {
        name: "code-set-complete",
        parameters: ONE,
        result: Type::Boolean,
        says: "whether the code set of the OID is known with all its codes, imported or of the pack",
        body: Body::Value(codes::is_complete),
    },
    EngineFunction {
        name: "copied-text",
        parameters: &[Type::Nodes],
        result: Type::Nodes,
        says: "those of the nodes that hold a sentence of at least twelve words which stands in an earlier one; none that is the same as a whole",
        body: Body::Value(written::copied_text),
    },
    EngineFunction {
        name: "day-count",
        parameters: ONE,
        result: Type::Number,
        says: "how many days of a year a text names in figures, such as `13.5.2014` or `2014-05-13`",
        body: Body::Value(written::day_count),
    },
    EngineFunction {
        name: "display-accepted",
        parameters: &[Type::String, Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a display name (third) may stand beside a code (first) of a code system (second): true unless \
               names of the code are known and this is none of them, case and white space aside",
        body: Body::Value(codes::accepts_display),
    },
    EngineFunction {
        name: "display-of",
        parameters: &[Type::String, Type::String, Type::String],
        result: Type::String,
        says: "what a code (first) of a code system (second) is called in a language (third: `fi`, `sv` or `en`), by the \
               version that the OID names, else by the code system without a version, else by its newest; empty where it is \
               not known",
        body: Body::Value(codes::display_of),
    },
    EngineFunction {
        name: "embedded-json",
        parameters: NODES,
        result: Type::Nodes,
        says: "the root element of the JSON document that the first of the elements carries in \
               base64; empty where none carries one that can be read",
        body: Body::Value(carried::json),
    },
    EngineFunction {
        name: "embedded-malformed",
        parameters: NODES,
        result: Type::Boolean,
        says: "whether what the first of the elements carries is certainly no document: no base64, or no JSON or XHTML; \
               one that asks for a document type definition or is over a limit only cannot be read here",
        body: Body::Value(carried::is_malformed),
    },
    EngineFunction {
        name: "embedded-xhtml",
        parameters: NODES,
        result: Type::Nodes,
        says: "the root element of the XHTML document that the first of the elements carries in \
               base64; empty where none carries one that can be read",
        body: Body::Value(carried::xhtml),
    },
    text(
        "hetu-birth-date",
        "the birth date of a personal identity code as YYYYMMDD; empty where the code is not valid",
        identity::birth_date,
    ),
    text(
        "hetu-sex",
        "`1` (male) or `2` (female) as AR/YDIN - Sukupuoli has them; empty where the code is not valid",
        identity::sex,
    ),
    test(
        "hetu-temporary",
        "whether a valid personal identity code is a temporary one (individual number 900 or over)",
        identity::is_temporary,
    ),
    test(
        "hetu-valid",
        "whether a personal identity code has the right form, date and check character",
        identity::is_hetu,
    ),
    EngineFunction {
        name: "hours-between",
        parameters: &[Type::String, Type::String],
        result: Type::Number,
        says: "the hours that have certainly passed from the first HL7 timestamp to the second, negative where it is \
               earlier; not a number where either is malformed",
        body: Body::Value(times::hours_between),
    },
    EngineFunction {
        name: "is-carried",
        parameters: &[],
        result: Type::Boolean,
        says: "whether the document that is checked is one that another carries in base64",
        body: Body::Value(carried::is_carried),
    },
    test("is-iso-time", "whether a text has the form of a date or time of ISO 8601, such as `2026-03-05`", is_iso_time),
    test(
        "is-placeholder",
        "whether the whole text stands where a text should be written: `asd`, `xxx`, `testi`, `lorem ipsum`, `-`",
        prose::is_placeholder,
    ),
    EngineFunction {
        name: "is-prose",
        parameters: NODES,
        result: Type::Boolean,
        says: "whether the first of the nodes is a string of a JSON document that people wrote: no part of a code or \
               identifier, no name, contact, fixed text, date or time",
        body: Body::Value(written::is_prose),
    },
    test(
        "iso-date-exists",
        "false where the text is an ISO date or time of a day that does not exist, such as day 00 or 30 February",
        iso_date_exists,
    ),
    text(
        "iso-timestamp",
        "the HL7 timestamp of an ISO date or time (`2026-03-05T14:30:00+02:00` is `20260305143000+0200`); empty where it \
         is none or names a day or time that does not exist",
        times::timestamp_of_iso,
    ),
    text(
        "letters",
        "the letters and digits of a text alone, small and composed (NFC): what is left of it however it is laid out",
        prose::letters,
    ),
    EngineFunction {
        name: "long-sentence",
        parameters: &[Type::String, Type::Number],
        result: Type::String,
        says: "the first sentence of a text (first) of more words than a number (second), numbers not counted, which is no enumeration; empty where there is none. Abbreviations, ordinals, dates and times do not end a sentence; a colon and a semicolon do",
        body: Body::Value(written::long_sentence),
    },
    EngineFunction {
        name: "mentions-abbreviation",
        parameters: &[Type::String, Type::String],
        result: Type::String,
        says: "the abbreviation that `k:unexplained-abbreviation` finds; empty where it finds none",
        body: Body::Value(written::first_abbreviation),
    },
    text(
        "mentions-capitals",
        "the first line or sentence of at least six words and thirty letters that is written in capitals alone; empty where there is none",
        |text| written::part(text, prose::capitals),
    ),
    EngineFunction {
        name: "mentions-day",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a text (first) may name the day of an HL7 timestamp (second): false only where it names days of a year \
               in figures, and none that may be this one",
        body: Body::Value(written::mentions_day),
    },
    EngineFunction {
        name: "mentions-email",
        parameters: &[Type::String, Type::Nodes],
        result: Type::String,
        says: "the first address of e-mail that stands in a text (first), is not that of an office, and is the value of none of the nodes (second); empty where none does",
        body: Body::Value(written::email),
    },
    text(
        "mentions-garbled",
        "the first characters of a text that are a letter read in another encoding, such as `Ã¤`, or U+FFFD, or a word with `?` for letters where there are several; empty where there are none",
        |text| written::part(text, prose::garbled),
    ),
    text(
        "mentions-hetu",
        "the first valid personal identity code that stands in a text, also in small letters; empty where none does",
        written::first_hetu,
    ),
    EngineFunction {
        name: "mentions-listed",
        parameters: &[Type::String, Type::String],
        result: Type::String,
        says: "the first word or words, up to three, of a text (first) that the code set (second) lists in small letters; empty where there are none",
        body: Body::Value(written::first_listed),
    },
    text(
        "mentions-machine-time",
        "the first date and time that stand in a text as programs write them, such as `20260305143000`; empty where there are none",
        |text| written::part(text, prose::machine_time),
    ),
    text(
        "mentions-markup",
        "the first reference or tag of HTML or XML that shows as text, such as `&nbsp;` or `<br/>`; empty where there is none",
        |text| written::part(text, prose::markup),
    ),
    EngineFunction {
        name: "mentions-number",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a text (first) may name a number (second): false only where it has figures, and none of its numbers is \
               this one",
        body: Body::Value(written::mentions_number),
    },
    EngineFunction {
        name: "mentions-other-hetu",
        parameters: &[Type::String, Type::Nodes],
        result: Type::String,
        says: "the first valid personal identity code that stands in a text (first), as it is written, that is the value of none of the nodes (second); empty where none does",
        body: Body::Value(written::other_hetu),
    },
    EngineFunction {
        name: "mentions-phone",
        parameters: &[Type::String, Type::Nodes],
        result: Type::String,
        says: "the first Finnish mobile telephone number that stands in a text (first), not beside words for a unit or a professional, and is the value of none of the nodes (second); empty where none does",
        body: Body::Value(written::phone_number),
    },
    EngineFunction {
        name: "mentions-relative",
        parameters: &[Type::String, Type::String, Type::Nodes],
        result: Type::String,
        says: "a word of the code set (second) for a relation with the two names that follow it in a text (first), where the first of them is none of the names of the patient (third); empty where there is none",
        body: Body::Value(written::named_relative),
    },
    EngineFunction {
        name: "misplaced",
        parameters: &[Type::Nodes, Type::String],
        result: Type::Nodes,
        says: "the first of the elements that stands behind one which the order (local names with white space between) \
               puts after it; only local names are compared, so select the elements of the namespaces that the order \
               is about (`k:misplaced(cda:*, '…')`); elements the order does not name are left alone",
        body: Body::Value(order::misplaced),
    },
    EngineFunction {
        name: "narrative",
        parameters: &[Type::Nodes],
        result: Type::String,
        says: "the text of the first of the nodes as its reader sees it: with U+2028 where a line, an item or a cell ends, and U+2029 where a paragraph does",
        body: Body::Value(written::narrative),
    },
    text(
        "oid-business-id",
        "the Y-tunnus in an OID under 1.2.246.10, as NNNNNNN-N; empty elsewhere",
        identity::business_id,
    ),
    text(
        "oid-node-class",
        "the node class of an OID under 1.2.246.10.<Y-tunnus>, in two digits (`14` also for `14029`); empty elsewhere",
        identity::node_class,
    ),
    test("oid-valid", "whether a text is an OID", is_valid_oid),
    EngineFunction {
        name: "other-hetu",
        parameters: &[Type::String, Type::Nodes],
        result: Type::Boolean,
        says: "whether a valid personal identity code stands in a text (first) that is the value of none of the nodes \
               (second)",
        body: Body::Value(written::has_other_hetu),
    },
    text(
        "repeated-sentence",
        "the first sentence of at least eight words that stands in a text for the second time; empty where there is none",
        |text| written::part(text, prose::repeated_sentence),
    ),
    text(
        "repeated-word",
        "the first word with its second that stands twice in a row where it never may, such as `ja ja` or `och och`; empty where there is none",
        |text| written::part(text, prose::repeated_word),
    ),
    EngineFunction {
        name: "same-text",
        parameters: &[Type::Nodes],
        result: Type::Nodes,
        says: "those of the nodes whose whole text, of at least eight words, is that of an earlier one, layout and case aside",
        body: Body::Value(written::same_text),
    },
    text(
        "structure-day",
        "the day of a structure's version, the last three numbers of its OID, as YYYYMMDD; empty where they name none",
        times::day_of_structure,
    ),
    structure(
        "structure-newest",
        "the OID of the newest structure the pack knows for the document type of a structure's OID; empty where it knows \
         none",
        |set, oid| set.newest_of_type(oid).unwrap_or_default(),
    ),
    structure(
        "structure-of-root",
        "the OID of the structure whose documents have a root of that name, of several the newest; empty where the pack \
         knows none",
        |set, key| set.of_root(key).unwrap_or_default(),
    ),
    structure(
        "structure-root",
        "the name of the root of documents of the structure of an OID; empty where the pack does not know the structure",
        |set, oid| set.entry(oid).map_or("", |entry| &entry.root),
    ),
    test("terhikki-valid", "whether a text has the form of a Terhikki number", has_terhikki_form),
    EngineFunction {
        name: "timestamp-before",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether the first HL7 timestamp is certainly before the second, offsets and precision considered",
        body: Body::Value(times::is_before),
    },
    text(
        "timestamp-offset",
        "the offset of an HL7 timestamp as written, for instance `+0200`; empty where it has none",
        times::offset,
    ),
    test(
        "timestamp-offset-legal",
        "false where the offset is certainly not the one in force in Finland at that local time",
        times::has_legal_offset,
    ),
    EngineFunction {
        name: "timestamp-precision",
        parameters: ONE,
        result: Type::Number,
        says: "digits of an HL7 timestamp's date and time: 4, 6, 8, 10, 12 or 14, with a fraction 15; 0 where it is \
               malformed",
        body: Body::Value(times::precision),
    },
    test("timestamp-valid", "whether a text is an HL7 timestamp of a day and time that exist", times::is_valid),
    EngineFunction {
        name: "unexplained-abbreviation",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a text (first) holds an abbreviation in capitals that neither the code set (second) lists nor the \
               text explains in brackets; false where the pack has not the set",
        body: Body::Value(written::has_unexplained_abbreviation),
    },
    text(
        "unfinished-sentence",
        "the first sentence, of at least four words, at the end of a paragraph of a text that is cut behind a comma, an opening bracket, a dash or a conjunction; empty where there is none",
        |text| written::part(text, prose::unfinished_sentence),
    ),
    text(
        "unstopped-sentence",
        "the first sentence of at least three words that ends a paragraph without a mark though the one before it has one, or of at least six though all other paragraphs have; empty where there is none",
        |text| written::part(text, prose::unstopped_sentence),
    ),
    EngineFunction {
        name: "word-count",
        parameters: ONE,
        result: Type::Number,
        says: "how many words a text has",
        body: Body::Value(written::word_count),
    },
];

/// Makes the functions known to the expressions of a pack.
pub(crate) fn declare(context: &mut StaticContext, code_sets: &Arc<CodeSets>, structures: &Arc<StructureSet>) {
    for function in FUNCTIONS {
        let body = match function.body {
            Body::Test(test) => FunctionBody::Test(test),
            Body::Text(text) => FunctionBody::Text(text),
            Body::Structure(body) => {
                let structures = Arc::clone(structures);
                FunctionBody::Value(Box::new(move |_, arguments| {
                    Sequence::from(body(&structures, &argument(arguments, 0)).to_owned())
                }))
            }
            Body::Value(value) => {
                let sets = Arc::clone(code_sets);
                FunctionBody::Value(Box::new(move |dynamic, arguments| value(&sets, dynamic, arguments)))
            }
        };
        let (name, parameters) = (function.name.into(), function.parameters.to_vec());
        context.declare_function(NAMESPACE, Function { name, parameters, result: function.result, body });
    }
}

/// An argument as text; empty where there is none.
fn argument<'a>(arguments: &[Sequence<'a>], index: usize) -> Cow<'a, str> {
    arguments.get(index).map(Sequence::to_text).unwrap_or_default()
}

#[cfg(test)]
mod tests;
