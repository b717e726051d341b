//! How many megabytes a second are parsed and linted with the built-in header rules, beside the bare event loop of
//! quick-xml over the same text.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kirjuri_bench::{Group, kanta_header, options, parse_and_lint};

fn lint(criterion: &mut Criterion) {
    let (group, rules, options) = (Group::kanta().unwrap(), kanta_header().unwrap(), options().unwrap());
    let mut bench = criterion.benchmark_group(format!("lint/{}", group.name));
    bench.throughput(Throughput::Bytes(group.bytes()));
    bench.bench_function("event-loop", |bencher| {
        bencher.iter(|| {
            for sample in &group.documents {
                black_box(kirjuri_bench::event_loop(&sample.text));
            }
        });
    });
    bench.bench_function("parse-and-lint", |bencher| {
        bencher.iter(|| {
            for sample in &group.documents {
                black_box(parse_and_lint(&sample.bytes, &rules, &options));
            }
        });
    });
    bench.finish();
}

criterion_group!(benches, lint);
criterion_main!(benches);
