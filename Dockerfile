# The two commands in a container, for machines without Debian:
#
#   docker build --tag exosome-atlas .
#   docker run --rm --volume "$PWD/out:/out" exosome-atlas          publishes to out/site/
#   docker run --rm --shm-size 1g exosome-atlas make test
#
# The environment is made from the lock, hash by hash, before the papers are copied: a change of
# content does not install anew.
FROM debian:13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git make python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /atlas
COPY .ci .ci
COPY pyproject.toml requirements.lock ./
RUN .ci/make-venv requirements.lock
COPY . .
CMD ["sh", "-c", "make site && mkdir -p /out && rm -rf /out/site && cp -R site /out/site"]
