//! Small structures through the reader, the compact files and the set.

#![allow(clippy::unwrap_used)]

use crate::language::Language;
use crate::pack::Laws;
use crate::source::{PackErrors, PackFile, PackSource, Reader};
use crate::structure::import::{import, schema_of};
use crate::structure::set::{self, StructureSet};
use crate::structure::{CodeSystem, Datatype, file, wording};

fn set_of(files: Vec<PackFile>) -> Result<StructureSet, PackErrors> {
    let mut errors = Vec::new();
    let source = PackSource { name: "pack".to_owned(), files };
    let set = StructureSet::read(&source, Laws::Enforced, &std::sync::Arc::default(), &mut errors);
    if errors.is_empty() { Ok(set) } else { Err(PackErrors(errors)) }
}

const NOTE: &str = r#"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "sosmeta": {"oid": "1.2.246.537.6.1506.19999.2026.1.31", "documentDefinitionVersion": "2026-01-31", "documentType": "Merkintä"},
  "required": ["merkinta"],
  "properties": {
    "merkinta": {
      "type": "object",
      "additionalProperties": false,
      "sosmeta": {"name": [{"lang": "fi", "value": "Merkintä"}, {"lang": "sv", "value": "Anteckning"}]},
      "required": ["asiakas"],
      "properties": {
        "asiakas": {
          "type": "array", "minItems": 1,
          "items": {
            "type": "object", "additionalProperties": false,
            "sosmeta": {"name": [{"lang": "fi", "value": "Asiakas"}]},
            "required": ["nimi"],
            "properties": {
              "nimi": {"type": "string", "minLength": 1, "sosmeta": {"representation": [{"lang": "fi", "value": "Nimi"}]}},
              "palvelu": {
                "type": "object", "additionalProperties": false,
                "sosmeta": {"name": [], "representation": [{"lang": "fi", "value": "Koodi"}], "conditionalRequired": true,
                            "implementationNote": [{"lang": "fi", "value": " Jos\n niin "}]},
                "required": ["system", "code", "display"],
                "properties": {
                  "system": {"type": "string", "pattern": "^urn:oid:1\\.2\\.246\\.537\\.6\\.1222(\\.\\d+)*$"},
                  "code": {"type": "string", "enum": ["1", "2", "1"]},
                  "display": {"type": "string"}
                }
              }
            }
          }
        },
        "kuvaus": {"type": "string", "sosmeta": {"representation": [{"lang": "fi", "value": "Teksti"}]}}
      }
    }
  }
}"#;

fn note(replaced: &str, by: &str) -> PackFile {
    assert!(NOTE.contains(replaced), "{replaced}");
    PackFile { path: "note.json".to_owned(), text: NOTE.replacen(replaced, by, 1).into() }
}

