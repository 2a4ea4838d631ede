# SPDX-License-Identifier: Apache-2.0
# shmbed/peer-java: the Java peer as built on the host (java/target), laid out under /opt/shmbed as in the repository,
# which is the build context.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="shmbed/peer-java" \
      org.opencontainers.image.description="Java peer of shmbed, a test bed for shared memory between Java, C and Python" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY docker/certs/ /usr/local/share/ca-certificates/
# Slim images have no folder for manual pages, and old JRE packages fail without it.
RUN mkdir -p /usr/share/man/man1 \
 && apt-get update \
 && apt-get install --yes --no-install-recommends openjdk-17-jre-headless unzip \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY java/target/lib /opt/shmbed/java/target/lib
COPY java/target/shmbed-java.jar /opt/shmbed/java/target/
COPY shmbed /opt/shmbed/
# The host's folder peers/c/sysv is bound at key/, read-only: a bind mount keeps device and inode, so ftok gives the host's key.
RUN mkdir -p /opt/shmbed/key /opt/shmbed/peers/c/sysv \
 && ln -sf /opt/shmbed/key/shmkey.txt /opt/shmbed/peers/c/sysv/shmkey.txt \
 && /opt/shmbed/shmbed setup --startup \
 && chmod -R a+rX /opt/shmbed
WORKDIR /opt/shmbed
# Stays until it is stopped; peers are started by docker exec.
STOPSIGNAL SIGKILL
CMD ["sleep", "infinity"]
