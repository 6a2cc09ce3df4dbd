# Builds Reel, then an image of what it runs with. docker-compose.yml puts a Postgres beside it.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup --build && rm -rf /var/lib/apt/lists/*
# Only what the program is made of: an edited page, DAG or test costs no build.
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY third_party third_party
COPY sql/migrations sql/migrations
COPY tools tools
COPY include include
COPY src src
RUN cmake --preset release -DREEL_TESTS=OFF && cmake --build --preset release --target reel reel-dataset && \
    strip build/release/bin/reel build/release/bin/reel-server build/release/bin/reel-runner build/release/bin/reel-dataset && \
    build/release/bin/reel-dataset --out /sample --movies 2000 --ratings 50000 && \
    # The terms of what is linked into the programs.
    for name in libpqxx-dev libyaml-cpp-dev libsodium-dev; do install -D -m 644 /usr/share/doc/$name/copyright /terms/$name; done && \
    install -m 644 third_party/libpq/COPYRIGHT /terms/libpq

FROM debian:bookworm-slim
# tini is process 1: it passes SIGTERM on at any moment and reaps what tasks leave behind.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tini tzdata python3 \
      libspdlog1.10 libfmt9 libcurl4 libarchive13 libssl3 libdate-tz3 && \
    apt-get clean && rm -rf /var/lib/apt/lists/* && \
    useradd --system --uid 10001 --home-dir /var/lib/reel reel && \
    install -d -o reel -m 700 /var/lib/reel
COPY --from=build --chown=reel /sample /opt/reel/sample
COPY --from=build /src/build/release/bin/reel /src/build/release/bin/reel-server /src/build/release/bin/reel-runner /src/build/release/bin/reel-dataset /usr/local/bin/
# Fails here and not at the first start when a library is missing.
RUN reel version && reel-server version && reel-runner --help > /dev/null
COPY --from=build /terms /usr/local/share/doc/reel
COPY dags /opt/reel/dags
COPY sql /opt/reel/sql
ENV REEL_HOME=/var/lib/reel \
    REEL__API__HOST=0.0.0.0 \
    REEL__CORE__DAGS_FOLDER=/opt/reel/dags \
    REEL_VAR_MOVIES_DATASET=/opt/reel/sample \
    REEL_VAR_MOVIES_CPI=/opt/reel/sample/consumer_price_index.csv
USER reel
VOLUME /var/lib/reel
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=10 CMD ["reel", "dags", "list", "-o", "plain"]
ENTRYPOINT ["tini", "--", "reel"]
CMD ["standalone"]
