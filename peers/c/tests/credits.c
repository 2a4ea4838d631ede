// SPDX-License-Identifier: Apache-2.0
// Test of the credits of the channel `skmsg`, which no window reaches: a manager must be up. Usage:
// tests/credits.exe skmsg:PATH|skmsg-pin:PATH
#include "check.h"

#include "../common/channel/channel.h"
#include "../common/clock.h"
#include "../common/error.h"
#include "../posix/segment.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CREDITS 64
#define FIRST 40 // that the reader takes: more than the 32 after which it says so
#define MESSAGES 200
#define DEADLINE_NS (20 * NS_PER_SECOND)

static const struct peer peers[] = {
    {.id = "test", .role = ROLE_WRITER, .api = &posix_segment},
    {.id = "test", .role = ROLE_READER, .api = &posix_segment},
};

static void begin(struct run *run, enum role role, const char *spec)
{
    memset(run, 0, sizeof *run);
    run->peer = &peers[role];
    run->deadline_ns = clock_ns() + DEADLINE_NS;
    run->options.channel = spec;
    channel_begin(run);
}

static bool send_number(struct run *run, uint64_t seq)
{
    const struct descriptor descriptor = {.seq = seq};
    return run->channel.api->send(&run->channel, &descriptor);
}

static void take(struct run *run, uint64_t from, uint64_t to)
{
    for (uint64_t seq = from; seq <= to; seq++) {
        struct descriptor descriptor;
        CHECK(run->channel.api->receive(&run->channel, &descriptor, run->deadline_ns));
        CHECK(descriptor.seq == seq);
    }
}

// Takes nothing until it is told to, then a part, then all; what it sends between is an answer at the end.
static void read_side(const char *spec, int go)
{
    struct run run;
    char byte;
    begin(&run, ROLE_READER, spec);
    CHECK(run.channel.api->open(&run.channel));
    CHECK(read(go, &byte, 1) == 1);
    take(&run, 1, FIRST);
    CHECK(read(go, &byte, 1) == 1);
    take(&run, FIRST + 1, MESSAGES);
    CHECK(send_number(&run, 1));
    CHECK(read(go, &byte, 1) == 0); // until the other side has it
    run.channel.api->close(&run.channel);
}

static void a_writer_waits_for_credits(const char *spec)
{
    struct run run;
    struct proof proof;
    struct descriptor answer;
    int go[2];
    CHECK(pipe(go) == 0);
    begin(&run, ROLE_WRITER, spec);
    CHECK(run.channel.api->create(&run.channel));
    const pid_t reader = fork();
    CHECK(reader != -1);
    if (reader == 0) {
        close(go[1]);
        read_side(spec, go[0]);
        _exit(0);
    }
    close(go[0]);
    CHECK(run.channel.api->open(&run.channel));
    for (uint64_t seq = 1; seq <= CREDITS; seq++)
        CHECK(send_number(&run, seq));
    run.deadline_ns = clock_ns() + 200 * NS_PER_MS;
    CHECK(!send_number(&run, CREDITS + 1)); // nobody has taken one
    CHECK(run.error.number == ETIMEDOUT);
    run.error.call = NULL;
    run.deadline_ns = clock_ns() + DEADLINE_NS;
    CHECK(write(go[1], "g", 1) == 1);
    CHECK(send_number(&run, CREDITS + 1)); // as soon as some have been taken
    CHECK(write(go[1], "g", 1) == 1);
    for (uint64_t seq = CREDITS + 2; seq <= MESSAGES; seq++)
        CHECK(send_number(&run, seq));
    CHECK(run.channel.api->receive(&run.channel, &answer, run.deadline_ns) && answer.seq == 1);
    CHECK(run.channel.api->prove(&run.channel, &proof) && proof.most_on_the_way == CREDITS);
    close(go[1]);
    int status;
    CHECK(waitpid(reader, &status, 0) == reader && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run.channel.api->close(&run.channel);
}

int main(int argc, char **argv)
{
    (void)argc;
    current_test = "a_writer_waits_for_credits";
    a_writer_waits_for_credits(argv[1]);
    printf("credits of %s: passed\n", argv[1]);
    return 0;
}