#[test]
fn a_structure_says_what_its_fields_are() {
    let file = note("", "");
    let schema = schema_of(Reader { pack: "forms", file: &file }).unwrap();
    let service = schema.find("asiakas/palvelu").unwrap();
    assert_eq!(schema.fields[service].note, "Jos niin");
    let structure = schema.structure(Vec::new());
    let paths: Vec<String> = (0..structure.fields.len()).map(|number| structure.path(number)).collect();
    assert_eq!(paths, ["", "asiakas", "asiakas/nimi", "asiakas/palvelu", "kuvaus"]);
    assert_eq!(structure.children(0).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(structure.fields[1].inside, 2..4);
    assert_eq!(structure.find("asiakas/kuvaus"), None);
    assert_eq!(structure.type_number(), Some("19999"));
    assert_eq!(structure.group_number(), None);
    assert_eq!(structure.root_key(), "merkinta");
    let datatype = Datatype::Code {
        system: CodeSystem::Oid("1.2.246.537.6.1222".to_owned()),
        codes: vec!["1".to_owned(), "2".to_owned()],
    };
    assert_eq!(structure.fields[service].datatype, datatype);
    let root = structure.root().unwrap();
    assert_eq!((root.name_in(Language::Swedish), root.name_in(Language::English)), ("Anteckning", "Merkintä"));
    let name = |number: usize| structure.fields[number].name_in(Language::Swedish);
    assert_eq!((name(1), name(4)), ("Asiakas", "kuvaus"));
    assert!(structure.fields[2].filled && structure.fields[1].repeatable && structure.fields[1].required);
}

#[test]
fn a_structure_is_the_same_when_it_is_written_and_read() {
    let schema = schema_of(Reader { pack: "forms", file: &note("", "") }).unwrap();
    let structure = schema.structure(wording::conditions(&schema));
    let file = PackFile { path: "note.toml".to_owned(), text: file::write(&structure).into() };
    let mut errors = Vec::new();
    let read = file::read(Reader { pack: "written", file: &file }, &mut errors);
    assert_eq!((read, errors), (Some(structure), Vec::new()));
}

#[test]
fn a_structure_that_is_not_as_published_is_an_error_with_its_place() {
    let check = |replaced: &str, by: &str, expected: &str| {
        let file = note(replaced, by);
        let errors = schema_of(Reader { pack: "forms", file: &file }).unwrap_err();
        let errors = PackErrors(errors).to_string();
        assert_eq!(errors.strip_prefix("forms/note.json:").unwrap_or(&errors), expected);
    };
    check("\"$schema\"", "$schema", "2:3: the name of a member is missing here");
    check("\"Nimi\"", "\"Runo\"", "21:89: the representation `Runo` is not known");
    check("\"minLength\": 1", "\"maxLength\": 1", "21:42: the keyword `maxLength` is not known");
    check("\"minLength\": 1", "\"minLength\": 5", "21:42: `minLength` is 0 or 1");
    check("\"minItems\": 1", "\"minItems\": 2", "15:28: `minItems` is 0 or 1");
    check(
        "\"required\": [\"nimi\"]",
        "\"required\": [\"nimet\"]",
        "19:26: `required` names `nimet`, which is not in `properties`",
    );
    check("\"required\": [\"nimi\"]", "\"required\": \"nimi\"", "19:13: `required` is an array of strings");
    check(
        "\"required\": [\"merkinta\"]",
        "\"required\": []",
        "8:5: the document `merkinta` is not in the `required` of the top",
    );
    check("(\\\\.\\\\d+)*$", "$", "28:48: the pattern of a code system is `^urn:oid:…(\\.\\d+)*$`");
    check("\"type\": \"array\", ", "", "14:9: `sosmeta` is missing");
    check(
        "\"display\": {\"type\": \"string\"}",
        "\"display\": {\"type\": \"number\"}",
        "30:31: the `type` of this must be `string`",
    );
    check("\"documentType\": \"Merkintä\"", "\"documentType\": 1", "5:103: `documentType` is missing or no text");
    check(
        "\"additionalProperties\": false,\n  \"sosmeta\"",
        "\"additionalProperties\": true,\n  \"sosmeta\"",
        "4:3: `additionalProperties` is `false` in a structure",
    );
    check("[\"1\", \"2\", \"1\"]", "[]", "29:46: `enum` is empty, and no value would do");
    check("\"kuvaus\": {", "\"a/b\": {", "36:9: the key of a field is not empty and has no `/`");
}

#[test]
fn a_structure_file_that_breaks_a_law_is_an_error_with_its_place() {
    let check = |fields: &str, expected: &str| {
        let text = format!("oid = \"1.2\"\nversion = \"1\"\ntype = \"t\"\nroot = \"r\"\nfields = [\n{fields}\n");
        let file = PackFile { path: "structures/1.2.toml".to_owned(), text: text.into() };
        let mut errors = Vec::new();
        file::read(Reader { pack: "pack", file: &file }, &mut errors);
        let errors = PackErrors(errors).to_string();
        assert_eq!(errors.strip_prefix("pack/structures/1.2.toml:").unwrap_or(&errors), expected);
    };
    let group = "{ path = \"a\", is = \"group\", occurs = \"1\" },\n";
    check("]", "");
    check(
        "{ path = \"a\", is = \"txt\", occurs = \"1\" }]",
        "6:20: unknown variant `txt`, expected one of `group`, `text`, `name`, `signature`, `phrase`, `date`, `time`, `boolean`, `number`, `count`, `amount`, `measure`, `percent`, `identifier`, `code`; did you mean `text`?",
    );
    check(
        "{ path = \"a\", is = \"text\", occurs = \"2\" }]",
        "6:37: unknown variant `2`, expected one of `0..1`, `1`, `0..*`, `1..*`",
    );
    check(
        "{ path = \"a\", is = \"text\", occurs = \"1\", system = \"1.2\" }]",
        "6:51: `system` says nothing of a field that is not `code` or `identifier`",
    );
    check(
        "{ path = \"a/b\", is = \"text\", occurs = \"1\" }]",
        "6:10: the field `a` does not stand before what is in it",
    );
    check(&format!("{group}{group}]"), "7:10: the field is listed twice");
    check(
        &format!(
            "{group}{{ path = \"b\", is = \"text\", occurs = \"1\" }},\n{{ path = \"a/c\", is = \"text\", occurs = \"1\" }}]"
        ),
        "8:10: the fields in `a` do not stand together",
    );
    check(
        &format!("{group}{{ path = \"a/\", is = \"text\", occurs = \"1\" }}]"),
        "7:10: a `path` is keys with `/` between",
    );
    check(
        "{ path = \"a\", is = \"code\", occurs = \"1\", system = \"x\" }]",
        "6:51: the `system` of a code is an OID: numbers with dots between",
    );
    check(
        "{ path = \"a\", is = \"code\", occurs = \"1\", codes = [\"1\", \"1\"] }]",
        "6:50: the code `1` is listed twice",
    );
    check("{ path = \"a\", is = \"phrase\", occurs = \"1\" }]", "6:10: a phrase has `texts`");
    check(
        &format!("{group}]\n[[condition]]\nat = \"\"\nfields = [\"b\", \"a\"]\nassert = \"a\"\nbasis = \"twin\""),
        "10:11: there is no field `b`",
    );
    check(
        &format!("{group}]\n[[condition]]\nat = \"\"\nfields = []\nassert = \"a\"\nbasis = \"guess\""),
        "12:9: unknown variant `guess`, expected one of `wording`, `note`, `twin`",
    );
}

#[test]
fn an_index_that_does_not_fit_its_files_is_an_error() {
    let made = import(&[note("", "")]).unwrap();
    let paths: Vec<&str> = made.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [set::INDEX, "structures/1.2.246.537.6.1506.19999.2026.1.31.toml"]);
    let oid = "1.2.246.537.6.1506.19999.2026.1.31";
    let whole = set_of(made.clone()).unwrap();
    assert_eq!(whole.get(oid).unwrap().unwrap().structure().field_count(), 4);
    assert!(whole.get("1.2").is_none());
    let check = |replaced: &str, by: &str, expected: &str| {
        let mut files = made.clone();
        files[0].text = files[0].text.replacen(replaced, by, 1).into();
        let errors = set_of(files).and_then(|set| set.compile_all()).unwrap_err();
        assert_eq!(errors.to_string(), expected);
    };
    check(
        "fields = 4",
        "fields = 5",
        "pack/structures/index.toml:2:1: `fields` is not what the files of `1.2.246.537.6.1506.19999.2026.1.31` say",
    );
    check(
        "required = 2",
        "requird = 2",
        "pack/structures/index.toml:2:156: unknown field `requird`, expected one of `oid`, `root`, `version`, `type`, `fi`, `sv`, `fields`, `required`, `conditional`, `executable`; did you mean `required`?",
    );
    check(
        "19999",
        "19998",
        "pack/structures/index.toml:2:1: there is no structures/1.2.246.537.6.1506.19998.2026.1.31.toml\n\
         pack/structures/1.2.246.537.6.1506.19999.2026.1.31.toml:1:1: structures/index.toml does not know the structure",
    );
    check(
        "structures = [\n",
        "structures = []\nother = [",
        "pack/structures/index.toml:2:1: unknown field `other`, expected `structures`",
    );
    let errors = import(&[note("", ""), note("", "")]).unwrap_err();
    assert_eq!(errors.to_string(), "note.json:1:1: the structure `1.2.246.537.6.1506.19999.2026.1.31` is there twice");
}

#[test]
fn of_several_versions_the_newest_is_that_of_the_root() {
    let newer = note(
        "2026.1.31\", \"documentDefinitionVersion\": \"2026-01-31",
        "2026.2.1\", \"documentDefinitionVersion\": \"2026-02-01",
    );
    let set = set_of(import(&[newer, note("", "")]).unwrap()).unwrap();
    assert_eq!(set.of_root("merkinta"), Some("1.2.246.537.6.1506.19999.2026.2.1"));
    assert_eq!(set.entries().next().unwrap().version, "2026-01-31");
}
