//! The built-in atomic types of XML Schema and XPath 2.0, and which is derived from which.

use crate::calendar::GregorianKind;
use crate::calendar::duration::DurationKind;
use crate::value::Atomic;

/// A built-in atomic type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is the type of the same name")]
pub enum AtomicType {
    AnyAtomic,
    UntypedAtomic,
    String,
    NormalizedString,
    Token,
    Language,
    NmToken,
    Name,
    NcName,
    Id,
    IdRef,
    Entity,
    AnyUri,
    Boolean,
    Double,
    Float,
    Decimal,
    Integer,
    NonPositiveInteger,
    NegativeInteger,
    Long,
    Int,
    Short,
    Byte,
    NonNegativeInteger,
    UnsignedLong,
    UnsignedInt,
    UnsignedShort,
    UnsignedByte,
    PositiveInteger,
    DateTime,
    Date,
    Time,
    GYear,
    GYearMonth,
    GMonth,
    GMonthDay,
    GDay,
    Duration,
    YearMonthDuration,
    DayTimeDuration,
    QName,
    Notation,
    HexBinary,
    Base64Binary,
}

use AtomicType as T;

/// Each type, its local name in the namespace of XML Schema, and the type it is derived from.
const TYPES: [(AtomicType, &str, AtomicType); 45] = [
    (T::AnyAtomic, "anyAtomicType", T::AnyAtomic),
    (T::UntypedAtomic, "untypedAtomic", T::AnyAtomic),
    (T::String, "string", T::AnyAtomic),
    (T::NormalizedString, "normalizedString", T::String),
    (T::Token, "token", T::NormalizedString),
    (T::Language, "language", T::Token),
    (T::NmToken, "NMTOKEN", T::Token),
    (T::Name, "Name", T::Token),
    (T::NcName, "NCName", T::Name),
    (T::Id, "ID", T::NcName),
    (T::IdRef, "IDREF", T::NcName),
    (T::Entity, "ENTITY", T::NcName),
    (T::AnyUri, "anyURI", T::AnyAtomic),
    (T::Boolean, "boolean", T::AnyAtomic),
    (T::Double, "double", T::AnyAtomic),
    (T::Float, "float", T::AnyAtomic),
    (T::Decimal, "decimal", T::AnyAtomic),
    (T::Integer, "integer", T::Decimal),
    (T::NonPositiveInteger, "nonPositiveInteger", T::Integer),
    (T::NegativeInteger, "negativeInteger", T::NonPositiveInteger),
    (T::Long, "long", T::Integer),
    (T::Int, "int", T::Long),
    (T::Short, "short", T::Int),
    (T::Byte, "byte", T::Short),
    (T::NonNegativeInteger, "nonNegativeInteger", T::Integer),
    (T::UnsignedLong, "unsignedLong", T::NonNegativeInteger),
    (T::UnsignedInt, "unsignedInt", T::UnsignedLong),
    (T::UnsignedShort, "unsignedShort", T::UnsignedInt),
    (T::UnsignedByte, "unsignedByte", T::UnsignedShort),
    (T::PositiveInteger, "positiveInteger", T::NonNegativeInteger),
    (T::DateTime, "dateTime", T::AnyAtomic),
    (T::Date, "date", T::AnyAtomic),
    (T::Time, "time", T::AnyAtomic),
    (T::GYear, "gYear", T::AnyAtomic),
    (T::GYearMonth, "gYearMonth", T::AnyAtomic),
    (T::GMonth, "gMonth", T::AnyAtomic),
    (T::GMonthDay, "gMonthDay", T::AnyAtomic),
    (T::GDay, "gDay", T::AnyAtomic),
    (T::Duration, "duration", T::AnyAtomic),
    (T::YearMonthDuration, "yearMonthDuration", T::Duration),
    (T::DayTimeDuration, "dayTimeDuration", T::Duration),
    (T::QName, "QName", T::AnyAtomic),
    (T::Notation, "NOTATION", T::AnyAtomic),
    (T::HexBinary, "hexBinary", T::AnyAtomic),
    (T::Base64Binary, "base64Binary", T::AnyAtomic),
];

impl AtomicType {
    /// All types.
    pub fn all() -> impl Iterator<Item = AtomicType> {
        TYPES.iter().map(|(type_, ..)| *type_)
    }

    /// Whether an expression may name it as the target of a cast.
    pub(crate) fn can_be_cast_to(self) -> bool {
        !matches!(self, AtomicType::AnyAtomic | AtomicType::Notation)
    }

