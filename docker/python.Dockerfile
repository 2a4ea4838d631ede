# SPDX-License-Identifier: Apache-2.0
# shmbed/peer-python: the Python peers, laid out under /opt/shmbed as in the repository, which is the build context.
ARG BASE_IMAGE=debian:bookworm-slim

# Channel rtering's library. The first two steps are those of c.Dockerfile, and so Docker has them already.
FROM ${BASE_IMAGE} AS rtering
COPY docker/certs/ /usr/local/share/ca-certificates/
# Of DPDK only the headers and the two libraries that are used: all that libdpdk-dev depends on takes a minute.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates gcc libc6-dev libjansson-dev libssl-dev make pkg-config zlib1g-dev \
 && cd /tmp && apt-get download libdpdk-dev && dpkg-deb -x libdpdk-dev_*.deb / \
 && apt-get install --yes --no-install-recommends $(dpkg-deb -f libdpdk-dev_*.deb Depends | grep -Eo 'librte-(eal|ring)[^, ]*')
COPY peers/c /opt/shmbed/peers/c
RUN make -C /opt/shmbed/peers/c ./rtering/librtering.so \
 && ldd /opt/shmbed/peers/c/rtering/librtering.so | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u \
    | xargs realpath | sed 's/.*\//*\//' | xargs dpkg -S | cut -d: -f1 | sort -u > /opt/shmbed/packages

FROM ${BASE_IMAGE} AS build
COPY docker/certs/ /usr/local/share/ca-certificates/
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
 && update-ca-certificates
COPY peers/python/requirements.txt /opt/shmbed/peers/python/
# Only a module without a ready-made wheel for this machine needs the compiler.
RUN export PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
 && python3 -m venv /opt/shmbed/build/venv \
 && set -- /opt/shmbed/build/venv/bin/pip install --quiet --no-cache-dir --no-compile -r /opt/shmbed/peers/python/requirements.txt \
 && { "$@" || { apt-get install --yes --no-install-recommends gcc libc6-dev python3-dev && "$@"; }; }

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="shmbed/peer-python" \
      org.opencontainers.image.description="Python peers of shmbed, a test bed for shared memory between Java, C and Python" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=rtering /opt/shmbed/packages /opt/shmbed/
RUN apt-get update \
 && xargs apt-get install --yes --no-install-recommends python3 < /opt/shmbed/packages \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY --from=build /opt/shmbed/build /opt/shmbed/build
COPY --from=rtering /opt/shmbed/peers/c/rtering/librtering.so /opt/shmbed/peers/c/rtering/
COPY peers/python /opt/shmbed/peers/python
# The host's folder peers/c/sysv is bound at key/, read-only: a bind mount keeps device and inode, so ftok gives the host's key.
RUN mkdir -p /opt/shmbed/key /opt/shmbed/peers/c/sysv \
 && ln -sf /opt/shmbed/key/shmkey.txt /opt/shmbed/peers/c/sysv/shmkey.txt \
 && /opt/shmbed/build/venv/bin/python3 -m compileall -q /opt/shmbed \
 && chmod -R a+rX /opt/shmbed/peers
ENV PATH=/opt/shmbed/build/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /opt/shmbed/peers/python
# Stays until it is stopped; peers are started by docker exec.
STOPSIGNAL SIGKILL
CMD ["sleep", "infinity"]
