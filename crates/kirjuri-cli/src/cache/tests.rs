//! A cache as a run uses it.

use std::cell::Cell;

use super::folder::YOUNG;
use super::*;

/// A document in a folder with a cache, and how it is asked for.
struct World {
    folder: tempfile::TempDir,
    rules: RuleSet,
    options: LintOptions,
}

impl World {
    fn new() -> World {
        let world = World {
            folder: tempfile::tempdir().unwrap(),
            rules: RuleSet::new(Vec::new()),
            options: LintOptions::default(),
        };
        fs::write(world.document(), "<a/>").unwrap();
        world
    }

    fn document(&self) -> PathBuf {
        self.folder.path().join("a.xml")
    }

    fn arguments(&self, by: CacheBy, resume: bool) -> CacheArguments {
        CacheArguments { folder: Some(self.folder.path().join("kept")), cache_by: Some(by), resume, watch: false }
    }

    fn open(&self, run: &str, by: CacheBy, resume: bool) -> Cache {
        Cache::open(&self.arguments(by, resume), blake3::hash(run.as_bytes()), None).unwrap().0.unwrap()
    }

    /// Whether the document was read and whether it was checked.
    fn ask(&self, cache: &Cache, besides: &str) -> (bool, bool) {
        let (is_read, is_checked) = (Cell::new(false), Cell::new(false));
        let file = self.document();
        let asked =
            Asked { file: Some(&file), besides: besides.as_bytes(), rules: &self.rules, options: &self.options };
        let read = |buffer: &mut Vec<u8>| {
            is_read.set(true);
            buffer.clear();
            fs::read(&file).map(|bytes| buffer.extend(bytes))
        };
        let check = |_: &[u8]| {
            is_checked.set(true);
            Ok(Report::default())
        };
        assert_eq!(cache.outcome(&asked, &mut Vec::new(), read, check).unwrap(), Ok(Report::default()));
        (is_read.get(), is_checked.get())
    }

    /// Makes the document old enough to be known by its times.
    fn settle(&self) {
        std::thread::sleep(UNSETTLED + Duration::from_millis(100));
    }
}

#[test]
fn by_metadata_a_document_is_not_read() {
    let world = World::new();
    let run = |name: &str, by, besides: &str| {
        let cache = world.open(name, by, false);
        let asked = world.ask(&cache, besides);
        cache.finish(false);
        asked
    };
    assert_eq!(run("one", CacheBy::Metadata, ""), (true, true));
    // Its times say nothing yet.
    assert_eq!(run("one", CacheBy::Metadata, ""), (true, false));
    world.settle();
    assert_eq!(run("one", CacheBy::Content, ""), (true, false));
    assert_eq!(run("one", CacheBy::Metadata, ""), (false, false));
    assert_eq!(run("one", CacheBy::Metadata, "besides"), (true, true));
    assert_eq!(run("other", CacheBy::Metadata, ""), (true, true));
    fs::write(world.document(), "<a/>").unwrap();
    assert_eq!(run("one", CacheBy::Metadata, ""), (true, false));
    fs::write(world.document(), "<b/>").unwrap();
    assert_eq!(run("one", CacheBy::Metadata, ""), (true, true));
}

#[test]
fn what_no_run_needs_is_gone_after_the_second_change() {
    let world = World::new();
    let run = |name: &str| {
        let cache = world.open(name, CacheBy::Content, false);
        let asked = world.ask(&cache, "");
        cache.finish(false);
        asked.1
    };
    let grow_old = || journal::grow_old(&world.folder.path().join("kept/young"), YOUNG.as_secs());
    assert_eq!([run("one"), run("two"), run("one")], [true, true, false]);
    grow_old();
    assert!(!run("one"));
    assert!(world.folder.path().join("kept/old").exists());
    grow_old();
    assert_eq!([run("one"), run("two"), run("two")], [false, true, false]);
}

#[test]
fn an_interrupted_run_is_gone_on_with_once() {
    let world = World::new();
    let key = blake3::hash(b"one");
    let resume = |key| Cache::open(&world.arguments(CacheBy::Content, true), key, Some("2026-11-22".into()));
    assert!(resume(key).is_err());
    let cache = world.open("one", CacheBy::Content, false);
    // Another run at the same time reads, and does not go on with this one.
    assert!(resume(key).is_err());
    let other = world.open("one", CacheBy::Content, false);
    assert!(other.lock.is_none() && world.ask(&other, "") == (true, true));
    other.finish(false);
    assert_eq!(world.ask(&cache, ""), (true, true));
    cache.finish(true);
    assert!(resume(blake3::hash(b"other")).is_err());
    let cache = resume(key).unwrap().0.unwrap();
    assert_eq!(world.ask(&cache, ""), (true, false));
    cache.finish(false);
    assert!(resume(key).is_err());
}
