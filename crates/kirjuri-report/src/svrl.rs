//! What a Schematron schema says of a document as SVRL, the report language of ISO/IEC 19757-3 (annex D).

use std::io;

use kirjuri::{
    AnyRule, Assertion, AssertionFinding, Finding, Message, Remark, RenderedMessage, RenderedPart, Report, RuleSet,
    SchemaRule, Schematron, reference_for,
};

/// Writes the report of one document and one schema, that of number `schema` in the rule set.
///
/// Fired rules are written if [`LintOptions::fired_rules`](kirjuri::LintOptions::fired_rules) asked for them. Texts
/// quote the document only if [`LintOptions::messages`](kirjuri::LintOptions::messages) asked for that; else `…` stands
/// in the places of the quotations.
///
/// # Errors
/// What `out` says.
pub fn write_svrl(report: &Report, rules: &RuleSet, schema: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(of) = rules.schemas().get(schema) else { return Ok(()) };
    let mut findings: Vec<Said<'_>> = report.findings.iter().filter_map(|finding| said(finding, rules, of)).collect();
    // The order in which rules fired; assertions in the order of their rule.
    findings.sort_by_key(|said| (said.rule.pattern, said.about.fired_rule, said.finding.rule));
    let mut xml = Xml::default();
    xml.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open("schematron-output");
    xml.attribute("xmlns:svrl", Some("http://purl.oclc.org/dsdl/svrl"));
    xml.attribute("title", of.title.as_deref());
    xml.attribute("schemaVersion", of.version.as_deref());
    xml.attribute("phase", of.phase.as_deref());
    xml.attribute("xml:lang", of.language.as_deref());
    xml.end_tag();
    metadata(of, &mut xml);
    for (prefix, uri) in &of.namespaces {
        xml.open("ns-prefix-in-attribute-values");
        xml.attribute("prefix", Some(prefix));
        xml.attribute("uri", Some(uri));
        xml.close_empty();
    }
    let mut next = findings.iter().peekable();
    let mut fired: Vec<_> = report.fired_rules.iter().enumerate().filter(|(_, fired)| fired.schema == schema).collect();
    let pattern_of = |rule: usize| of.rules().get(rule).map_or(usize::MAX, |rule| rule.pattern);
    fired.sort_by_key(|(number, fired)| (pattern_of(fired.rule), *number));
    let mut fired = fired.into_iter().peekable();
    for (number, pattern) in of.patterns().iter().enumerate() {
        xml.open("active-pattern");
        xml.attribute("id", pattern.id.as_deref());
        xml.attribute("name", pattern.title.as_deref().or(pattern.id.as_deref()));
        xml.attribute("documents", pattern.documents.as_deref());
        xml.close_empty();
        while let Some((index, fired)) = fired.next_if(|(_, fired)| pattern_of(fired.rule) == number) {
            let Some(rule) = of.rules().get(fired.rule) else { continue };
            fired_rule(rule, fired.is_suppressed, &mut xml);
            while let Some(said) = next.next_if(|said| said.rule.pattern == number && said.about.fired_rule == index) {
                write_finding(said, of, &mut xml);
            }
        }
        // Without fired rules, the findings of a pattern stand by themselves.
        while let Some(said) = next.next_if(|said| said.rule.pattern == number) {
            write_finding(said, of, &mut xml);
        }
        out.write_all(xml.text.as_bytes())?;
        xml.text.clear();
    }
    xml.close("schematron-output");
    out.write_all(xml.text.as_bytes())
}

/// A finding with what it is about.
struct Said<'r> {
    finding: &'r Finding,
    about: &'r AssertionFinding,
    assertion: &'r Assertion,
    rule: &'r SchemaRule,
}

/// The finding, if it is of the schema.
fn said<'r>(finding: &'r Finding, rules: &'r RuleSet, schema: &'r Schematron) -> Option<Said<'r>> {
    let AnyRule::Assertion(of, assertion) = rules.get(finding.rule) else { return None };
    let about = finding.assertion.as_deref().filter(|_| std::ptr::eq(of, schema))?;
    Some(Said { finding, about, assertion, rule: schema.rules().get(assertion.rule)? })
}

/// Which program wrote the report; never when, so that the same input gives the same bytes.
fn metadata(schema: &Schematron, xml: &mut Xml) {
    xml.open("metadata");
    xml.attribute("xmlns:dct", Some("http://purl.org/dc/terms/"));
    xml.attribute("xmlns:skos", Some("http://www.w3.org/2004/02/skos/core#"));
    xml.end_tag();
    xml.text.push_str("<dct:creator><dct:Agent><skos:prefLabel>kirjuri ");
    xml.text.push_str(env!("CARGO_PKG_VERSION"));
    xml.text.push_str("</skos:prefLabel></dct:Agent></dct:creator>\n<dct:source>");
    escape(&schema.id, false, &mut xml.text);
    xml.text.push_str("</dct:source>\n");
    xml.close("metadata");
}

