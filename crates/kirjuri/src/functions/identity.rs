//! What rules ask about identifiers.

use std::borrow::Cow;

use crate::identifiers::{self, Hetu, Sex, business_id_of_oid, node_class_number};

pub(super) fn birth_date(hetu: &str) -> Cow<'_, str> {
    Hetu::parse(hetu).map_or(Cow::Borrowed(""), |hetu| Cow::Owned(hetu.birth_date().to_string()))
}

pub(super) fn sex(hetu: &str) -> Cow<'_, str> {
    Cow::Borrowed(match Hetu::parse(hetu).map(Hetu::sex) {
        Ok(Sex::Male) => "1",
        Ok(Sex::Female) => "2",
        Err(_) => "",
    })
}

pub(super) fn is_temporary(hetu: &str) -> bool {
    Hetu::parse(hetu).is_ok_and(Hetu::is_temporary)
}

pub(super) fn is_hetu(text: &str) -> bool {
    Hetu::parse(text).is_ok()
}

pub(super) fn business_id(oid: &str) -> Cow<'_, str> {
    business_id_of_oid(oid).map_or(Cow::Borrowed(""), Cow::Owned)
}

/// `14029` and `14` are one class; a component that is none stays as it is written.
pub(super) fn node_class(oid: &str) -> Cow<'_, str> {
    let class = identifiers::node_class(oid).unwrap_or_default();
    let length = if node_class_number(class).is_some() { 2 } else { class.len() };
    Cow::Borrowed(class.get(..length).unwrap_or(class))
}
