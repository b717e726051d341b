# The command alone, for pipelines; it needs neither network nor root.
#
#   docker build -t kirjuri .
#   docker run --rm --network none -v "$PWD:/work:ro" kirjuri check exports --lang sv
FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p kirjuri-cli

FROM debian:bookworm-slim
RUN useradd --system --no-create-home kirjuri
USER kirjuri
COPY --from=build /source/target/release/kirjuri /usr/local/bin/kirjuri
WORKDIR /work
ENTRYPOINT ["kirjuri"]
