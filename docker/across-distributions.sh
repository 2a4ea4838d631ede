#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Channel rtering between C and Python peers of Debian 11, 12 and 13, whose DPDK is 20.11, 22.11 and 24.11: each with each. Makes
# base images and images of the peers (some minutes), and removes them again. Needs Docker, and mmdebstrap where Docker Hub
# cannot be reached. Exit code 0: all exchanges were right.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

releases=(bullseye bookworm trixie)
families=(c python)
work=$(mktemp -d)
prefix=shmbed-across-$$

finish() {
  for family in "${families[@]}"; do
    for release in "${releases[@]}"; do
      docker rm --force "$prefix-$family-$release" >/dev/null 2>&1 || true
      docker rmi "$prefix/peer-$family:$release" >/dev/null 2>&1 || true
    done
  done
  for release in "${releases[@]}"; do docker rmi "$prefix/base:$release" >/dev/null 2>&1 || true; done
  rm -rf "$work"
}
trap finish EXIT

base() { # RELEASE: debian:RELEASE-slim, or one made of its packages
  if timeout 60 docker pull --quiet "debian:$1-slim" >/dev/null 2>&1; then
    docker tag "debian:$1-slim" "$prefix/base:$1"
    return
  fi
  # shellcheck disable=SC2016  # the hook's $1 is the new system's folder
  mmdebstrap --quiet --variant=minbase --format=tar --include=ca-certificates \
    --customize-hook="cp '$PWD'/docker/certs/*.crt \"\$1/usr/local/share/ca-certificates/\" 2>/dev/null || true" \
    --customize-hook='chroot "$1" update-ca-certificates' "$1" "$work/base.tar" >"$work/base.log" 2>&1
  docker import --change 'CMD ["bash"]' "$work/base.tar" "$prefix/base:$1" >/dev/null
  rm "$work/base.tar"
}

program() { # FAMILY ROLE
  case $1 in
    c) echo "./posix/shm_$2.exe" ;;
    *) echo "python3 posix/shm_$2.py" ;;
  esac
}

for release in "${releases[@]}"; do
  echo "Debian $release: images"
  base "$release"
  for family in "${families[@]}"; do
    docker build --quiet --build-arg "BASE_IMAGE=$prefix/base:$release" --tag "$prefix/peer-$family:$release" \
      --file "docker/$family.Dockerfile" . >/dev/null 2>"$work/build.log" || { tail -n 5 "$work/build.log"; exit 1; }
    docker run --detach --rm --name "$prefix-$family-$release" --ipc=host --network none --cap-drop ALL \
      --volume "$work:$work" "$prefix/peer-$family:$release" sleep 1800 >/dev/null
  done
done

head -c 64000 /dev/urandom >"$work/payload"
exchanges=0
wrong=0
exchange() { # WRITER-FAMILY WRITER-RELEASE READER-FAMILY READER-RELEASE SPEC
  local options=(--layout framed --channel "$5" --name "/$prefix" --count 1000 --window 8 --deadline-ms 20000) writer
  rm -f "$work/out"
  # shellcheck disable=SC2046  # the program is two words
  docker exec "$prefix-$1-$2" $(program "$1" writer) "${options[@]}" --message-size 64 --payload "$work/payload" \
    >"$work/writer" 2>&1 &
  writer=$!
  exchanges=$((exchanges + 1))
  # shellcheck disable=SC2046
  if docker exec "$prefix-$3-$4" $(program "$3" reader) "${options[@]}" --out "$work/out" >"$work/reader" 2>&1 &&
    wait "$writer" && cmp -s "$work/payload" "$work/out"; then return; fi
  wait "$writer" || true
  wrong=$((wrong + 1))
  echo "WRONG: $1 $2 -> $3 $4, $5"
  tail -n 2 "$work/writer" "$work/reader"
}

for writer in "${families[@]}"; do
  for from in "${releases[@]}"; do
    for reader in "${families[@]}"; do
      for to in "${releases[@]}"; do
        for spec in rtering rtering:mp,start=4294967000 rtering:index,count=4; do
          exchange "$writer" "$from" "$reader" "$to" "$spec"
        done
      done
    done
  done
done
echo "$exchanges exchanges, $wrong wrong"
[[ $wrong == 0 ]]
