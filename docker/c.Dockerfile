# SPDX-License-Identifier: Apache-2.0
# shmbed/peer-c: the C peers, laid out under /opt/shmbed as in the repository, which is the build context.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS build
COPY docker/certs/ /usr/local/share/ca-certificates/
# Of DPDK only the headers and the two libraries that are used: all that libdpdk-dev depends on takes a minute. So it is with
# msgpack-c before Debian 13: libmsgpack-dev is for C++ too, and wants Boost.
RUN apt-get update \
 && msgpack=$(apt-cache search --names-only '^libmsgpack-c-dev$' | cut -d' ' -f1) \
 && apt-get install --yes --no-install-recommends \
      ca-certificates flatbuffers-compiler g++ gcc libc6-dev libcbor-dev libflatbuffers-dev libjansson-dev ${msgpack:-libmsgpackc2} \
      libprotobuf-c-dev libssl-dev make pkg-config protobuf-c-compiler zlib1g-dev \
 && mkdir /tmp/headers && cd /tmp/headers && apt-get download libdpdk-dev $([ -n "$msgpack" ] || echo libmsgpack-dev) \
 && for package in *.deb; do dpkg-deb -x "$package" / || exit; done \
 && apt-get install --yes --no-install-recommends $(dpkg-deb -f libdpdk-dev_*.deb Depends | grep -Eo 'librte-(eal|ring)[^, ]*')
COPY peers/schema /opt/shmbed/peers/schema
COPY peers/c /opt/shmbed/peers/c
# The packages of the libraries that the programs load, by the names that this distribution has for them.
RUN make -C /opt/shmbed/peers/c \
 && ldd /opt/shmbed/peers/c/*/*.exe /opt/shmbed/peers/c/rtering/librtering.so | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u \
    | xargs realpath | sed 's/.*\//*\//' | xargs dpkg -S | cut -d: -f1 | sort -u > /opt/shmbed/packages \
 && rm -rf /opt/shmbed/peers/c/build \
 && ln -sf /opt/shmbed/key/shmkey.txt /opt/shmbed/peers/c/sysv/shmkey.txt \
 && chmod -R a+rX /opt/shmbed/peers

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="shmbed/peer-c" \
      org.opencontainers.image.description="C peers of shmbed, a test bed for shared memory between Java, C and Python" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/shmbed /opt/shmbed
RUN apt-get update \
 && xargs apt-get install --yes --no-install-recommends < /opt/shmbed/packages \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
# The host's folder peers/c/sysv is bound here, read-only: a bind mount keeps device and inode, so ftok gives the host's key.
RUN mkdir /opt/shmbed/key
WORKDIR /opt/shmbed/peers/c
# Stays until it is stopped; peers are started by docker exec.
STOPSIGNAL SIGKILL
CMD ["sleep", "infinity"]
