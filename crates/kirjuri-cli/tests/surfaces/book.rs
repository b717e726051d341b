//! The rule book: a page for every rule in every language, links that lead somewhere, and nothing from outside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
}

/// The values of an attribute in a page.
fn values<'t>(text: &'t str, attribute: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut rest = text;
    let start = format!(" {attribute}=\"");
    while let Some((_, behind)) = rest.split_once(&*start) {
        let (value, behind) = behind.split_once('"').unwrap();
        found.push(value);
        rest = behind;
    }
    found
}

#[test]
fn every_rule_has_a_page_in_every_language_and_every_link_leads_somewhere() {
    let sandbox = Sandbox::new("book");
    let output = sandbox.run(&["rules", "--format", "html", "--output-dir", "book"]);
    assert!(output.status.success());
    let book = sandbox.folder.join("book");
    let mut found = Vec::new();
    pages(&book, &mut found);
    let listed = sandbox.stdout(&["rules", "--format", "json"]);
    let rules: Vec<String> = listed
        .lines()
        .flat_map(|line| {
            let pack: serde_json::Value = serde_json::from_str(line).unwrap();
            let ids = pack["rules"].as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap().to_owned());
            ids.collect::<Vec<_>>()
        })
        .collect();
    assert!(rules.len() > 600);
    for language in ["fi", "sv", "en"] {
        for rule in &rules {
            assert!(book.join(language).join(format!("{rule}.html")).is_file(), "{language} {rule}");
        }
    }
    let known: BTreeSet<PathBuf> = found.iter().map(|path| path.canonicalize().unwrap()).collect();
    for page in &found {
        let text = fs::read_to_string(page).unwrap();
        for link in values(&text, "href").into_iter().chain(values(&text, "src")) {
            if link.starts_with('#') {
                continue;
            }
            assert!(!link.contains(':') && !link.starts_with('/'), "{}: {link}", page.display());
            let target = page.parent().unwrap().join(link).canonicalize();
            let target = target.unwrap_or_else(|_| panic!("{}: {link} leads nowhere", page.display()));
            assert!(known.contains(&target) || link.ends_with(".css") || link.ends_with(".js"), "{link}");
        }
    }
}

#[test]
fn the_texts_of_foreign_packs_are_no_markup() {
    let sandbox = Sandbox::new("book-hostile");
    let pack = sandbox.folder.join("packs/notes");
    for entry in fs::read_dir(&pack).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = fs::read_to_string(&path).unwrap().replace("the note is empty", "<script>alert(1)</script> *a*");
            sandbox.write(Path::new("hostile").join(path.file_name().unwrap()), &text);
        }
    }
    for entry in fs::read_dir(pack.join("code-sets")).unwrap() {
        let path = entry.unwrap().path();
        let name = Path::new("hostile/code-sets").join(path.file_name().unwrap());
        sandbox.write(name, &fs::read_to_string(&path).unwrap());
    }
    let output = sandbox.run(&["rules", "hostile", "--format", "html", "--output-dir", "book"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(sandbox.folder.join("book/en/notes/empty-note.html")).unwrap();
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("alert(1)"));
    let markdown = sandbox.stdout(&["rules", "hostile", "--format", "markdown", "--lang", "en"]);
    assert!(markdown.contains("\\<script\\>alert(1)\\</script\\> \\*a\\*"), "{markdown}");
}
