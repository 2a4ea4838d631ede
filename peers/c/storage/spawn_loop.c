// SPDX-License-Identifier: Apache-2.0
// Starts a program again and again and measures each time from before posix_spawn(3) to after wait4(2). In C
// and small, so that what starts the programs adds as little as possible. Requests (lines.h):
//   spawn COUNT PROGRAM ARGUMENTS..           totals
//   stamped COUNT PROGRAM ARGUMENTS..         the program writes struct stamps (stamps.h): the parts
//   both COUNT STAMPED PROGRAM ARGUMENTS..    both in turns, so that what disturbs the machine disturbs both
//   inside COUNT shm NAME|file PATH           the reads of reads.h in this process: no program is started
#include "../common/clock.h"
#include "lines.h"
#include "reads.h"
#include "stamps.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_COUNT 100000

extern char **environ;

static int stamps_file;
static struct stamps *shared_stamps;
static posix_spawn_file_actions_t actions;

// One value for each program started.
struct parts {
    int64_t total[MAX_COUNT];
    int64_t stamped_total[MAX_COUNT];
    int64_t to_main[MAX_COUNT];
    int64_t in_main[MAX_COUNT];
    int64_t exit[MAX_COUNT];
};

static struct parts parts;

struct usage {
    int64_t cpu_ns;
    int64_t minor_faults;
    int64_t major_faults;
};

static void add(struct usage *sum, const struct rusage *one)
{
    sum->cpu_ns += (one->ru_utime.tv_sec + one->ru_stime.tv_sec) * NS_PER_SECOND +
                   (one->ru_utime.tv_usec + one->ru_stime.tv_usec) * 1000;
    sum->minor_faults += one->ru_minflt;
    sum->major_faults += one->ru_majflt;
}

static void answer_usage_sums(int64_t operations, const struct usage *sum)
{
    answer_number("operations", operations);
    answer_number("cpuNs", sum->cpu_ns);
    answer_number("minorFaults", sum->minor_faults);
    answer_number("majorFaults", sum->major_faults);
}

// Starts a program once and waits for it. Returns false when an error was answered.
static bool spawn_once(char **command, int64_t *begun_ns, int64_t *ended_ns, struct rusage *usage)
{
    *shared_stamps = (struct stamps){0};
    int status;
    pid_t pid;
    *begun_ns = clock_ns();
    int number = posix_spawn(&pid, command[0], &actions, NULL, command, environ);
    if (number != 0) {
        answer_error("posix_spawn", command[0], number);
        return false;
    }
    pid_t ended;
    while ((ended = wait4(pid, &status, 0, usage)) < 0 && errno == EINTR) {
    }
    *ended_ns = clock_ns();
    if (ended < 0) {
        answer_error("wait4", command[0], errno);
        return false;
    }
    if (status != 0) {
        answer_usage("a program of the experiment failed: start it by hand to see why");
        return false;
    }
    return true;
}

static bool spawn_plain(char **command, int64_t i, struct usage *sum)
{
    struct rusage usage;
    int64_t begun_ns;
    int64_t ended_ns;
    if (!spawn_once(command, &begun_ns, &ended_ns, &usage)) {
        return false;
    }
    add(sum, &usage);
    parts.total[i] = ended_ns - begun_ns;
    return true;
}

// sum: NULL when the program without time stamps is counted
static bool spawn_stamped(char **command, int64_t i, struct usage *sum)
{
    struct rusage usage;
    int64_t begun_ns;
    int64_t ended_ns;
    if (!spawn_once(command, &begun_ns, &ended_ns, &usage)) {
        return false;
    }
    if (sum != NULL) {
        add(sum, &usage);
    }
    parts.stamped_total[i] = ended_ns - begun_ns;
    parts.to_main[i] = shared_stamps->main_ns - begun_ns;
    parts.in_main[i] = shared_stamps->end_ns - shared_stamps->main_ns;
    parts.exit[i] = ended_ns - shared_stamps->end_ns;
    if (parts.to_main[i] < 0 || parts.in_main[i] < 0 || parts.exit[i] < 0) {
        answer_usage("time stamps are missing or run backwards: not a stamped build?");
        return false;
    }
    return true;
}

