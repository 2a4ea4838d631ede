#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# C with C in the framed layout: every channel in both API families, deadlines, dead peers, lies, interruption.
# Usage: tests/framed.sh [FOLDER of the programs]. Leaves nothing behind; uses names and keys of its own.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=$PWD/${1:-.}
name=/shmbed-c-test-$$
key=$((0x5c000000 + $$))
work=$(mktemp -d)
failures=0 checks=0
ms=10000

finish() {
    jobs -p | xargs -r kill 2>/dev/null
    wait
    "$bin/skmsg/skmsg" down --dir "$work/m" >/dev/null 2>&1
    "$bin/sysv/shm_clean.exe" --key $key >/dev/null 2>&1
    rm -rf "$work" "/dev/shm$name"*
}
trap finish EXIT

# This machine has not what a channel needs: a failure where SHMBED_REQUIRE names it.
lacks() { # CHANNEL WHY
    case ",${SHMBED_REQUIRE:-}," in
    *",$1,"*) echo "FAILED: SHMBED_REQUIRE has $1: $2" && exit 1 ;;
    esac
    echo "UNSUPPORTED: channel $1: $2"
}

posix=("$bin/posix/shm_writer.exe --name $name" "$bin/posix/shm_reader.exe --name $name")
sysv=("$bin/sysv/shm_writer.exe --key $key" "$bin/sysv/shm_reader.exe --key $key")
channels="unix:$work/s unix-whole:$work/s unix-seqpacket:$work/s fifo:$work/f posix-mq:$name posix-sem:$name sysv-msg:$key futex eventfd:$work/s spin"
if [ -e "$bin/rtering/librtering.so" ]; then
    channels+=" rtering rtering:mp rtering:index,start=4294967290 rtering:mp,index,count=4,start=4294967290"
else
    lacks rtering "DPDK is not installed: apt-get install --no-install-recommends libdpdk-dev"
fi
# skmsg wants privileges and a kernel with BPF: its manager says what is missing, and then it is left out.
managed=
if said=$("$bin/skmsg/skmsg" up --dir "$work/m" 2>&1); then
    managed="skmsg:$work/m/k skmsg-pin:$work/m/k"
    channels="$channels $managed"
elif [ $? = 77 ]; then
    lacks skmsg "$said"
else
    echo "FAILED: $said"
    exit 1
fi

fail() {
    echo "FAILED: $*"
    head -c 2000 "$work"/{writer,reader}.{err,json} 2>/dev/null
    failures=$((failures + 1))
}
check() { # DESCRIPTION COMMAND..: the command succeeds
    checks=$((checks + 1))
    "${@:2}" >/dev/null 2>&1 || fail "$1"
}
result() { grep -qF -- "$2" "$work/$1.json"; }
# start ROLE COMMAND..: in the background, with its result and stderr in files; its pid in $pid
start() {
    "${@:2}" --layout framed --deadline-ms $ms --result "$work/$1.json" >"$work/$1.out" 2>"$work/$1.err" &
    pid=$!
}
nothing_left() {
    checks=$((checks + 1))
    left=$(ls "$work" | grep -E '^[sf](\.[rw])?$'; ls "$work/m" 2>/dev/null | grep -vE '^(bpf|manager)$'; ls /dev/shm | grep -F "${name#/}"
        awk -v q=$key '($1 + 4294967296) % 4294967296 == q' /proc/sysvipc/shm /proc/sysvipc/msg)
    [ -z "$left" ] || fail "$1 leaves: $left"
}
# exchange DESCRIPTION WRITER READER CHANNEL WRITER-OPTIONS READER-OPTIONS: both succeed, and the reader saw $work/expected
exchange() {
    start writer $2 --channel "$4" --payload "$work/payload" $5
    writer=$pid
    start reader $3 --channel "$4" --out "$work/out" $6
    wait $pid && wait $writer || fail "$1: exit codes"
    check "$1: other bytes" cmp "$work/expected" "$work/out"
    check "$1: other digest" result reader "\"sha256\":\"$(sha256sum <"$work/expected" | cut -c1-64)\""
    check "$1: writer's digest" result writer "\"sha256\":\"$(sha256sum <"$work/expected" | cut -c1-64)\""
    check "$1: CRC" result reader '"crcMismatches":0'
    nothing_left "$1"
}

