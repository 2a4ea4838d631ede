// SPDX-License-Identifier: Apache-2.0
// From a command line to an exit code. Everything a command opens is closed here, whatever became of it.
#include "peer.h"

#include "classic.h"
#include "clock.h"
#include "error.h"
#include "framed.h"
#include "guard.h"
#include "result.h"
#include "serve.h"
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool exchange(struct run *run)
{
    const bool framed = run->options.layout == LAYOUT_FRAMED;
    switch (run->peer->role) {
    case ROLE_WRITER:
        return framed ? framed_write(run) : classic_write(run);
    case ROLE_READER:
        return framed ? framed_read(run) : classic_read(run);
    case ROLE_CLEANER:
        return run->peer->api->clean(run);
    }
    return false;
}

static void run_begin(struct run *run, const struct peer *peer)
{
    memset(run, 0, sizeof *run);
    run->peer = peer;
    run->segment.fd = -1;
    run->segment.id = -1;
    run->out = -1;
    run->values = -1;
}

// Runs the command that run->options describes, and sets run->exit.
static void run_command(struct run *run)
{
    run->deadline_ns = clock_ns() + run->options.deadline_ms * NS_PER_MS;
    bool done = exchange(run);
    if (!done)
        framed_abandon(run);
    if (run->channel.api != NULL)
        run->channel.api->close(&run->channel);
    run->peer->api->release(&run->segment);
    done = out_close(run) && done;
    if (done)
        undo_forget();
    else
        undo_run();
    run->exit = done ? EXIT_DONE : EXIT_FAILED;
}

static void run_end(struct run *run)
{
    payload_free(&run->payload);
    ledger_free(&run->ledger);
    sha256_free(&run->digest);
    if (run->options.shape != SHAPE_NONE && run->pieces != NULL)
        for (uint64_t i = 0; i < run->distinct; i++)
            free((void *)run->pieces[i].bytes);
    free(run->pieces);
    shaped_free(run);
}

static bool write_line(int fd, const char *line)
{
    size_t left = strlen(line);
    while (left > 0) {
        ssize_t put = write(fd, line, left);
        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return false;
        line += put;
        left -= (size_t)put;
    }
    return write(fd, "\n", 1) == 1;
}

// Writes the result object where --result says. Failing to is a failed command: nobody would know how it
// went.
static bool write_result(struct run *run, const char *json)
{
    const char *path = run->options.result;
    if (path == NULL)
        return true;
    bool to_stdout = strcmp(path, "-") == 0;
    int fd = to_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd != -1 && json != NULL && write_line(fd, json);
    if (!written) {
        const int number = json == NULL ? ENOMEM : errno;
        fprintf(stderr, "write %s: %s (the result is lost: name another file with --result)\n", path,
                errno_name(number));
        fail_because(run, "write", path, number, "the result is lost: name another file with --result");
        run->exit = EXIT_FAILED;
    }
    if (fd != -1 && !to_stdout)
        close(fd);
    return written;
}

char *peer_answer(const struct peer *peer, int argc, char **argv)
{
    struct run run;
    run_begin(&run, peer);
    run.exit = options_parse(&run.options, peer, argc, argv, run.why, sizeof run.why);
    if (run.exit == EXIT_DONE && (run.options.help || run.options.version)) {
        run.exit = EXIT_USAGE;
        snprintf(run.why, sizeof run.why,
                 "--help and --version have no answer here: they are for the command line");
    }
    if (run.exit == EXIT_DONE)
        run_command(&run);
    char *json = result_json(&run);
    const bool to_file = run.options.result != NULL && strcmp(run.options.result, "-") != 0;
    if (to_file && !write_result(&run, json)) {
        free(json);
        json = result_json(&run); // of a command that has failed
    }
    run_end(&run);
    return json;
}

char *peer_refuse(const struct peer *peer, const char *why)
{
    struct run run;
    run_begin(&run, peer);
    run.exit = EXIT_USAGE;
    snprintf(run.why, sizeof run.why, "%s", why);
    return result_json(&run);
}

static int run_once(const struct peer *peer, int argc, char **argv)
{
    struct run run;
    run_begin(&run, peer);
    run.exit = options_parse(&run.options, peer, argc, argv, run.why, sizeof run.why);
    if (run.exit == EXIT_DONE && (run.options.help || run.options.version)) {
        if (run.options.help)
            printf("%s", options_help());
        else
            printf("%s %s " SHMBED_VERSION " (peer contract 1)\n", peer->id, role_names[peer->role]);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    bool person = run.options.result == NULL || strcmp(run.options.result, "-") != 0;
    if (person) // the `os` reader's stdout is for the text alone
        run.lines = peer->role == ROLE_READER && run.options.layout == LAYOUT_OS ? stderr : stdout;
    if (run.exit == EXIT_DONE)
        run_command(&run);
    if (run.exit != EXIT_DONE)
        fprintf(stderr, "%s\n", run.exit == EXIT_FAILED ? run.error.message : run.why);
    char *json = result_json(&run);
    write_result(&run, json);
    free(json);
    run_end(&run);
    if (run.exit == EXIT_DONE && person && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        fprintf(stderr, "write stdout: %s (the lines are lost)\n", errno_name(errno));
        return EXIT_FAILED;
    }
    return run.exit;
}

int peer_main(const struct peer *peer, int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); // a line that was printed stays printed, whatever ends this process
    signal(SIGPIPE, SIG_IGN);         // EPIPE says it
    signal(SIGXFSZ, SIG_IGN);         // EFBIG says it
    undo_on_signals();
    guard_install();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--serve") == 0) {
            memmove(argv + i, argv + i + 1, (size_t)(argc - i) * sizeof *argv);
            return serve(peer, argc - 1, argv);
        }
    }
    return run_once(peer, argc, argv);
}