    /// The type with this local name in the namespace of XML Schema.
    pub fn named(local: &str) -> Option<AtomicType> {
        TYPES.iter().find(|(_, name, _)| *name == local).map(|(this, _, _)| *this)
    }

    /// The local name.
    pub fn name(self) -> &'static str {
        TYPES.get(self as usize).map_or("", |(_, name, _)| name)
    }

    /// The type this one is derived from; of `anyAtomicType`, itself.
    pub fn base(self) -> AtomicType {
        TYPES.get(self as usize).map_or(self, |(_, _, base)| *base)
    }

    /// Whether a value of this type is also one of the other: the two are the same, or the other is an ancestor.
    pub fn derives_from(self, other: AtomicType) -> bool {
        let mut at = self;
        loop {
            if at == other {
                return true;
            }
            match at.base() {
                base if base == at => return false,
                base => at = base,
            }
        }
    }

    /// The nearest type, upwards, whose values [`Atomic`] holds as they are. Unlike in XML Schema, `integer` and the
    /// two ordered durations are such types, since the table of casts and the operators tell them apart.
    pub fn primitive(self) -> AtomicType {
        let mut at = self;
        while !at.is_held_as_such() {
            at = at.base();
        }
        at
    }

    fn is_held_as_such(self) -> bool {
        matches!(self.base(), T::AnyAtomic) || matches!(self, T::Integer | T::YearMonthDuration | T::DayTimeDuration)
    }
}

impl Atomic<'_> {
    /// The type of the value.
    pub fn type_(&self) -> AtomicType {
        match self {
            Atomic::Untyped(_) => T::UntypedAtomic,
            Atomic::String(_) => T::String,
            Atomic::Uri(_) => T::AnyUri,
            Atomic::Boolean(_) => T::Boolean,
            Atomic::Double(_) => T::Double,
            Atomic::Float(_) => T::Float,
            Atomic::Decimal(_) => T::Decimal,
            Atomic::Integer(_) => T::Integer,
            Atomic::DateTime(_) => T::DateTime,
            Atomic::Date(_) => T::Date,
            Atomic::Time(_) => T::Time,
            Atomic::Gregorian(GregorianKind::Year, _) => T::GYear,
            Atomic::Gregorian(GregorianKind::YearMonth, _) => T::GYearMonth,
            Atomic::Gregorian(GregorianKind::Month, _) => T::GMonth,
            Atomic::Gregorian(GregorianKind::MonthDay, _) => T::GMonthDay,
            Atomic::Gregorian(GregorianKind::Day, _) => T::GDay,
            Atomic::Duration(DurationKind::Any, _) => T::Duration,
            Atomic::Duration(DurationKind::YearMonth, _) => T::YearMonthDuration,
            Atomic::Duration(DurationKind::DayTime, _) => T::DayTimeDuration,
            Atomic::QName(_) => T::QName,
            Atomic::HexBinary(_) => T::HexBinary,
            Atomic::Base64Binary(_) => T::Base64Binary,
            Atomic::Derived(this, _) => *this,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_types() {
        for (index, (this, name, _)) in TYPES.iter().enumerate() {
            assert_eq!(*this as usize, index);
            assert_eq!(AtomicType::named(name), Some(*this));
            assert_eq!(this.name(), *name);
        }
        assert_eq!(AtomicType::named("anyType"), None);
    }

    #[test]
    fn types_know_their_ancestors() {
        let check = |this: T, other: T, expected: bool| assert_eq!(this.derives_from(other), expected, "{this:?}");
        check(T::Byte, T::Decimal, true);
        check(T::Byte, T::Byte, true);
        check(T::Byte, T::UnsignedByte, false);
        check(T::Integer, T::Long, false);
        check(T::Id, T::String, true);
        check(T::UntypedAtomic, T::String, false);
        check(T::DayTimeDuration, T::Duration, true);
        check(T::QName, T::AnyAtomic, true);
    }

    #[test]
    fn every_type_has_a_primitive_one() {
        let check = |this: T, expected: T| assert_eq!(this.primitive(), expected);
        check(T::PositiveInteger, T::Integer);
        check(T::Integer, T::Integer);
        check(T::Decimal, T::Decimal);
        check(T::NcName, T::String);
        check(T::DayTimeDuration, T::DayTimeDuration);
        check(T::AnyAtomic, T::AnyAtomic);
    }
}
