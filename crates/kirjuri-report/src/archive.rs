//! Why something in an archive, or in another file that holds many documents, cannot be read.

/// What is wrong with an archive or one of its members.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArchiveError {
    /// It is damaged, or cut off: what comes behind the place was not read.
    Damaged,
    /// It is encrypted.
    Encrypted,
    /// It is compressed in a way that is not known here.
    UnknownCompression,
    /// It becomes larger than allowed when it is unpacked: what comes behind the place was not read.
    ExpandsTooMuch,
    /// It has more members than allowed: the others were not read.
    TooManyMembers,
    /// It is an archive in an archive, which is not opened.
    Nested,
}

impl ArchiveError {
    /// The stable name of what is wrong.
    pub(crate) fn id(self) -> &'static str {
        match self {
            ArchiveError::Damaged => "damaged-archive",
            ArchiveError::Encrypted => "encrypted",
            ArchiveError::UnknownCompression => "unknown-compression",
            ArchiveError::ExpandsTooMuch => "expands-too-much",
            ArchiveError::TooManyMembers => "too-many-members",
            ArchiveError::Nested => "archive-in-archive",
        }
    }

    /// What is wrong, in Finnish, Swedish and English.
    pub(crate) fn words(self) -> [&'static str; 3] {
        match self {
            ArchiveError::Damaged => [
                "arkisto on vioittunut tai katkennut; loppua ei luettu",
                "arkivet är skadat eller avbrutet; resten lästes inte",
                "the archive is damaged or cut off; the rest was not read",
            ],
            ArchiveError::Encrypted => [
                "tiedosto on salattu; pura salaus ennen tarkistusta",
                "filen är krypterad; dekryptera den före granskningen",
                "the file is encrypted; decrypt it before it is checked",
            ],
            ArchiveError::UnknownCompression => [
                "pakkaustapaa ei tueta; pura arkisto ennen tarkistusta",
                "komprimeringsmetoden stöds inte; packa upp arkivet före granskningen",
                "the compression is not supported; unpack the archive before it is checked",
            ],
            ArchiveError::ExpandsTooMuch => [
                "arkisto on purettuna sallittua suurempi (--max-expansion); loppua ei luettu",
                "arkivet är större än tillåtet när det packas upp (--max-expansion); resten lästes inte",
                "the archive is larger than allowed when unpacked (--max-expansion); the rest was not read",
            ],
            ArchiveError::TooManyMembers => [
                "arkistossa on sallittua enemmän tiedostoja (--max-members); loppua ei luettu",
                "arkivet innehåller fler filer än tillåtet (--max-members); resten lästes inte",
                "the archive has more members than allowed (--max-members); the rest was not read",
            ],
            ArchiveError::Nested => [
                "arkiston sisällä olevaa arkistoa ei avata; pura se erikseen",
                "ett arkiv inuti ett arkiv öppnas inte; packa upp det separat",
                "an archive inside an archive is not opened; unpack it first",
            ],
        }
    }
}
