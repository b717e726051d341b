//! Looks at what C passes before it is believed.

use std::mem::MaybeUninit;
use std::{ptr, slice};

use kirjuri::Language;

use crate::abi::{Growing, KirjuriString};
use crate::failure::Failure;

/// No structure of this interface is ever so large: a size beyond is no size.
const LARGEST: usize = 4096;

/// The bytes at a pointer; none may have no pointer.
///
/// # Safety
/// The pointer is NULL or to so many bytes, which stay as they are during `'b`.
pub(crate) unsafe fn bytes<'b>(data: *const u8, length: usize) -> Result<&'b [u8], Failure> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Failure::argument("data is NULL, and its length is not 0"));
    }
    if isize::try_from(length).is_err() {
        return Err(Failure::argument("a length is more than half the memory there can be"));
    }
    // SAFETY: it is not null, not too long, and the caller's for as long as the function runs.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// The text of a string.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text<'b>(string: KirjuriString) -> Result<&'b str, Failure> {
    // SAFETY: the caller's.
    let bytes = unsafe { bytes(string.data, string.length) }?;
    std::str::from_utf8(bytes).map_err(|_| Failure::argument("a string is not UTF-8"))
}

/// The values at a pointer; none may have no pointer.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn array<'b, T: Copy>(data: *const T, count: usize) -> Result<&'b [T], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() {
        return Err(Failure::argument("an array is NULL or not aligned, and its count is not 0"));
    }
    if count.checked_mul(size_of::<T>()).and_then(|size| isize::try_from(size).ok()).is_none() {
        return Err(Failure::argument("a count is more than there can be"));
    }
    // SAFETY: as in `bytes`.
    Ok(unsafe { slice::from_raw_parts(data, count) })
}

/// The size that a structure says it has, if it may have it.
///
/// # Safety
/// The pointer is NULL or to such a structure.
pub(crate) unsafe fn size_of_given<T: Growing>(given: *const T) -> Result<usize, Failure> {
    if given.is_null() || !given.is_aligned() {
        return Err(Failure::argument("a structure is NULL or not aligned"));
    }
    // SAFETY: it is not null, and each begins with its size.
    let size = unsafe { ptr::read(given.cast::<usize>()) };
    if size > LARGEST || (size < size_of::<T>() && !T::ENDS.contains(&size)) {
        return Err(Failure::argument("`size` of a structure is not one that it has in any version"));
    }
    Ok(size)
}

/// A structure of whatever version: fields it does not have are 0.
///
/// # Safety
/// As [`size_of_given`].
pub(crate) unsafe fn given<T: Growing>(given: *const T) -> Result<T, Failure> {
    // SAFETY: the caller's.
    let size = unsafe { size_of_given(given) }?;
    let known = size.min(size_of::<T>());
    // SAFETY: the structure has so many bytes, as it says.
    let unknown = unsafe { slice::from_raw_parts(given.cast::<u8>().add(known), size - known) };
    if unknown.iter().any(|&byte| byte != 0) {
        return Err(Failure::argument("a structure has fields that this version of the library does not know"));
    }
    let mut value = MaybeUninit::<T>::zeroed();
    // SAFETY: both have so many bytes.
    unsafe { ptr::copy_nonoverlapping(given.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), known) };
    // SAFETY: what was not copied is zero, which every field may be.
    Ok(unsafe { value.assume_init() })
}

/// Fills a structure of whatever version, as far as it goes; its size stays.
///
/// # Safety
/// The pointer is NULL or to such a structure, which nobody else uses.
pub(crate) unsafe fn fill<T: Growing>(out: *mut T, value: T) -> Result<(), Failure> {
    // SAFETY: the caller's.
    let size = unsafe { size_of_given(out) }?;
    let (start, end) = (size_of::<usize>(), size.min(size_of::<T>()));
    let from = ptr::from_ref(&value).cast::<u8>();
    // SAFETY: both have so many bytes; the size in front is left as it is.
    unsafe { ptr::copy_nonoverlapping(from.add(start), out.cast::<u8>().add(start), end - start) };
    Ok(())
}

/// The language of a number.
pub(crate) fn language(number: i32) -> Result<Language, Failure> {
    match number {
        0 => Ok(Language::Finnish),
        1 => Ok(Language::Swedish),
        2 => Ok(Language::English),
        _ => Err(Failure::argument("there is no such language")),
    }
}