echo "1. each channel, one message and a stream, in both API families"
for family in posix sysv; do
    declare -n pair=$family
    for channel in $channels; do
        head -c 5000 /dev/urandom >"$work/payload"
        cp "$work/payload" "$work/expected"
        exchange "$family ${channel%%:*} one" "${pair[0]}" "${pair[1]}" "$channel" "" ""
        head -c 16000 /dev/urandom >"$work/payload"
        for i in 1 2 3 4 5 6; do cat "$work/payload"; done >"$work/expected" # 6 * 16 = 96 messages
        for window in 1 8; do
            exchange "$family ${channel%%:*} stream, window $window" "${pair[0]}" "${pair[1]}" "$channel" \
                "--message-size 1000 --warmup 16 --count 80 --window $window --trace $work/trace.w" "--warmup 16 --count 80 --trace $work/trace.r"
            check "traces" test "$(stat -c %s "$work/trace.w" "$work/trace.r" | tr '\n' ' ')" = "1920 1920 "
            check "histograms" result reader '"histograms":{"transmit":"HISTF'
            check "round trip" result writer '"round-trip":"HISTF'
        done
    done
done

echo "2. sizes around the slot's, empty messages, a large message, a segment with room to spare"
for size in 0 1 127 128 129 4096 3000000; do
    head -c $size /dev/urandom >"$work/payload"
    cat "$work/payload" "$work/payload" "$work/payload" >"$work/expected"
    exchange "size $size" "${posix[0]}" "${posix[1]}" futex "--count 3 --window 2" "--count 3"
done
head -c 3000000 /dev/urandom >"$work/payload" # more than the socket's buffer holds
cat "$work/payload" "$work/payload" "$work/payload" >"$work/expected"
exchange "large messages on the socket" "${posix[0]}" "${posix[1]}" "unix-whole:$work/s" "--count 3 --window 2" "--count 3"
exchange "large segment" "${posix[0]}" "${posix[1]}" "unix:$work/s" "--count 3 --segment-size 64M --mode 0640" "--count 3"

echo "3. every wait ends at the deadline, and says where"
head -c 100 /dev/urandom >"$work/payload"
ms=200
for family in posix sysv; do
    declare -n pair=$family
    for channel in $channels; do
        begun=$(date +%s%N)
        start writer ${pair[0]} --channel "$channel" --payload "$work/payload"
        wait $pid
        check "$family ${channel%%:*}: a writer alone fails" test $? = 1
        check "$family ${channel%%:*}: in time" test $((($(date +%s%N) - begun) / 1000000)) -lt 1500
        check "$family ${channel%%:*}: ETIMEDOUT" result writer '"errno":"ETIMEDOUT","stage":"wait"'
        nothing_left "$family ${channel%%:*}, a writer alone"
    done
    start reader ${pair[1]} --channel futex --out "$work/none"
    wait $pid
    check "$family: a reader alone fails" test $? = 1
    check "$family: ETIMEDOUT" result reader '"errno":"ETIMEDOUT","stage":"reader-attach"'
    check "$family: no file" test ! -e "$work/none"
done
# A listener takes one reader, and a few more may wait for it: those after them wait in connect.
for channel in unix:$work/s unix-seqpacket:$work/s; do
    ms=2000
    # At a rate, so that both sides wait: an exchange without waits has no deadline.
    start writer ${posix[0]} --channel "$channel" --payload "$work/payload" --count 1000000000 --rate 5
    writer=$pid
    for i in $(seq 1000); do [ -S "$work/s" ] && break; sleep 0.01; done
    ms=300
    readers=
    for i in 1 2 3 4 5; do
        start reader$i ${posix[1]} --channel "$channel" --count 1000000000
        readers+=" $pid"
    done
    wait $readers
    check "${channel%%:*}: one reader too many waits in connect" grep -qE '"call":"connect","object":"[^"]*","errno":"ETIMEDOUT"' "$work"/reader?.json
    wait $writer
