#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# C with C: every pairing of programs, the error cases and --serve. Usage: tests/exchange.sh [FOLDER of the programs]
# Leaves nothing behind; uses names and keys of its own.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=$PWD/${1:-.}
name=/shmbed-c-test-$$
key=$((0x5c000000 + $$))
work=$(mktemp -d)
failures=0 checks=0

finish() {
    "$bin/sysv/shm_clean.exe" --key $key >/dev/null 2>&1
    rm -rf "$work" "/dev/shm$name" "/dev/shm$name"-*
}
trap finish EXIT

# expect CODE TEXT COMMAND..: the command ends with that code and its output (both streams) holds the text
expect() {
    local code=$1 text=$2 got
    shift 2
    "$@" >"$work/output" 2>&1 </dev/null
    got=$?
    checks=$((checks + 1))
    if [ $got != "$code" ] || { [ -n "$text" ] && ! grep -qF -- "$text" "$work/output"; }; then
        echo "FAILED: ${*//$bin\//}: exit $got, expected $code and '$text':"
        cat "$work/output"
        failures=$((failures + 1))
    fi
}
absent() { expect 1 "" test -e "/dev/shm$1"; }

pw="$bin/posix/shm_writer.exe --name $name" pr="$bin/posix/shm_reader.exe --name $name"
ow="$bin/os/writer --name $name" or="$bin/os/reader --name $name"
sw="$bin/sysv/shm_writer.exe --key $key" sr="$bin/sysv/shm_reader.exe --key $key" sc="$bin/sysv/shm_clean.exe --key $key"

echo "1. the same bytes come out"
for size in 1 2 100 4095 4096 4097 65537 1000000 8388608; do
    head -c $((size - 1)) /dev/zero | tr '\0' a >"$work/text"
    expect 0 "msg length=$((size - 1))" $pw ${size}B
    expect 0 "[QLOG] shm_unlink latency: " $pr --out "$work/out"
    expect 0 "" cmp "$work/text" "$work/out"
    expect 0 "msg length=$((size - 1))" $sw ${size}B
    expect 0 "[QLOG] read shared memory latency: " $sr --out "$work/out"
    expect 0 "" cmp "$work/text" "$work/out"
    expect 0 "[QLOG] shmctl latency: " $sc
