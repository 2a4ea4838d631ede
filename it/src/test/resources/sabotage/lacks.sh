#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A peer on a machine that lacks what channels need, whatever it is asked for.
while read -r line; do
  case $line in
    quit) exit 0 ;;
    *) echo '{"schema":1,"exit":77,"reason":"channel futex: no such library","lacks":"library"}' ;;
  esac
done