done
ms=200
# A segment that is there and never becomes ready.
truncate -s 1000 "/dev/shm$name"
start reader ${posix[1]} --channel futex
wait $pid
check "half made: ETIMEDOUT" result reader '"errno":"ETIMEDOUT","stage":"reader-attach"'
rm "/dev/shm$name"

echo "4. a peer that is killed is EPIPE where the kernel tells"
ms=10000
head -c 1000 /dev/urandom >"$work/payload"
for channel in unix:$work/s unix-whole:$work/s unix-seqpacket:$work/s fifo:$work/f eventfd:$work/s $managed; do
    rm -f "$work/out"
    start writer ${posix[0]} --channel "$channel" --payload "$work/payload" --count 1000000000
    writer=$pid
    start reader ${posix[1]} --channel "$channel" --count 1000000000 --out "$work/out"
    for i in $(seq 1000); do [ -s "$work/out" ] && break; sleep 0.01; done
    disown $pid
    kill -KILL $pid
    wait $writer
    check "${channel%%:*}: exit 1" test $? = 1
    check "${channel%%:*}: EPIPE" result writer '"errno":"EPIPE"'
    nothing_left "${channel%%:*}, a killed reader"
    rm -f "$work/out"
done

echo "5. a writer that is interrupted removes everything"
for channel in $channels; do
    start writer ${posix[0]} --channel "$channel" --payload "$work/payload"
    for i in $(seq 1000); do [ -s "/dev/shm$name" ] && break; sleep 0.01; done
    kill -TERM $pid
    wait $pid
    check "${channel%%:*}: 143" test $? = 143
    nothing_left "${channel%%:*}, an interrupted writer"
done

head -c 1000 /dev/urandom >"$work/payload"
# interrupted WHO OTHER CHANNEL: in the middle of an exchange, and the other side knows at once
interrupted() {
    rm -f "$work/out"
    start writer ${posix[0]} --channel "$3" --payload "$work/payload" --count 1000000000
    local writer=$pid
    start reader ${posix[1]} --channel "$3" --count 1000000000 --out "$work/out"
    local reader=$pid
    for i in $(seq 1000); do [ -s "$work/out" ] && break; sleep 0.01; done
    kill -TERM ${!1}
    wait ${!2}
    check "${3%%:*}: an interrupted $1: exit 1" test $? = 1
    check "${3%%:*}: an interrupted $1: EPIPE" result $2 '"errno":"EPIPE"'
    wait
    nothing_left "${3%%:*}, interrupted $1"
    rm -f "$work/out"
}
for channel in $channels; do
    interrupted writer reader "$channel"
    case $channel in futex | spin | posix-sem:* | rtering*) interrupted reader writer "$channel" ;; esac
done
# What a writer has removed is not its own any more: interrupted while it writes its trace, it leaves the next one's objects.
mkfifo "$work/trace"
exec 4<>"$work/trace" # nobody takes what a pipe cannot hold
for channel in fifo:$work/f posix-sem:$name; do
    start writer ${posix[0]} --channel "$channel" --payload "$work/payload" --count 5000 --trace "$work/trace"
    writer=$pid
    start reader ${posix[1]} --channel "$channel" --count 5000
    wait $pid
    for i in $(seq 1000); do [ -e "/dev/shm$name" ] || break; sleep 0.01; done
    next="/dev/shm$name $work/f.r $work/f.w"
    [ "${channel%%:*}" = fifo ] || next="/dev/shm$name /dev/shm/sem.${name#/}.r /dev/shm/sem.${name#/}.w"
    touch $next
    kill -TERM $writer
    wait $writer
    check "${channel%%:*}: interrupted in its trace: 143" test $? = 143
    check "${channel%%:*}: interrupted in its trace: the next one's objects" ls $next
    rm -f $next
