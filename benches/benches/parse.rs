//! How many megabytes a second are parsed, beside the bare event loop of quick-xml over the same text.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kirjuri_bench::Group;

fn parse(criterion: &mut Criterion) {
    for group in [Some(Group::kanta().unwrap()), Group::onc_ccda().unwrap()].into_iter().flatten() {
        let mut bench = criterion.benchmark_group(format!("parse/{}", group.name));
        bench.throughput(Throughput::Bytes(group.bytes()));
        bench.bench_function("event-loop", |bencher| {
            bencher.iter(|| {
                for sample in &group.documents {
                    black_box(kirjuri_bench::event_loop(&sample.text));
                }
            });
        });
        bench.bench_function("parse", |bencher| {
            bencher.iter(|| {
                for sample in &group.documents {
                    black_box(kirjuri_bench::parse(&sample.bytes));
                }
            });
        });
        bench.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
