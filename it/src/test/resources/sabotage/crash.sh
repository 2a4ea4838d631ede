#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A peer that answers its probe and dies by the signal $1 when it is asked for anything else.
while read -r line; do
  case $line in
    *"--layout probe-"*) echo '{"schema":1,"peer":"sabotage","role":"reader","exit":77,"reason":"no such layout"}' ;;
    quit) exit 0 ;;
    *) kill -"$1" $$ ;;
  esac
done