done
exec 4>&-
rm "$work/trace"
start writer ${posix[0]} --channel futex --payload "$work/payload" --trace "$work/none/t"
writer=$pid
start reader ${posix[1]} --channel futex
wait $writer
check "no trace: exit 1" test $? = 1
wait $pid
nothing_left "no trace"

echo "6. lies are named errors"
unhex() { sed 's/#.*//' | tr -d ' \n' | sed 's/../\\x&/g' | xargs -0 printf; }
make_segment() { # the golden header, with some hex digits replaced; 4 slots
    sed "$1" ../golden/framed.hex | unhex >"/dev/shm$name"
    truncate -s "$2" "/dev/shm$name"
}
lie_in_header() { # RULE SED SIZE
    make_segment "$2" "$3"
    start reader ${posix[1]} --channel "${4:-fifo:$work/f}"
    wait $pid
    check "$1: exit 1" test $? = 1
    check "$1: named" result reader "\"call\":\"header\",\"object\":\"$name\",\"errno\":\"EBADMSG\",\"name\":\"$1\""
    rm "/dev/shm$name"
}
lie_in_header HEADER_MAGIC 's/^53 48/53 49/' 73728
lie_in_header HEADER_VERSION 's/44 01 00 80/44 02 00 80/' 73728
lie_in_header HEADER_SIZE 's/44 01 00 80/44 01 00 81/' 73728
lie_in_header SEGMENT_SIZE '' 73727
lie_in_header SEGMENT_SIZE '' 127
lie_in_header HEADER_GENERATION 's/ef cd ab 89 67 45 23 01/00 00 00 00 00 00 00 00/' 73728
lie_in_header HEADER_OFFSET 's/80 22 00 00/80 22 02 00/' 73728
lie_in_header HEADER_OFFSET 's/^01 00 00 00 00 00 00 00 2a/&/;s/^80 00 00 00 00 00 00 00 80 22/00 00 00 00 00 00 00 00 80 22/' 73728 futex
le64() { printf '%016x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'; }
lie_in_descriptor() { # NAME ERRNO SEQ OFFSET LENGTH GENERATION FLAGS: the second message lies, the first is sound
    make_segment '' 73728
    mkfifo "$work/f.r" "$work/f.w"
    exec 3<>"$work/f.r"
    start reader ${posix[1]} --channel "fifo:$work/f" --count 2
    good=$((0x0123456789abcdef))
    (le64 1; le64 8832; le64 100; le64 $good; le64 0; le64 0; le64 "$3"; le64 "$4"; le64 "$5"; le64 "$6"; le64 0; printf 00000000; printf '%02x000000' "$7") | unhex >&3
    wait $pid
    check "$1: exit 1" test $? = 1
    check "$1: named" result reader "\"call\":\"descriptor\",\"object\":\"fifo:$work/f\",\"errno\":\"$2\",\"name\":\"$1\""
    exec 3>&-
    rm "$work/f.r" "$work/f.w" "/dev/shm$name"
}
good=$((0x0123456789abcdef))
lie_in_descriptor STALE_GENERATION ESTALE 2 8832 100 $((good - 1)) 0
lie_in_descriptor SEQUENCE_REPEATED EBADMSG 1 8832 100 $good 0
lie_in_descriptor SEQUENCE_GAP EBADMSG 3 8832 100 $good 0
lie_in_descriptor DESCRIPTOR_BOUNDS EBADMSG 2 73729 0 $good 0
lie_in_descriptor DESCRIPTOR_BOUNDS EBADMSG 2 24960 $((-24960)) $good 0
lie_in_descriptor DESCRIPTOR_BOUNDS EBADMSG 2 8704 100 $good 0
lie_in_descriptor DESCRIPTOR_FLAGS EBADMSG 2 8832 100 $good 4
# A wrong CRC is counted, not fatal: both messages are all zero, their CRC said to be 0.
make_segment '' 73728
mkfifo "$work/f.r" "$work/f.w"
exec 3<>"$work/f.r"
start reader ${posix[1]} --channel "fifo:$work/f" --count 2
for seq in 1 2; do le64 $seq; le64 8832; le64 100; le64 $good; le64 0; printf 0000000001000000; done | unhex >&3
wait $pid
check "CRC: exit 0" test $? = 0
check "CRC: counted" result reader '"crcMismatches":2,"firstCrcMismatch":1'
# The object is truncated while the reader waits for its message.
start reader ${posix[1]} --channel "fifo:$work/f"
for i in $(seq 1000); do grep -qs "${name#/}" "/proc/$pid/maps" && break; sleep 0.01; done
truncate -s 4096 "/dev/shm$name"
(le64 1; le64 8832; le64 100; le64 $good; le64 0; le64 0) | unhex >&3
wait $pid
check "truncated: exit 1" test $? = 1
check "truncated: EFAULT" result reader '"call":"read shared memory","object":"'$name'","errno":"EFAULT"'
exec 3>&-
rm -f "$work/f.r" "$work/f.w" "/dev/shm$name"

