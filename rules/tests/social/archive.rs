//! Makes a social-care document as the archive takes it: content and readable narrative in base64 inside the document.

use std::fmt::Write;

use kirjuri::Language;
use kirjuri::structure::{Datatype, Structure};
use serde_json::Value;

/// How many characters of base64 there are on a line, as in MIME.
const LINE: usize = 76;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A text with values in the places of their names: `{name}`.
pub(crate) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Bytes in base64, in lines.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / 56 + 8);
    let mut on_line = 0;
    for group in bytes.chunks(3) {
        if on_line == LINE {
            text.push('\n');
            on_line = 0;
        }
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for sextet in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * sextet) & 63) as usize];
            text.push(if sextet > group.len() { '=' } else { char::from(digit) });
        }
        on_line += 4;
    }
    text
}

/// The readable form of a content: XHTML that says every field of it by its name. `heads` are the lines above the title.
pub(crate) fn narrative(structure: &Structure, content: &Value, language: Language, heads: &[&str]) -> String {
    let code = if language == Language::Swedish { "sv" } else { "fi" };
    let title = structure.root().map_or("", |root| root.name_in(language));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{code}\" \
         xml:lang=\"{code}\"><head><title>{0}</title></head><body>\n<div class=\"soc-document\">\n<div class=\"soc-header\">",
        escaped(title)
    );
    for (number, head) in heads.iter().enumerate() {
        let _ = write!(text, "<div class=\"soc-hdr{}\">{}</div>", number + 1, escaped(head));
    }
    let _ =
        writeln!(text, "</div>\n<div class=\"soc-main-wrapper\">\n<h1 class=\"soc-fulltitle\">{}</h1>", escaped(title));
    // A content that does not name its structure is said all the same, as far as its fields are known.
    let root = content.get(structure.root_key()).or_else(|| content.as_object()?.values().next());
    list(&mut text, structure, 0, root.unwrap_or(&Value::Null), language);
    text.push_str("</div>\n<div class=\"soc-footer\"></div>\n</div></body></html>\n");
    text
}

/// The fields of a group that have a value, in the order of the structure.
fn list(text: &mut String, structure: &Structure, group: usize, value: &Value, language: Language) {
    for child in structure.children(group) {
        let Some(field) = structure.fields.get(child) else { continue };
        let one = std::slice::from_ref(&value[field.key.as_str()]);
        for value in one[0].as_array().map_or(one, Vec::as_slice).iter().filter(|value| !value.is_null()) {
            let title = escaped(field.name_in(language));
            if field.datatype == Datatype::Group {
                let _ = writeln!(text, "<div class=\"soc-list\"><div class=\"soc-title\">{title}</div>");
                list(text, structure, child, value, language);
                text.push_str("</div>\n");
            } else {
                let content = escaped(&said(value, language));
                let _ = writeln!(
                    text,
                    "<div class=\"soc-item\"><div class=\"soc-title\">{title}</div><div class=\"soc-content\">{content}</div></div>"
                );
            }
        }
    }
}

/// A value in words.
fn said(value: &Value, language: Language) -> String {
    let is_swedish = language == Language::Swedish;
    match value {
        Value::Bool(state) => match (state, is_swedish) {
            (true, true) => "Ja",
            (true, false) => "Kyllä",
            (false, true) => "Nej",
            (false, false) => "Ei",
        }
        .to_owned(),
        Value::String(text) => day_and_time(text, is_swedish).unwrap_or_else(|| text.clone()),
        Value::Object(members) => {
            let text = |key: &str| members.get(key).map(|value| said(value, language));
            let amount = members.get("value").filter(|value| value.is_number());
            match (amount, text("display"), text("value"), text("code")) {
                (Some(amount), _, _, unit) => format!("{amount} {}", unit.unwrap_or_default()),
                (None, Some(display), _, _) => display,
                (None, None, value, code) => value.or(code).unwrap_or_default(),
            }
        }
        other => other.to_string(),
    }
}

/// A day, or a day and a time, as people write them.
fn day_and_time(text: &str, is_swedish: bool) -> Option<String> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, time.get(..5)));
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let numbers = (year.parse::<u16>().ok()?, month.parse::<u8>().ok()?, day.parse::<u8>().ok()?);
    let date = format!("{}.{}.{}", numbers.2, numbers.1, numbers.0);
    Some(match time {
        Some(time) => format!("{date} {} {}", if is_swedish { "kl." } else { "klo" }, time.replace(':', ".")),
        None => date,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
