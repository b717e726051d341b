//! Whoever reads a document may stop the reading.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};

use kirjuri_tree::{Document, Format, Interrupt, Limits, ParseErrorKind, Reading};

/// Raised from the n-th question on.
#[derive(Debug)]
struct After {
    questions: AtomicUsize,
    last: usize,
}

impl After {
    fn new(last: usize) -> After {
        After { questions: AtomicUsize::new(0), last }
    }
}

impl Interrupt for After {
    fn is_raised(&self) -> bool {
        self.questions.fetch_add(1, Ordering::Relaxed) >= self.last
    }
}

fn documents() -> [(Format, String); 3] {
    let resource = format!(r#"{{"resourceType":"A","b":[{}0]}}"#, "0,".repeat(50_000));
    [
        (Format::Xml, format!("<r>{}</r>", "<a/>".repeat(100_000))),
        (Format::Json, format!("[{}0]", "0,".repeat(50_000))),
        (Format::Json, resource),
    ]
}

#[test]
fn a_long_reading_is_stopped_at_the_question_that_says_so() {
    for (format, text) in documents() {
        for unfinished in [false, true] {
            for (cut, last) in [(0, 0), (0, 1), (0, 2), (0, 7), (0, 20), (2, 20), (2, 28)] {
                let bytes = &text.as_bytes()[..text.len() - cut];
                let interrupt = After::new(last);
                let reading = Reading { interrupt: Some(&interrupt), unfinished, ..Reading::default() };
                let read = Document::read(bytes, format, &reading);
                if cut > 0 && !unfinished && last > 26 {
                    continue;
                }
                assert_eq!(read.unwrap_err().kind(), ParseErrorKind::Interrupted, "{last} {unfinished}");
                assert_eq!(interrupt.questions.into_inner(), last + 1, "nothing is asked any more");
            }
        }
    }
}

#[test]
fn without_an_interrupt_that_is_raised_the_tree_is_the_same() {
    for (format, text) in documents() {
        let interrupt = After::new(usize::MAX);
        let reading = Reading { interrupt: Some(&interrupt), ..Reading::default() };
        let (one, other) = (
            Document::read(text.as_bytes(), format, &reading).unwrap(),
            Document::read(text.as_bytes(), format, &Reading::within(&Limits::default())).unwrap(),
        );
        assert_eq!(one.node_count(), other.node_count());
        let questions = interrupt.questions.into_inner();
        // Before and behind the decoding, then every 4096 nodes; a resource of FHIR is built twice.
        let most = 2 + 2 * (one.node_count() / 2048);
        assert!((2 + one.node_count() / 4096..=most).contains(&questions), "{questions} of {}", one.node_count());
    }
}

#[test]
fn the_limit_of_nodes_holds_between_the_questions() {
    let interrupt = After::new(usize::MAX);
    let mut limits = Limits::default();
    for nodes in [10, 4095, 4096, 4097, 10_000] {
        limits.nodes = nodes;
        let reading = Reading { limits, interrupt: Some(&interrupt), ..Reading::default() };
        let text = |count: usize| format!("<r>{}</r>", "<a/>".repeat(count - 2));
        assert!(Document::read(text(nodes).as_bytes(), Format::Xml, &reading).is_ok());
        let error = Document::read(text(nodes + 1).as_bytes(), Format::Xml, &reading).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::TooManyNodes);
    }
}