echo "7. usage"
usage() { # CODE TEXT OPTIONS..
    start writer ${posix[0]} --payload "$work/payload" "${@:3}"
    wait $pid
    check "${*:3}: exit $1" test $? = "$1"
    check "${*:3}: $2" result writer "$2"
}
usage 64 '"usage":"--channel: missing'
usage 77 '"reason":"channel nonsense:x: c-posix does not have it' --channel nonsense:x
usage 77 '"reason":"channel ' --channel unix2:/x
usage 64 'path of a socket is missing' --channel unix
usage 64 'at most 107 bytes' --channel "unix:/$(printf '%0120d' 0)"
usage 64 'takes no address' --channel futex:x
usage 64 'wants a slash' --channel posix-mq:x
usage 64 'is a number' --channel sysv-msg:0
usage 64 'its words are' --channel rtering:mp,
usage 64 'its words are' --channel rtering:start=4294967296
usage 64 'a power of two' --channel rtering:count=1
usage 64 'a power of two' --channel rtering:mp,count=24
usage 64 '"usage":"--window 9' --channel futex --window 9
usage 64 '"usage":"10B: one word too many' --channel futex 10B
usage 1 '"errno":"EINVAL","message":"header ' --channel futex --message-size 7
usage 1 '"errno":"EMSGSIZE","message":"header ' --channel futex --segment-size 9000
printf x >"/dev/shm$name"
usage 1 '"errno":"EEXIST"' --channel futex
make_segment '' 73728
usage 1 'already there, made by process 4711' --channel futex
rm "/dev/shm$name"

echo "8. --serve exchanges again and again"
head -c 4000 /dev/urandom >"$work/payload"
for i in $(seq 1 5); do for channel in $channels; do echo "--name $name-$i --layout framed --channel $channel"; done; done |
    awk '{ sub("-[0-9]+ ", "-" NR " "); print }' >"$work/lines" # a name for each: the next reader must not meet the last writer
sed "s|$| --payload $work/payload --message-size 1000 --count 12|" "$work/lines" | "$bin/posix/shm_writer.exe" --serve >"$work/writer.lines" &
sed "s|$| --count 12|" "$work/lines" | "$bin/posix/shm_reader.exe" --serve >"$work/reader.lines"
wait
check "serve: writer" test "$(grep -c '"exit":0,' "$work/writer.lines")" = $((5 * $(wc -w <<<"$channels")))
check "serve: reader" test "$(grep -c '"exit":0,' "$work/reader.lines")" = $((5 * $(wc -w <<<"$channels")))
nothing_left "serve"