// Either command may be NULL. With both they take turns, first the one, then the other first.
static void spawn(int64_t count, char **plain, char **stamped)
{
    struct usage sum = {0};
    for (int64_t i = 0; i < count; i++) {
        bool done = true;
        for (int turn = 0; done && turn < 2; turn++) {
            if (turn == i % 2) {
                done = plain == NULL || spawn_plain(plain, i, &sum);
            } else {
                done = stamped == NULL || spawn_stamped(stamped, i, plain == NULL ? &sum : NULL);
            }
        }
        if (!done) {
            return;
        }
    }
    answer_begin();
    answer_object_begin("samplesNs");
    if (plain != NULL) {
        answer_numbers("total", parts.total, (size_t)count);
    }
    if (stamped != NULL) {
        answer_numbers("stampedTotal", parts.stamped_total, (size_t)count);
        answer_numbers("toMain", parts.to_main, (size_t)count);
        answer_numbers("main", parts.in_main, (size_t)count);
        answer_numbers("exit", parts.exit, (size_t)count);
    }
    answer_object_end();
    answer_usage_sums(count, &sum);
    answer_end();
}

static void inside(int64_t count, const char *kind, const char *name)
{
    bool shm = strcmp(kind, "shm") == 0;
    FILE *out = fopen("/dev/null", "we");
    if (out == NULL) {
        answer_error("fopen", "/dev/null", errno);
        return;
    }
    struct rusage before;
    struct rusage after;
    getrusage(RUSAGE_SELF, &before);
    for (int64_t i = 0; i < count; i++) {
        const char *failed_call;
        int64_t begun_ns = clock_ns();
        int done = shm ? read_shm(name, out, &failed_call) : read_file(name, out, &failed_call);
        parts.total[i] = clock_ns() - begun_ns;
        if (done != 0) {
            answer_error(failed_call, name, errno);
            fclose(out);
            return;
        }
    }
    getrusage(RUSAGE_SELF, &after);
    fclose(out);
    struct usage sum = {0};
    struct usage base = {0};
    add(&sum, &after);
    add(&base, &before);
    sum.cpu_ns -= base.cpu_ns;
    sum.minor_faults -= base.minor_faults;
    sum.major_faults -= base.major_faults;
    answer_begin();
    answer_object_begin("samplesNs");
    answer_numbers("total", parts.total, (size_t)count);
    answer_object_end();
    answer_usage_sums(count, &sum);
    answer_end();
}

static void answer(struct request *request)
{
    const char *what = request->words[0];
    int64_t count = request->count > 1 ? positive_number(request->words[1]) : 0;
    if (request->count < 3 || count == 0 || count > MAX_COUNT) {
        answer_usage(
            "usage: spawn|stamped|both COUNT PROGRAM .. or inside COUNT shm|file NAME; COUNT 1 to 100000");
    } else if (strcmp(what, "spawn") == 0) {
        spawn(count, request->words + 2, NULL);
    } else if (strcmp(what, "stamped") == 0) {
        spawn(count, NULL, request->words + 2);
    } else if (strcmp(what, "both") == 0 && request->count > 3) {
        char *stamped[MAX_WORDS + 1];
        memcpy(stamped, request->words + 3,
               sizeof(char *) * (size_t)(request->count - 2)); // with the NULL at its end
        stamped[0] = request->words[2];
        spawn(count, request->words + 3, stamped);
    } else if (strcmp(what, "inside") == 0 && request->count == 4) {
        inside(count, request->words[2], request->words[3]);
    } else {
        answer_usage("unknown request");
    }
}

int main(void)
{
    prepare_signals();
    stamps_file = memfd_create("shmbed-stamps", MFD_CLOEXEC);
    if (stamps_file < 0 || ftruncate(stamps_file, sizeof(struct stamps)) != 0) {
        perror("spawn_loop: memfd_create");
        return 1;
    }
    shared_stamps = mmap(NULL, sizeof(struct stamps), PROT_READ | PROT_WRITE, MAP_SHARED, stamps_file, 0);
    if (shared_stamps == MAP_FAILED) {
        perror("spawn_loop: mmap");
        return 1;
    }
    // dup2 to itself would keep FD_CLOEXEC: move it out of the way first.
    if (stamps_file == STAMPS_FD) {
        stamps_file = fcntl(stamps_file, F_DUPFD_CLOEXEC, STAMPS_FD + 1);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, stamps_file, STAMPS_FD);
    struct request request;
    while (next_request(&request)) {
        answer(&request);
    }
    posix_spawn_file_actions_destroy(&actions);
    return 0;
}
