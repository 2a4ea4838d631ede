# SPDX-License-Identifier: Apache-2.0
# shmbed/peer-c: the C peers, laid out under /opt/shmbed as in the repository, which is the build context.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS build
COPY docker/certs/ /usr/local/share/ca-certificates/
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates gcc libc6-dev libjansson-dev libssl-dev make pkg-config zlib1g-dev
COPY peers/c /opt/shmbed/peers/c
RUN make -C /opt/shmbed/peers/c \
 && rm -rf /opt/shmbed/peers/c/build \
 && ln -sf /opt/shmbed/key/shmkey.txt /opt/shmbed/peers/c/sysv/shmkey.txt \
 && chmod -R a+rX /opt/shmbed/peers

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="shmbed/peer-c" \
      org.opencontainers.image.description="C peers of shmbed, a test bed for shared memory between Java, C and Python" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libjansson4 libssl3 zlib1g \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY --from=build /opt/shmbed /opt/shmbed
# The host's folder peers/c/sysv is bound here, read-only: a bind mount keeps device and inode, so ftok gives the host's key.
RUN mkdir /opt/shmbed/key
WORKDIR /opt/shmbed/peers/c
# Stays until it is stopped; peers are started by docker exec.
STOPSIGNAL SIGKILL
CMD ["sleep", "infinity"]