echo "9. --rate: every message has its time, and none is sent before it"
head -c 1000 /dev/urandom >"$work/payload"
for i in $(seq 12); do cat "$work/payload"; done >"$work/expected" # 20 + 100 messages of 100 bytes
for channel in $channels; do
    exchange "rate ${channel%%:*}" "${posix[0]}" "${posix[1]}" "$channel" \
        "--message-size 100 --warmup 20 --count 100 --window 4 --rate 3000 --trace $work/trace.w" "--warmup 20 --count 100"
    check "${channel%%:*}: rate" result writer '"rate":{"wanted":3000,"achieved":'
    od -An -v -td8 -w24 "$work/trace.w" | {
        early=0 i=0 first=
        while read -r written _ sent; do
            first=${first:-$sent}
            [ $((sent - first)) = $((i * 1000000000 / 3000)) ] && [ "$written" -ge "$sent" ] || early=$((early + 1))
            i=$((i + 1))
        done
        [ $early = 0 ] && [ $i = 100 ]
    }
    check "${channel%%:*}: intended times" test $? = 0
done
exchange "rate of one message" "${posix[0]}" "${posix[1]}" futex "--message-size 1000 --warmup 11 --rate 1" "--warmup 11"
check "one message: no rate achieved" result writer '"rate":{"wanted":1,"late":'
ms=300
start writer ${posix[0]} --channel spin --payload "$work/payload" --rate 1 --count 2
writer=$pid
start reader ${posix[1]} --channel spin --count 2
wait $writer
check "due after the deadline: exit 1" test $? = 1
check "due after the deadline: ETIMEDOUT" result writer '"errno":"ETIMEDOUT","stage":"wait"'
wait $pid
nothing_left "due after the deadline"
ms=10000
usage 64 '"usage":"--rate 10000001' --layout framed --channel spin --rate 10000001
start reader ${posix[1]} --channel spin --rate 5
wait $pid
check "a reader has no rate" test $? = 64

echo "10. --no-verify: neither CRC nor digest, on either side"
head -c 1000 /dev/urandom >"$work/payload"
cp "$work/payload" "$work/expected"
for channel in futex unix-whole:$work/s; do
    for who in both writer reader; do
        w=--no-verify r=--no-verify
        [ $who = reader ] && w=
        [ $who = writer ] && r=
        start writer ${posix[0]} --channel "$channel" --payload "$work/payload" --message-size 10 --count 100 $w
        writer=$pid
        start reader ${posix[1]} --channel "$channel" --out "$work/out" --count 100 $r
        wait $pid && wait $writer || fail "no-verify, $who: exit codes"
        check "$who: the bytes are saved" cmp "$work/expected" "$work/out"
        for role in writer reader; do
            check "$who, $role: length" result $role '"payload":{"length":1000'
            option=$r
            [ $role = writer ] && option=$w
            if [ -n "$option" ]; then
                check "$who, $role: no digest" sh -c '! grep -qE "sha256|crcMismatches|\"verify\"" "$1"' sh "$work/$role.json"
            else
                check "$who, $role: digest" result $role '"sha256":"'
            fi
        done
    done
done
nothing_left "no-verify"
# What the writer sends: CRC and flags are 0.
start writer ${posix[0]} --channel "fifo:$work/f" --payload "$work/payload" --no-verify
for i in $(seq 1000); do [ -p "$work/f.r" ] && break; sleep 0.01; done
check "no-verify: CRC and flags" test "$(head -c 48 "$work/f.r" | tail -c 8 | od -An -tx1 | tr -d ' ')" = 0000000000000000
kill -TERM $pid
wait $pid
nothing_left "no-verify, interrupted"
# What the reader does with a CRC that is wrong: nothing.
make_segment '' 73728
mkfifo "$work/f.r" "$work/f.w"
exec 3<>"$work/f.r"
start reader ${posix[1]} --channel "fifo:$work/f" --no-verify
(le64 1; le64 8832; le64 100; le64 $good; le64 0; printf 0000000001000000) | unhex >&3
wait $pid
check "no-verify, a wrong CRC: exit 0" test $? = 0
exec 3>&-
rm "$work/f.r" "$work/f.w" "/dev/shm$name"