done
for i in $(seq 1 255); do printf "\\x$(printf %x "$i")"; done >"$work/text"
for family in "$pw:$pr" "$sw:$sr" "$ow:$or" "$pw --layout os:$or"; do
    expect 0 "" ${family%%:*} --payload "$work/text"
    expect 0 "" ${family##*:} --out "$work/out"
    expect 0 "" cmp "$work/text" "$work/out"
done
expect 0 "" $sc
absent "$name"

echo "2. the os layout prints its text and only that"
printf 'This is POSIX shared memory IPC.\n' >"$work/text"
expect 0 "msg length=33" $ow
expect 0 "" sh -c "$or 2>/dev/null >$work/out"
expect 0 "" cmp "$work/text" "$work/out"

echo "3. a segment is used again, and a shorter text leaves no old tail"
expect 0 "" $pw 1000B
expect 0 "" $pw 10B
expect 0 "msg length=9" $pr
expect 0 "" $sw 1000B
expect 0 "" $sw 10B
expect 0 "msg length=9" $sr
expect 0 "" $sc

echo "4. errors name call, object and errno"
expect 1 "shm_open $name: ENOENT (" $pr
expect 1 '"errno":"ENOENT"' $pr --result -
expect 1 "shmget key=0x$(printf %08x $key): ENOENT (" $sr
expect 1 '"call":"shmget"' $sc --result -
expect 0 "" $pw 10B
expect 1 "shm_open $name: EEXIST (" $pw 10B --exclusive
expect 1 "wanted 8388609" $pw 10B --segment-size 8388609
expect 0 "msg length=9" $pr
expect 0 "" $sw 10B --segment-size 100
expect 1 "EEXIST (" $sw 10B --segment-size 100 --exclusive
expect 1 "EEXIST (already there and smaller" $sw 10B
expect 0 "" $sc
printf 'a\0b' >"$work/nul"
expect 1 "classic $work/nul: EINVAL (" $pw --payload "$work/nul"
expect 1 '"call":"classic"' $sw --payload "$work/nul" --result -
expect 1 "EMSGSIZE (" $pw --payload "$work/nul" --segment-size 3
expect 1 "classic text: EMSGSIZE (" $pw 8388609B
expect 1 "open $work/none: ENOENT (" $pw --payload "$work/none"
absent "$name"
printf 'no end' >"/dev/shm$name"
expect 1 "classic $name: EBADMSG (no NUL" $pr --out "$work/none"
expect 1 "" test -e "$work/none"
: >"/dev/shm$name"
expect 1 "classic $name: EBADMSG (the segment has no bytes" $pr
rm "/dev/shm$name"
mkfifo "/dev/shm$name"
expect 1 "classic $name: EINVAL (" timeout 5 $pr
expect 1 "EEXIST (already there and not fit" timeout 5 $pw 10B
rm "/dev/shm$name"
ln -s /dev/null "/dev/shm$name"
expect 1 "ELOOP (" $pr
expect 1 "shm_open $name: EEXIST (already there and not fit to be used again: opening it fails with ELOOP" $pw 10B
rm "/dev/shm$name"
expect 1 "ftruncate $name: EFBIG (" bash -c "ulimit -f 1; $pw 10B"
absent "$name"
expect 1 "ftok $work/none: ENOENT (" "$bin/sysv/shm_reader.exe" --key-file "$work/none"
expect 1 "open $work/none/out: ENOENT (" $pr --out "$work/none/out"

echo "5. usage is 64 and creates nothing; what this peer does not have is 77 with a reason"
for word in --bogus --nam=x -x --name= --name=/a/b --name=.. --name=//x --mode=8 --mode=1000 --segment-size=0 --segment-size=47G0 \
    --deadline-ms=0 --count=0 --count=2 --warmup=1 --channel=unix:x --out=x --key=1 --exclusive=1 --codec 5B --result 0B 5 5b B; do
    expect 64 "" $pw 10B $word
done
expect 64 "MSG_SIZE: missing" $pw
expect 64 "MSG_SIZE" $pw 0B
expect 64 "exclude each other" $pw 10B --payload "$work/text"
expect 64 "not an option of the reader" $pr --exclusive
expect 64 "one word too many" $pr 10B
expect 64 "exclude each other" $sr --key-file x
expect 64 "--key" $sr --key 0
expect 64 '"usage":"--mode 9: ' $sr --mode 9 --result -
absent "$name"
for program in posix/shm_writer posix/shm_reader sysv/shm_writer sysv/shm_reader sysv/shm_clean; do
    expect 77 '"reason":"layout probe-7:' "$bin/$program.exe" --layout probe-7 --result -
    expect 0 "--deadline-ms" "$bin/$program.exe" --help
    expect 0 "c-${program%%/*} " "$bin/$program.exe" --version
done
expect 77 "os" $sr --layout os
expect 77 "codec" $pw 10B --codec zip

echo "6. exact mode, whatever the umask"
(umask 077; $pw 10B --mode 0666 >/dev/null)
expect 0 666 stat -c %a "/dev/shm$name"
expect 0 "" $pr

echo "7. --serve answers every line, good or bad, and keeps nothing open"
{
    for i in $(seq 1 100); do
        echo "--name $name 1000B"
        echo "--name '$name' --layout"
        echo "--name '$name' --payload '$work/text' --layout=os --segment-size 8M"
        echo "--bogus $(head -c 200 /dev/zero | tr '\0' x)"
    done
    head -c 70000 /dev/zero | tr '\0' x
    echo
    echo 'a"b'
    echo "--help"
    echo quit
    echo "--name $name 5B"
} >"$work/lines"
"$bin/posix/shm_writer.exe" --serve <"$work/lines" >"$work/answers" 2>"$work/errors"
expect 0 "" test $? = 0 -a ! -s "$work/errors" -a "$(wc -l <"$work/answers")" = 403
expect 0 "" test "$(grep -c '"exit":0,' "$work/answers")" = 200
expect 0 "" test "$(grep -c '"exit":64,' "$work/answers")" = 203
expect 0 "msg length=33" $pr
# Nobody has the result: the answer says so.
echo "--name $name 10B --result $work/none/r" | "$bin/posix/shm_writer.exe" --serve >"$work/answers" 2>/dev/null
expect 0 '"exit":1,' grep -F '"error":{"call":"write","object":"'"$work"'/none/r","errno":"ENOENT"' "$work/answers"
expect 0 "" $pr
coproc peer { exec "$bin/posix/shm_reader.exe" --serve; }
ask() { echo "$1" >&"${peer[1]}"; IFS= read -r -t 10 answer <&"${peer[0]}"; }
ask "--name $name"
before=$(ls "/proc/$peer_PID/fd" | wc -l)
for i in $(seq 1 50); do
    $pw 100B >/dev/null
    ask "--name $name --out $work/out"
done
expect 0 '"length":99' echo "$answer"
expect 0 "" test "$before" = "$(ls "/proc/$peer_PID/fd" | wc -l)"
expect 1 "" grep shmbed "/proc/$peer_PID/maps"
pid=$peer_PID
kill -TERM "$pid"
wait "$pid"
expect 0 "" test $? = 143

echo "8. --repeat: the flow again and again, measured stage by stage"
# stages KEY FILE: the names in one object of a result
stages() { grep -oE "\"$1\":\{[^}]*\}" "$2" | grep -oE '[{,]"[a-z-]+"' | tr -d '{,"' | tr '\n' ' '; }
# repeated WRITER READER SIZE-STAGES LEFT: LEFT is what removes the segment, the reader or the cleaner
repeated() {
    local once=""
    [ "$4" = reader ] && once="remove "
    expect 0 "" $1 1000B --repeat 50 --result "$work/result"
    for key in histograms first stages; do
        expect 0 "" test "$(stages $key "$work/result")" = "create $3attach write detach remove "
    done
    expect 0 '"clockPairNs":' grep -E '"usage":\{"minorFaults":[0-9]+,.*"negative":0' "$work/result"
    expect 0 '"length":999,"sha256"' cat "$work/result"
    expect 1 "EEXIST (" $1 1000B --repeat 2 # one segment is there
    expect 0 "" $2 --repeat 50 --out "$work/out" --result "$work/result"
    expect 0 "" test "$(stages histograms "$work/result")" = "reader-attach read detach "
    expect 0 "" test "$(stages first "$work/result")" = "reader-attach read detach "
    expect 0 "" test "$(stages stages "$work/result")" = "reader-attach read detach $once"
    expect 1 "" grep crcMismatches "$work/result"
    expect 0 "" cmp "$work/text" "$work/out"
    [ "$4" = reader ] || expect 0 "" $sc
    expect 1 "ENOENT (" $2 --repeat 2 # and now none
    expect 0 "" $1 1000B --repeat 1 --result "$work/result"
    expect 1 "" grep histograms "$work/result"
    expect 0 "[QLOG] reader-attach latency: " $2 --repeat 2
    [ "$4" = reader ] || expect 0 "" $sc
    expect 0 "" $1 --payload "$work/long" --repeat 3 # longer than the buffer that is there before
    expect 0 "msg sha256=$(sha256sum <"$work/long" | cut -c1-64)" $2 --repeat 3
    [ "$4" = reader ] || expect 0 "" $sc
}
head -c 999 /dev/zero | tr '\0' a >"$work/text"
head -c 9000000 /dev/zero | tr '\0' b >"$work/long"
repeated "$pw --segment-size 16M" "$pr" "size reserve " reader
repeated "$sw --segment-size 16M" "$sr" "" cleaner
$pw 1000B --repeat 3 >"$work/lines"
expect 0 "" test "$(grep -c QLOG "$work/lines")" = 7 -a "$(grep -c . "$work/lines")" = 9
expect 0 "[QLOG] create latency: " cat "$work/lines"
expect 0 "msg length=999" $pr
for word in --repeat=0 --repeat=1000001 --repeat=x; do
    expect 64 "--repeat" $pw 10B $word
done
expect 64 "--repeat: not an option of the cleaner" $sc --repeat 2
expect 64 "--repeat: for --layout classic only" $pw --layout framed --channel futex --payload "$work/text" --repeat 2
expect 64 "--repeat: for --layout classic only" $or --repeat 2
absent "$name"
# Interrupted after more rounds than the list of what is to be removed has room for.
$pw 10B --repeat 1000000 --segment-size 1M >/dev/null &
pid=$!
inode() { stat -c %i "/dev/shm$name" 2>/dev/null || echo 0; }
first=0 now=0
while kill -0 $pid && [ $((now - first)) -lt 20 -o $first = 0 ]; do
    now=$(inode)
    [ $first != 0 ] || first=$now
done
kill -TERM $pid
wait $pid
expect 0 "" test $? = 143
absent "$name"

echo "9. files that are FIFOs: no wait without a deadline"
mkfifo "$work/fifo"
head -c 300000 /dev/zero | tr '\0' c >"$work/text"
expect 0 "" $pw --payload "$work/text"
expect 1 "open $work/fifo: ENXIO (nobody reads that FIFO" timeout 5 $pr --out "$work/fifo"
exec 5<>"$work/fifo"
expect 1 "write $work/fifo: ETIMEDOUT (" timeout 5 $pr --out "$work/fifo" --deadline-ms 200
exec 5<&- # what is in it goes with the last who has it open
exec 5<>"$work/fifo"
head -c 300000 <&5 >"$work/out" &
expect 0 "" $pr --out "$work/fifo"
wait $!
exec 5<&-
expect 0 "" cmp "$work/text" "$work/out"
expect 1 "read $work/fifo: ETIMEDOUT (" timeout 5 $pw --payload "$work/fifo" --deadline-ms 200
absent "$name"
timeout 5 cp "$work/text" "$work/fifo" & # opens it when the writer has
expect 0 "msg length=300000" $pw --payload "$work/fifo"
wait $!
expect 0 "msg length=300000" $pr

echo "10. nothing is left"
absent "$name"
expect 1 "" $sc
if [ $failures != 0 ]; then
    echo "$failures of $checks checks FAILED"
    exit 1
fi
echo "exchanges of C with C: $checks checks passed"
