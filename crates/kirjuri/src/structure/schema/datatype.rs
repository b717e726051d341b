//! Reads what the value of a field is: the representation says it, and the shape must be the one published for it.

use kirjuri_tree::NodeId;

use crate::structure::schema::{Reading, folded};
use crate::structure::{CodeSystem, Datatype};

/// The pattern of a day (Pvm).
const DATE: &str = "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
/// The pattern of a time (Hetki).
const TIME: &str = "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$";

impl Reading<'_> {
    /// What the value of a field is, and whether its text must not be empty.
    pub(super) fn datatype(
        &mut self,
        node: NodeId,
        about: NodeId,
        representation: Option<&str>,
    ) -> Option<(Datatype, bool)> {
        let plain = match representation {
            None | Some("Otsikko") => return self.group(node).map(|group| (group, false)),
            Some("Tunnus") => return self.identifier(node, about).map(|identifier| (identifier, false)),
            Some("Koodi") => return self.code(node).map(|code| (code, false)),
            Some("Määrä") => return self.quantity(node, Datatype::Amount),
            Some("Mitta") => return self.quantity(node, Datatype::Measure),
            Some("Prosentti") => return self.quantity(node, Datatype::Percent),
            Some("Teksti") => return self.text(node, Datatype::Text),
            Some("Nimi") => return self.text(node, Datatype::Name),
            Some("Allekirjoitus") => return self.text(node, Datatype::Signature),
            Some("Pvm") => return self.pattern(node, DATE).then_some((Datatype::Date, false)),
            Some("Hetki") => return self.pattern(node, TIME).then_some((Datatype::Time, false)),
            Some("Fraasi") => {
                self.only(node, &["type", "enum", "minLength"]);
                let texts = self.strings(node, "enum");
                if texts.is_empty() {
                    self.error(node, "a phrase has its texts in `enum`");
                }
                return self.is_of_type(node, "string").then(|| (Datatype::Phrase(texts), self.is_filled(node)));
            }
            Some("Kytkin") => ("boolean", Datatype::Boolean),
            Some("Numero") => ("number", Datatype::Number),
            Some("Lkm") => ("number", Datatype::Count),
            Some(other) => {
                let message = format!("the representation `{}` is not known", folded(other));
                let at = self.json.member(about, "representation").unwrap_or(about);
                self.error(at, message);
                return None;
            }
        };
        self.only(node, &["type"]);
        self.is_of_type(node, plain.0).then_some((plain.1, false))
    }

    fn group(&mut self, node: NodeId) -> Option<Datatype> {
        if !self.is_of_type(node, "object") {
            return None;
        }
        self.only(node, &["type", "additionalProperties", "required", "properties"]);
        self.is_closed(node);
        Some(Datatype::Group)
    }

    fn text(&mut self, node: NodeId, datatype: Datatype) -> Option<(Datatype, bool)> {
        self.only(node, &["type", "minLength"]);
        self.is_of_type(node, "string").then(|| (datatype, self.is_filled(node)))
    }

    fn is_filled(&mut self, node: NodeId) -> bool {
        let Some(least) = self.json.member(node, "minLength") else { return false };
        match self.json.text(least).as_ref() {
            "0" => false,
            "1" => true,
            _ => {
                self.error(least, "`minLength` is 0 or 1");
                false
            }
        }
    }

    fn pattern(&mut self, node: NodeId, pattern: &str) -> bool {
        self.only(node, &["type", "pattern", "minLength"]);
        match self.json.member(node, "pattern") {
            Some(own) if self.json.text(own) != pattern => {
                self.error(own, "the pattern is not that of the published structures");
                return false;
            }
            Some(_) => {}
            None => self.error(node, "a day or a time must have a `pattern`"),
        }
        self.is_of_type(node, "string")
    }

    /// An object of parts that are not fields: says whether it has exactly these, and of them these required.
    fn parts(&mut self, node: NodeId, parts: &[(&str, &str)], required: &[&str]) -> Option<NodeId> {
        if !self.is_of_type(node, "object") {
            return None;
        }
        self.only(node, &["type", "additionalProperties", "required", "properties"]);
        self.is_closed(node);
        let own = self.required(node);
        for part in required.iter().filter(|part| !own.iter().any(|name| name == *part)) {
            self.error(node, format!("`required` does not name `{part}`"));
        }
        let properties = self.object(node, "properties")?;
        for member in self.json.members(properties) {
            let key = self.json.key(member);
            match parts.iter().find(|(part, _)| *part == key) {
                Some((_, kind)) => drop(self.is_of_type(member, kind)),
                None => self.error(member, format!("a value of this representation has no `{key}`")),
            }
        }
        for (part, _) in parts.iter().filter(|(part, _)| required.contains(part)) {
            if self.json.member(properties, part).is_none() {
                self.error(properties, format!("a value of this representation has `{part}`"));
            }
        }
        Some(properties)
    }

    fn identifier(&mut self, node: NodeId, about: NodeId) -> Option<Datatype> {
        let properties = self.parts(node, &[("system", "string"), ("value", "string")], &["value"])?;
        for part in ["system", "value"] {
            if let Some(part) = self.json.member(properties, part) {
                self.only(part, &["type"]);
            }
        }
        let system = self.in_language(about, "systemUri", "").map(|system| folded(&system));
        Some(Datatype::Identifier { system: system.filter(|system| !system.is_empty()) })
    }

    fn quantity(&mut self, node: NodeId, datatype: Datatype) -> Option<(Datatype, bool)> {
        let properties = self.parts(node, &[("value", "number"), ("code", "string")], &["value", "code"])?;
        for part in ["value", "code"] {
            if let Some(part) = self.json.member(properties, part) {
                self.only(part, &["type"]);
            }
        }
        Some((datatype, false))
    }

    fn code(&mut self, node: NodeId) -> Option<Datatype> {
        let parts = ["system", "code", "display"];
        let properties = self.parts(node, &parts.map(|part| (part, "string")), &parts)?;
        let [Some(system), Some(code), Some(display)] = parts.map(|part| self.json.member(properties, part)) else {
            return None;
        };
        self.only(system, &["type", "pattern", "enum"]);
        self.only(code, &["type", "enum"]);
        self.only(display, &["type"]);
        Some(Datatype::Code { system: self.code_system(system)?, codes: self.strings(code, "enum") })
    }

    fn code_system(&mut self, system: NodeId) -> Option<CodeSystem> {
        let pattern = self.json.member(system, "pattern");
        let mut names = self.strings(system, "enum");
        match (pattern, names.pop()) {
            (None, None) => Some(CodeSystem::Any),
            (None, Some(name)) if names.is_empty() => Some(CodeSystem::Internal(name)),
            (Some(pattern), None) => {
                let oid = oid_of(&self.json.text(pattern));
                if oid.is_none() {
                    self.error(pattern, r"the pattern of a code system is `^urn:oid:…(\.\d+)*$`");
                }
                oid.map(CodeSystem::Oid)
            }
            _ => {
                self.error(system, "a code system has a `pattern`, or an `enum` of one name");
                None
            }
        }
    }
}

/// The OID in the pattern of a code system: `^urn:oid:1\.2\.246\.537\.6\.1222(\.\d+)*$`.
fn oid_of(pattern: &str) -> Option<String> {
    let escaped = pattern.strip_prefix("^urn:oid:")?.strip_suffix(r"(\.\d+)*$")?;
    let numbers: Vec<&str> = escaped.split(r"\.").collect();
    let is_number = |number: &&str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    numbers.iter().all(is_number).then(|| numbers.join("."))
}