echo "11. values: what a library has allocated is given back, whatever ends the exchange"
{ printf '\x00\x02\0\0\x00\x02\0\0'; head -c 1048632 /dev/zero; } >"$work/payload" # a tensor of 512 x 512
for codec in raw struct json msgpack cbor protobuf flatbuffers; do
    "$bin/posix/shm_reader.exe" --layout framed --channel futex --shape tensor --codec $codec --deadline-ms 1 >/dev/null 2>&1
    [ $? = 77 ] && continue # this build has it not
    start writer ${posix[0]} --channel "unix:$work/s" --payload "$work/payload" --shape tensor --codec $codec
    writer=$pid
    start reader ${posix[1]} --channel "unix:$work/s" --shape tensor --codec $codec --out /dev/full
    wait $pid
    check "$codec, no place for what was read: exit 1" test $? = 1
    check "$codec, no place for what was read: ENOSPC" result reader '"call":"write","object":"/dev/full","errno":"ENOSPC"'
    check "$codec, no place for what was read: no leak" sh -c '! grep -F LeakSanitizer "$1"' sh "$work/reader.err"
    wait $writer
    nothing_left "$codec, no place for what was read"
done

echo "12. a process of a chain"
if [ -x "$bin/chain/relay.exe" ]; then
    request() { printf '%s\t' "${@:1:10}"; echo "${11}"; }
    { # Nobody comes; and then another request, with other names, without `close`.
        request lead 64 1 1 1 100 "$name" futex x "unix-whole:$work/b" x
        request relay 16136 1 1 1 2000 "$name" futex "$name-in" futex "$name-out"
        echo quit
    } >"$work/requests"
    make_segment '' 73728 # slots of 16128 bytes
    "$bin/chain/relay.exe" <"$work/requests" >"$work/answers" 2>"$work/errors"
    check "relay: exit 0" test $? = 0
    check "relay: nobody comes" sh -c 'head -n 1 "$1" | grep -F "accept unix-whole:$2/b: ETIMEDOUT"' sh "$work/answers" "$work"
    check "relay: more than a slot holds" sh -c 'tail -n 1 "$1" | grep -F "size $2: EMSGSIZE"' sh "$work/answers" "$name"
    check "relay: its socket is removed" test ! -e "$work/b"
    rm "/dev/shm$name"
    nothing_left "relay"
else
    echo "UNSUPPORTED: the test of a chain: it is among the programs of make asan"
fi

echo "13. skmsg: its manager"
manager() { # CODE TEXT ARGUMENTS..
    said=$("$bin/skmsg/skmsg" "${@:3}" 2>&1)
    check "skmsg ${*:3}: exit $1" test $? = "$1"
    check "skmsg ${*:3}: says '$2'" grep -qF -- "$2" <<<"$said"
}
manager 64 'unknown option' up --nonsense
manager 64 'one of up, down, status' --dir /tmp
manager 64 'an absolute path' up --dir x
manager 64 'at most 107 bytes' up --dir "/$(printf '%0120d' 0)"
manager 1 'ENOENT (no manager there)' status --dir "$work/none"
manager 0 'not up in' down --dir "$work/none"
for channel in skmsg skmsg-pin; do
    mkdir "$work/none"
    start writer ${posix[0]} --channel "$channel:$work/none/k" --payload "$work/payload"
    wait $pid
    check "$channel without a manager: exit 1" test $? = 1
    check "$channel without a manager: remedy" result writer "no manager there: as root, ./shmbed skmsg up --dir $work/none"
    check "$channel without a manager: nothing left" rmdir "$work/none"
