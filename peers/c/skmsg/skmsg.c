// SPDX-License-Identifier: Apache-2.0
// The manager of the channel `skmsg`: loads the program, pins the maps, puts peers' sockets into them.
// skmsg up|down|status [--dir FOLDER] [--uid UID] [--foreground]. The same as `./shmbed skmsg`, without Java.
#include "manager.h"

#include "../common/error.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_FOLDER "/run/shmbed-skmsg"

static const char help[] =
    "Usage: skmsg up [--dir FOLDER] [--uid UID] [--foreground]\n"
    "       skmsg down|status [--dir FOLDER]\n"
    "\n"
    "The manager of the channel skmsg: peers use it by --channel skmsg:FOLDER/NAME, or the pins in "
    "FOLDER/bpf by\n"
    "--channel skmsg-pin:FOLDER/NAME.\n"
    "\n"
    "  --dir FOLDER   where its socket and pins are; made with mode 0700 (default: " DEFAULT_FOLDER ")\n"
    "  --uid UID      whose they are (default: of this user); that user's peers need no privilege\n"
    "  --foreground   do not become a daemon; SIGTERM and SIGINT end it\n"
    "\n"
    "up needs CAP_BPF, CAP_NET_ADMIN and, for the pins, CAP_SYS_ADMIN. Exit: 0 done, 1 failed, 64 usage,\n"
    "77 unsupported: this kernel or user cannot.\n";

static int usage(const char *why)
{
    fprintf(stderr, "skmsg: %s\n%s", why, help);
    return EXIT_USAGE;
}

// In the background: the parent ends with what the child writes to the pipe once it is ready or has failed.
static int report_from(int pipe_end)
{
    unsigned char code = EXIT_FAILED;
    ssize_t got;
    do
        got = read(pipe_end, &code, 1);
    while (got == -1 && errno == EINTR);
    return code;
}

static int become_daemon(int *report)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == -1)
        return -1;
    pid_t child = fork();
    if (child == -1)
        return -1;
    if (child > 0) {
        close(ends[1]);
        exit(report_from(ends[0]));
    }
    close(ends[0]);
    setsid();
    *report = ends[1];
    return 0;
}

static void say_ready(int report)
{
    const unsigned char done = EXIT_DONE;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (report == -1 || write(report, &done, 1) != 1)
        return;
    close(report);
    if (null != -1 && chdir("/") == 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        close(null);
    }
}

static int up(const char *folder, uid_t uid, bool foreground)
{
    static struct manager manager; // large
    int report = -1;
    if (!foreground && become_daemon(&report) == -1) {
        perror("skmsg: fork");
        return EXIT_FAILED;
    }
    int code = manager_begin(&manager, folder, uid);
    if (code != EXIT_DONE) {
        fprintf(stderr, "%s\n", manager.why);
        if (report != -1) {
            const unsigned char byte = (unsigned char)code;
            ssize_t put = write(report, &byte, 1);
            (void)put; // the parent then says 1
        }
        return code;
    }
    printf("skmsg: up in %s, process %d, %s\n", folder, (int)getpid(), manager.pins_text);
    fflush(stdout);
    say_ready(report);
    manager_serve(&manager);
    manager_end(&manager);
    return EXIT_DONE;
}

static int connected(const char *folder, int *fd)
{
    int number = skmsg_connect(fd, folder, INT64_MAX);
    if (number != 0)
        fprintf(stderr, "connect %s/" SKMSG_MANAGER ": %s (no manager there)\n", folder, errno_name(number));
    return number;
}

static int status(const char *folder)
{
    struct skmsg_reply reply;
    int fd;
    if (connected(folder, &fd) != 0)
        return EXIT_FAILED;
    int number = skmsg_ask(fd, SKMSG_STATUS, (struct skmsg_key){0, 0}, NULL, INT64_MAX, &reply);
    if (number == 0)
        printf("skmsg: up in %s, %s, %" PRIu32 " sockets, program: %" PRIu64 " runs, %" PRIu64
               " redirected, %" PRIu64 " dropped\n",
               folder, reply.pinned ? "pins" : "no pins", reply.sockets, reply.counts.runs,
               reply.counts.redirected, reply.counts.dropped);
    else
        fprintf(stderr, "skmsg status %s: %s\n", folder, errno_name(number));
    close(fd);
    return number == 0 ? EXIT_DONE : EXIT_FAILED;
}

// Waits for the manager's end: it closes this connection last. A dead manager's remains are removed.
static int down(const char *folder)
{
    struct skmsg_reply reply;
    char byte;
    int fd, number = skmsg_connect(&fd, folder, INT64_MAX);
    if (number == ECONNREFUSED || number == ENOENT) {
        if (manager_remove(folder))
            printf("skmsg: removed what a dead manager left in %s\n", folder);
        else
            printf("skmsg: not up in %s\n", folder);
        return EXIT_DONE;
    }
    if (number == 0)
        number = skmsg_ask(fd, SKMSG_DOWN, (struct skmsg_key){0, 0}, NULL, INT64_MAX, &reply);
    if (number == 0 && recv(fd, &byte, 1, 0) != 0)
        number = ETIMEDOUT;
    if (fd != -1)
        close(fd);
    if (number == 0)
        printf("skmsg: down in %s\n", folder);
    else
        fprintf(stderr, "skmsg down %s: %s\n", folder, errno_name(number));
    return number == 0 ? EXIT_DONE : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'},
        {"uid", required_argument, NULL, 'u'},
        {"foreground", no_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *folder = DEFAULT_FOLDER;
    uint64_t uid = geteuid();
    bool foreground = false;
    for (int letter; (letter = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (letter) {
        case 'd':
            folder = optarg;
            break;
        case 'u':
            if (!parse_number(optarg, false, 0, UINT32_MAX - 1, &uid))
                return usage("--uid is a number");
            break;
        case 'f':
            foreground = true;
            break;
        case 'h':
            fputs(help, stdout);
            return EXIT_DONE;
        default:
            return usage("unknown option");
        }
    }
    if (argc - optind != 1)
        return usage("one of up, down, status");
    if (strlen(folder) + sizeof "/" SKMSG_MANAGER > 108)
        return usage("--dir: a socket's path has at most 107 bytes (unix(7))");
    if (folder[0] != '/')
        return usage("--dir is an absolute path");
    if (strcmp(argv[optind], "up") == 0)
        return up(folder, (uid_t)uid, foreground);
    if (strcmp(argv[optind], "down") == 0)
        return down(folder);
    if (strcmp(argv[optind], "status") == 0)
        return status(folder);
    return usage("one of up, down, status");
}
