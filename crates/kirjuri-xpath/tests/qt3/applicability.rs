//! Which cases of the suite are about XPath 2.0 over untyped documents, and why the others are not.

use crate::catalog::{Case, Dependency, Environment};

/// Why a case does not apply. The order is that of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reason {
    OtherLanguage,
    Schema,
    Modules,
    LaterFeature,
    NamespaceAxis,
    CompatibilityMode,
    Collation,
    Collections,
    Dtd,
    Xml11,
    Xsd11,
    HumanLanguage,
    Unicode,
    Limits,
    Serialization,
    NoDocument,
}

impl Reason {
    pub(crate) const ALL: [Reason; 16] = [
        Reason::OtherLanguage,
        Reason::Schema,
        Reason::Modules,
        Reason::LaterFeature,
        Reason::NamespaceAxis,
        Reason::CompatibilityMode,
        Reason::Collation,
        Reason::Collections,
        Reason::Dtd,
        Reason::Xml11,
        Reason::Xsd11,
        Reason::HumanLanguage,
        Reason::Unicode,
        Reason::Limits,
        Reason::Serialization,
        Reason::NoDocument,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Reason::OtherLanguage => "for XQuery or for XPath 3.0 and later, by the versions the case names",
            Reason::Schema => "needs a schema, typed data or the static typing feature",
            Reason::Modules => "needs modules of XQuery",
            Reason::LaterFeature => "needs a feature that versions after 2.0 brought",
            Reason::NamespaceAxis => "needs the namespace axis, which XPath 2.0 deprecates and makes optional",
            Reason::CompatibilityMode => "needs the compatibility mode with XPath 1.0, which is optional",
            Reason::Collation => "needs another collation than the one by code points",
            Reason::Collections => "needs collections of documents",
            Reason::Dtd => "its document has a document type declaration, which the parser refuses",
            Reason::Xml11 => "needs XML 1.1 or an edition of XML 1.0 before the fifth",
            Reason::Xsd11 => "needs the data types of XML Schema 1.1; those here are of 1.0",
            Reason::HumanLanguage => "needs names of days or numbers in another language or calendar",
            Reason::Unicode => "is for one old version of Unicode, by the letters it lists",
            Reason::Limits => "needs time zones by name, numbers without limits, or the network",
            Reason::Serialization => "is about serialization",
            Reason::NoDocument => "its document is not part of the corpus or not XML",
        }
    }
}

/// Cases that call functions of later versions and do not say so: `tail()`.
const LATER: [&str; 1] = ["fn-subsequence-mix-args-026"];

/// Why a case does not apply by what it says of itself; `None` where it applies.
pub(crate) fn reason(case: &Case, environment: Option<&Environment>) -> Option<Reason> {
    // The versions come first: what is not for this language need not be looked at any further.
    let is_for_us = |it: &Dependency| it.value.split_ascii_whitespace().any(|token| matches!(token, "XP20" | "XP20+"));
    if case.dependencies.iter().any(|it| it.kind == "spec" && !is_for_us(it)) {
        return Some(Reason::OtherLanguage);
    }
    if LATER.contains(&case.name.as_str()) {
        return Some(Reason::LaterFeature);
    }
    if case.has_modules {
        return Some(Reason::Modules);
    }
    let Some(environment) = environment else { return Some(Reason::NoDocument) };
    case.dependencies.iter().filter_map(unmet).min().or_else(|| of_environment(environment))
}

fn unmet(dependency: &Dependency) -> Option<Reason> {
    let value = dependency.value.as_str();
    let (is_here, reason) = match dependency.kind.as_str() {
        "feature" => (
            false,
            match value {
                "schemaImport" | "schemaValidation" | "typedData" | "schema-location-hint" | "staticTyping" => {
                    Reason::Schema
                }
                "moduleImport" => Reason::Modules,
                "namespace-axis" => Reason::NamespaceAxis,
                "xpath-1.0-compatibility" => Reason::CompatibilityMode,
                "non_unicode_codepoint_collation" | "simple-uca-fallback" | "advanced-uca-fallback" => {
                    Reason::Collation
                }
                "collection-stability" | "non_empty_sequence_collection" | "directory-as-collection-uri" => {
                    Reason::Collections
                }
                "infoset-dtd" => Reason::Dtd,
                "serialization" => Reason::Serialization,
                "olson-timezone" | "remote_http" | "arbitraryPrecisionDecimal" => Reason::Limits,
                _ => Reason::LaterFeature,
            },
        ),
        "xml-version" => (value.split(' ').any(|version| matches!(version, "1.0" | "1.0:5+")), Reason::Xml11),
        "xsd-version" => (value == "1.0", Reason::Xsd11),
        "language" | "default-language" => (value == "en", Reason::HumanLanguage),
        "calendar" | "format-integer-sequence" => (false, Reason::HumanLanguage),
        // Both cases list the letters of a range and their counterparts, of which later versions have more.
        "unicode-version" => (false, Reason::Unicode),
        // Years before the common era are there.
        _ => (true, Reason::Limits),
    };
    (is_here != dependency.satisfied).then_some(reason)
}

fn of_environment(environment: &Environment) -> Option<Reason> {
    let is_codepoint = |uri: &String| uri == "http://www.w3.org/2005/xpath-functions/collation/codepoint";
    if environment.has_schema || environment.sources.iter().any(|source| source.is_validated) {
        Some(Reason::Schema)
    } else if environment.is_later {
        Some(Reason::LaterFeature)
    } else if environment.has_collection {
        Some(Reason::Collections)
    } else if !environment.collations.iter().all(is_codepoint) {
        Some(Reason::Collation)
    } else {
        None
    }
}