done
if [ -n "$managed" ]; then
    manager 1 'EADDRINUSE' up --dir "$work/m"
    manager 0 ', pins, ' status --dir "$work/m"
    for channel in $managed; do # the program's count is the peers'
        head -c 640 /dev/urandom >"$work/payload"
        start reader ${posix[1]} --channel "$channel" --warmup 100 --count 9900
        reader=$pid
        start writer ${posix[0]} --channel "$channel" --payload "$work/payload" --message-size 64 --warmup 100 --count 9900 --window 8
        wait $pid && wait $reader || fail "${channel%%:*}: exit codes"
        for role in writer reader; do
            check "${channel%%:*}: $role's proof" result $role '"proof":{"sent":10001,"received":10001,"runs":10002,"redirected":10001,"dropped":1,"tcpSegmentsOut":0,"mostOnTheWay":'
        done
    done
    nothing_left "skmsg"
    if [ -x "$bin/tests/credits.exe" ]; then
        for channel in $managed; do
            check "${channel%%:*}: credits" "$bin/tests/credits.exe" "$channel"
        done
        nothing_left "credits"
    else
        echo "UNSUPPORTED: the test of credits: it is among the programs of make asan"
    fi
    # The manager is killed: messages would go through TCP, and that is an error before one is taken.
    ms=20000
    rm -f "$work/out"
    start reader ${posix[1]} --channel "skmsg:$work/m/k" --count 1000000000 --out "$work/out"
    start writer ${posix[0]} --channel "skmsg:$work/m/k" --payload "$work/payload" --message-size 64 --count 1000000000
    for i in $(seq 1000); do [ -s "$work/out" ] && break; sleep 0.01; done
    manager 0 'down in' down --dir "$work/m"
    wait $pid
    check "a manager that ended: exit 1" test $? = 1
    check "a manager that ended: named" grep -qE '"name":"SKMSG_(BYPASSED|DROPPED|MANAGER_GONE)"|"errno":"EPIPE"' "$work/writer.json"
    wait
    nothing_left "a manager that ended"
    # In use when the manager ended, and then it is empty now, or else the manager has removed it.
    [ ! -e "$work/m" ] || check "the manager's folder is empty" rmdir "$work/m"
    # One that was killed leaves its socket and its pins; the next one, or down, removes them.
    "$bin/skmsg/skmsg" up --dir "$work/m" --foreground >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 1000); do [ -S "$work/m/manager" ] && [ -e "$work/m/bpf/program" ] && break; sleep 0.01; done
    disown $pid
    kill -KILL $pid
    manager 0 'up in' up --dir "$work/m"
    manager 0 'down in' down --dir "$work/m"
    "$bin/skmsg/skmsg" up --dir "$work/m" --foreground >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 1000); do "$bin/skmsg/skmsg" status --dir "$work/m" >/dev/null 2>&1 && break; sleep 0.01; done
    # One that is stopped does not answer: the deadline counts, not its peers' patience.
    manager=$pid ms=300
    kill -STOP $manager
    begun=$(date +%s%N)
    start writer ${posix[0]} --channel "skmsg:$work/m/k" --payload "$work/payload"
    wait $pid
    check "a stopped manager: in time" test $((($(date +%s%N) - begun) / 1000000)) -lt 2000
    check "a stopped manager: ETIMEDOUT" result writer '"call":"skmsg join","object":"skmsg:'"$work"'/m/k","errno":"ETIMEDOUT"'
    nothing_left "a stopped manager"
    kill -CONT $manager
    pid=$manager
    kill -TERM $pid
    wait $pid
    check "SIGTERM: exit 0" test $? = 0
    check "SIGTERM: nothing left" test ! -e "$work/m"
    "$bin/skmsg/skmsg" up --dir "$work/m" --foreground >/dev/null 2>&1 &
    pid=$!
    for i in $(seq 1000); do "$bin/skmsg/skmsg" status --dir "$work/m" >/dev/null 2>&1 && break; sleep 0.01; done
    disown $pid
    kill -KILL $pid
    manager 0 'removed what a dead manager left' down --dir "$work/m"
    check "a killed one: nothing left" test ! -e "$work/m"
    check "no mount left" sh -c '! grep -qF "$1" /proc/mounts' sh "$work/m"
fi

if [ $failures != 0 ]; then
    echo "$failures of $checks checks FAILED"
    exit 1
fi
echo "framed exchanges of C with C: $checks checks passed"