fn fired_rule(rule: &SchemaRule, is_suppressed: bool, xml: &mut Xml) {
    xml.open(if is_suppressed { "suppressed-rule" } else { "fired-rule" });
    xml.attribute("id", rule.id.as_deref());
    xml.attribute("context", Some(&rule.context));
    xml.attribute("role", rule.role.as_deref());
    xml.attribute("flag", rule.flag.as_deref());
    xml.close_empty();
}

fn write_finding(said: &Said<'_>, schema: &Schematron, xml: &mut Xml) {
    let Said { about, assertion, .. } = said;
    let name = about.kind.finding();
    xml.open(name);
    xml.attribute("location", Some(&about.location));
    xml.attribute("test", Some(&assertion.test));
    xml.attribute("id", assertion.id.as_deref());
    xml.attribute("role", assertion.role.as_deref());
    xml.attribute("flag", assertion.flag.as_deref());
    xml.attribute("see", assertion.see.as_deref());
    xml.attribute("icon", assertion.icon.as_deref());
    xml.attribute("fpi", assertion.fpi.as_deref());
    xml.attribute("xml:lang", assertion.language.as_deref());
    xml.end_tag();
    let remarks = assertion.remarks.iter().filter_map(|&remark| schema.remarks().get(remark)).enumerate();
    for (number, remark) in remarks {
        reference(remark, about.remarks.get(number), assertion.language.as_deref(), xml);
    }
    if !assertion.message.parts.is_empty() {
        xml.open("text");
        text(about.text.as_ref(), &assertion.message, xml);
    }
    xml.close(name);
}

fn reference(remark: &Remark, rendered: Option<&RenderedMessage>, outer: Option<&str>, xml: &mut Xml) {
    let (name, attribute) = match remark.is_property {
        true => ("property-reference", "property"),
        false => ("diagnostic-reference", "diagnostic"),
    };
    // The finding around it says its language, mostly that of the schema.
    let language = remark.language.as_deref().filter(|language| Some(*language) != outer);
    let more = |xml: &mut Xml| {
        xml.attribute("role", remark.role.as_deref());
        xml.attribute("scheme", remark.scheme.as_deref());
    };
    xml.open(name);
    xml.attribute(attribute, Some(&remark.id));
    xml.attribute("xml:lang", language);
    if remark.is_property {
        more(xml);
    }
    xml.end_tag();
    xml.open("text");
    // As SchXslt has it: what else is said of a diagnostic stands at its text.
    if !remark.is_property {
        xml.attribute("id", Some(&remark.id));
        xml.attribute("xml:lang", language);
        more(xml);
    }
    text(rendered, &remark.message, xml);
    xml.close(name);
}

/// Writes a text behind the attributes of its element: filled in if it was, else as the schema has it.
fn text(rendered: Option<&RenderedMessage>, message: &Message, xml: &mut Xml) {
    xml.text.push('>');
    let masked;
    let parts = match rendered {
        Some(rendered) => &rendered.parts,
        None => {
            masked = message.mask();
            &masked.parts
        }
    };
    for part in parts {
        match part {
            RenderedPart::Text(part) => escape(part, false, &mut xml.text),
            RenderedPart::Xml(part) => xml.text.push_str(part),
            RenderedPart::Start(markup) => {
                xml.open(&markup.name);
                for (name, value) in &markup.attributes {
                    xml.attribute(name, Some(value));
                }
                xml.text.push('>');
            }
            RenderedPart::End(markup) => {
                xml.text.push_str("</svrl:");
                xml.text.push_str(&markup.name);
                xml.text.push('>');
            }
        }
    }
    xml.close("text");
}

/// XML as it is written.
#[derive(Default)]
struct Xml {
    text: String,
}

impl Xml {
    fn open(&mut self, name: &str) {
        self.text.push_str("<svrl:");
        self.text.push_str(name);
    }

    fn attribute(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        escape(value, true, &mut self.text);
        self.text.push('"');
    }

    /// Ends a start tag; what follows stands on its own lines.
    fn end_tag(&mut self) {
        self.text.push_str(">\n");
    }

    fn close_empty(&mut self) {
        self.text.push_str("/>\n");
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</svrl:");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }
}

/// Writes text so that a parser gives it back, line ends and tabs of attributes included.
fn escape(text: &str, in_attribute: bool, xml: &mut String) {
    for c in text.chars() {
        match reference_for(c, in_attribute) {
            Some(reference) => xml.push_str(reference),
            None => xml.push(c),
        }
    }
}
