// SPDX-License-Identifier: Apache-2.0
// Begin, serve, end; see manager.h.
#include "manager.h"

#include "../common/clock.h"
#include "../common/error.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BPF_FS_MAGIC 0xcafe4a11 // linux/magic.h
#define SWEEP_MS 2000

static volatile sig_atomic_t asked_to_end;

static void on_signal(int number)
{
    asked_to_end = number;
}

static void path_of(char path[128], const char *folder, const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
}

// ---- begin ----

static int refuse(struct manager *manager, int code, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(manager->why, sizeof manager->why, format, values);
    va_end(values);
    manager_end(manager);
    return code;
}

static int refuse_call(struct manager *manager, const char *call, const char *object, int number)
{
    return refuse(manager, EXIT_FAILED, "%s %s: %s (%s)", call, object, errno_name(number), strerror(number));
}

static bool others_can_change(const struct stat *status)
{
    return (status->st_uid != geteuid() && status->st_uid != 0) ||
           ((status->st_mode & 022) != 0 && (status->st_mode & S_ISVTX) == 0);
}

// A folder that nobody else can look into. One for another user is made here, in a folder where that user
// cannot replace it, and is given away when all is done: else links in it could lead a privileged manager
// astray.
static int make_folder(struct manager *manager, uid_t uid)
{
    struct stat status;
    char parent[128];
    path_of(parent, manager->folder, "..");
    manager->made_folder = mkdir(manager->folder, 0700) == 0;
    if (!manager->made_folder && errno != EEXIST)
        return refuse_call(manager, "mkdir", manager->folder, errno);
    if (lstat(manager->folder, &status) == -1)
        return refuse_call(manager, "stat", manager->folder, errno);
    if (!S_ISDIR(status.st_mode) || (status.st_mode & 077) != 0 || status.st_uid != geteuid())
        return refuse(manager, EXIT_FAILED,
                      "mkdir %s: EEXIST (it is no folder of mode 0700 of this user: take another --dir)",
                      manager->folder);
    if (uid != geteuid() &&
        (!manager->made_folder || stat(parent, &status) == -1 || others_can_change(&status)))
        return refuse(
            manager, EXIT_FAILED,
            "mkdir %s: EPERM (for --uid it must not be there yet, and lie where only root can change it)",
            manager->folder);
    return EXIT_DONE;
}

static int load(struct manager *manager)
{
    const char *call, *remedy;
    int number = skmsg_maps_create(&manager->maps, &call);
    switch (number) {
    case 0:
        return EXIT_DONE;
    case EPERM:
    case EACCES:
        remedy = "needs CAP_BPF and CAP_NET_ADMIN (before Linux 5.8 CAP_SYS_ADMIN), and a seccomp filter "
                 "that lets "
                 "bpf(2) through: run as root";
        break;
    case ENOSYS:
    case EINVAL:
    case EOPNOTSUPP:
        remedy = "this kernel cannot: it wants Linux 5.8 or later with CONFIG_BPF_SYSCALL, CONFIG_INET and "
                 "CONFIG_NET_SOCK_MSG";
        break;
    default:
        return refuse_call(manager, call, "skmsg", number);
    }
    return refuse(manager, EXIT_UNSUPPORTED, "%s skmsg: %s (%s)", call, errno_name(number), remedy);
}

// The manager works without pins too: then there is only its socket.
static void pin(struct manager *manager, uid_t uid)
{
    char pins[128];
    const char *call = "mkdir";
    path_of(pins, manager->folder, SKMSG_PINS);
    int number = mkdir(pins, 0700) == -1 && errno != EEXIST ? errno : 0;
    if (number == 0) {
        call = "mount";
        number = mount("shmbed-skmsg", pins, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") == -1
                     ? errno
                     : 0;
    }
    if (number == 0) {
        manager->made_pins = true;
        call = "bpf OBJ_PIN";
        number = skmsg_maps_pin(&manager->maps, pins);
    }
    static const char *const names[] = {"", "/targets", "/counts"};
    for (size_t i = 0; number == 0 && uid != geteuid() && i < sizeof names / sizeof names[0]; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s%s", pins, names[i]);
        call = "chown";
        number = chown(path, uid, (gid_t)-1) == -1 ? errno : 0;
    }
    if (number == 0) {
        snprintf(manager->pins_text, sizeof manager->pins_text, "pins in %s", pins);
        return;
    }
    umount2(pins, MNT_DETACH | UMOUNT_NOFOLLOW);
    rmdir(pins);
    manager->made_pins = false;
    snprintf(manager->pins_text, sizeof manager->pins_text,
             "no pins (%s %s: %s; needs CAP_SYS_ADMIN and a kernel with BPF file systems)", call, pins,
             errno_name(number));
}

static int listen_for_peers(struct manager *manager, uid_t uid)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[128];
    path_of(path, manager->folder, SKMSG_MANAGER);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return refuse_call(manager, "socket", path, errno);
    manager->polled[0] = (struct pollfd){.fd = fd, .events = POLLIN};
    manager->count = 1;
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == -1)
        return refuse_call(manager, "bind", path, errno);
    manager->bound = true;
    if (chmod(path, 0600) == -1 || chown(path, uid, (gid_t)-1) == -1) // nobody can connect before listen
        return refuse_call(manager, "chmod", path, errno);
    if (listen(fd, PEERS_MAX) == -1)
        return refuse_call(manager, "listen", path, errno);
    if (uid != geteuid() && chown(manager->folder, uid, (gid_t)-1) == -1)
        return refuse_call(manager, "chown", manager->folder, errno);
    return EXIT_DONE;
}

int manager_begin(struct manager *manager, const char *folder, uid_t uid)
{
    struct sigaction action = {.sa_handler = on_signal};
    int other;
    memset(manager, 0, sizeof *manager);
    manager->maps = (struct skmsg_maps){-1, -1, -1};
    snprintf(manager->folder, sizeof manager->folder, "%s", folder);
    const int number = skmsg_connect(&other, folder, INT64_MAX);
    if (number == 0 || number == ETIMEDOUT) { // one that does not answer is there all the same
        if (other != -1)
            close(other);
        snprintf(manager->why, sizeof manager->why,
                 "bind %s/" SKMSG_MANAGER ": EADDRINUSE (a manager is up there already: skmsg down)", folder);
        return EXIT_FAILED;
    }
    manager_remove(folder);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    int code = make_folder(manager, uid);
    if (code == EXIT_DONE)
        code = load(manager);
    if (code != EXIT_DONE)
        return code;
    pin(manager, uid);
    return listen_for_peers(manager, uid);
}

// ---- serve ----

static void add(struct skmsg_counts *sum, const struct skmsg_counts *more)
{
    sum->runs += more->runs;
    sum->redirected += more->redirected;
    sum->dropped += more->dropped;
}

static void leave(struct manager *manager, struct peer_link *link)
{
    struct skmsg_counts counts;
    if (link->socket == -1)
        return;
    if (link->has_put)
        skmsg_target_take(&manager->maps, link->put);
    if (skmsg_counts_find(&manager->maps, link->key, &counts) == 0)
        add(&manager->ended, &counts);
    skmsg_counts_take(&manager->maps, link->key);
    close(link->socket);
    *link = (struct peer_link){.socket = -1};
}

static bool same_key(struct skmsg_key a, struct skmsg_key b)
{
    return a.address == b.address && a.port == b.port;
}

static int join(struct manager *manager, struct peer_link *link, int socket)
{
    struct skmsg_key key;
    if (socket == -1)
        return EBADF;
    if (link->socket != -1)
        return EISCONN;
    int number = skmsg_socket_check(socket, &key);
    if (number == 0)
        number = skmsg_counts_put(&manager->maps, key);
    if (number == 0)
        *link = (struct peer_link){.socket = socket, .key = key};
    return number;
}

static int put(struct manager *manager, struct peer_link *link, struct skmsg_key key)
{
    if (link->has_put)
        return EBUSY;
    int number = skmsg_target_put(&manager->maps, key, link->socket);
    if (number == 0) {
        link->put = key;
        link->has_put = true;
    }
    return number;
}

static int take(struct manager *manager, struct peer_link *link, struct skmsg_key key)
{
    if (!link->has_put || !same_key(link->put, key))
        return ENOENT;
    link->has_put = false;
    return skmsg_target_take(&manager->maps, key);
}

static void sum_up(const struct manager *manager, struct skmsg_reply *reply)
{
    struct skmsg_key key;
    const struct skmsg_key *last = NULL;
    reply->counts = manager->ended;
    reply->pinned = manager->made_pins;
    while (reply->sockets < SKMSG_SOCKETS_MAX && skmsg_counts_next(&manager->maps, last, &key) == 0) {
        struct skmsg_counts counts;
        if (skmsg_counts_find(&manager->maps, key, &counts) == 0) {
            add(&reply->counts, &counts);
            reply->sockets++;
        }
        last = &key;
    }
}

// *keep: the connection has taken the socket.
static void answer(struct manager *manager, struct peer_link *link, const struct skmsg_request *request,
                   int socket, struct skmsg_reply *reply, bool *keep)
{
    const bool joined = link->socket != -1;
    switch (request->operation) {
    case SKMSG_JOIN:
        reply->number = join(manager, link, socket);
        *keep = reply->number == 0;
        break;
    case SKMSG_PUT:
        reply->number = joined ? put(manager, link, request->key) : ENOTCONN;
        break;
    case SKMSG_TAKE:
        reply->number = joined ? take(manager, link, request->key) : ENOTCONN;
        break;
    case SKMSG_SEEK:
        reply->number = joined ? skmsg_target_find(&manager->maps, link->key) : ENOTCONN;
        break;
    case SKMSG_COUNT:
        reply->number = joined ? skmsg_counts_find(&manager->maps, link->key, &reply->counts) : ENOTCONN;
        break;
    case SKMSG_STATUS:
        sum_up(manager, reply);
        break;
    case SKMSG_DOWN:
        manager->ending = true;
        break;
    default:
        reply->number = EOPNOTSUPP;
    }
}

// The first descriptor that came with a message, or -1; any others are closed.
static int take_descriptors(struct msghdr *message)
{
    const struct cmsghdr *rights = CMSG_FIRSTHDR(message);
    int passed[2] = {-1, -1}; // as many as the control buffer has room for
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len <= CMSG_LEN(sizeof passed))
        memcpy(passed, CMSG_DATA(rights), rights->cmsg_len - CMSG_LEN(0));
    if (passed[1] != -1)
        close(passed[1]);
    return passed[0];
}

// One request. False: the connection is at its end.
static bool handle(struct manager *manager, int connection, struct peer_link *link)
{
    struct skmsg_request request;
    struct skmsg_reply reply = {.magic = SKMSG_MAGIC};
    union {
        struct cmsghdr header; // aligns the bytes
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec vector = {.iov_base = &request, .iov_len = sizeof request};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    bool keep = false;
    ssize_t got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got == -1)
        return errno == EAGAIN || errno == EINTR;
    const int socket = take_descriptors(&message);
    const bool sound =
        got == sizeof request && request.magic == SKMSG_MAGIC && (message.msg_flags & MSG_TRUNC) == 0;
    if (sound)
        answer(manager, link, &request, socket, &reply, &keep);
    if (socket != -1 && !keep)
        close(socket);
    return sound && send(connection, &reply, sizeof reply, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof reply;
}

static void welcome(struct manager *manager)
{
    int fd = accept4(manager->polled[0].fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd == -1)
        return;
    if (manager->count == 1 + PEERS_MAX) {
        const struct skmsg_reply full = {.magic = SKMSG_MAGIC, .number = ENFILE};
        send(fd, &full, sizeof full, MSG_NOSIGNAL | MSG_DONTWAIT);
        close(fd);
        return;
    }
    manager->polled[manager->count] = (struct pollfd){.fd = fd, .events = POLLIN};
    manager->links[manager->count - 1] = (struct peer_link){.socket = -1};
    manager->count++;
}

static void dismiss(struct manager *manager, nfds_t index)
{
    leave(manager, &manager->links[index - 1]);
    close(manager->polled[index].fd);
    manager->count--;
    manager->polled[index] = manager->polled[manager->count];
    manager->links[index - 1] = manager->links[manager->count - 1];
}

static bool belongs_to_a_link(const struct manager *manager, struct skmsg_key key)
{
    for (nfds_t i = 1; i < manager->count; i++)
        if (manager->links[i - 1].socket != -1 && same_key(manager->links[i - 1].key, key))
            return true;
    return false;
}

static bool was_suspect(const struct manager *manager, struct skmsg_key key)
{
    for (size_t i = 0; i < manager->suspect_count; i++)
        if (same_key(manager->suspects[i], key))
            return true;
    return false;
}

// The kernel takes a dead process's sockets out of the targets, but not its counts. A user of the pins always
// has a target, but for a moment; one that has none at two looks is dead.
static void sweep(struct manager *manager)
{
    struct skmsg_key key, found[SKMSG_SOCKETS_MAX];
    const struct skmsg_key *last = NULL;
    size_t count = 0, kept = 0;
    while (count < SKMSG_SOCKETS_MAX && skmsg_counts_next(&manager->maps, last, &key) == 0) {
        if (!belongs_to_a_link(manager, key) && skmsg_target_find(&manager->maps, key) == ENOENT)
            found[count++] = key;
        last = &key;
    }
    for (size_t i = 0; i < count; i++) {
        if (was_suspect(manager, found[i]))
            skmsg_counts_take(&manager->maps, found[i]);
        else
            found[kept++] = found[i];
    }
    memcpy(manager->suspects, found, kept * sizeof found[0]);
    manager->suspect_count = kept;
}

void manager_serve(struct manager *manager)
{
    int64_t swept_ns = clock_ns();
    while (!manager->ending && !asked_to_end) {
        int ready = poll(manager->polled, manager->count, SWEEP_MS);
        if (ready == -1)
            continue; // a signal
        for (nfds_t i = manager->count - 1; i > 0 && !manager->ending; i--)
            if (manager->polled[i].revents != 0 &&
                !handle(manager, manager->polled[i].fd, &manager->links[i - 1]))
                dismiss(manager, i);
        if ((manager->polled[0].revents & POLLIN) != 0)
            welcome(manager);
        if (clock_ns() - swept_ns >= SWEEP_MS * NS_PER_MS) {
            sweep(manager);
            swept_ns = clock_ns();
        }
    }
}

// ---- end ----

static bool is_mounted(const char *pins)
{
    struct statfs system;
    struct stat status;
    return lstat(pins, &status) == 0 && S_ISDIR(status.st_mode) && statfs(pins, &system) == 0 &&
           (unsigned long)system.f_type == BPF_FS_MAGIC;
}

static void remove_pins(const char *folder)
{
    static const char *const names[] = {"targets", "counts", "program"};
    char pins[128], path[160];
    path_of(pins, folder, SKMSG_PINS);
    if (is_mounted(pins)) {
        for (size_t i = 0; i < sizeof names / sizeof names[0];
             i++) { // also where somebody keeps a copy of the mount
            snprintf(path, sizeof path, "%s/%s", pins, names[i]);
            unlink(path);
        }
        umount2(pins, MNT_DETACH | UMOUNT_NOFOLLOW);
    }
    rmdir(pins);
}

void manager_end(struct manager *manager)
{
    char path[128];
    path_of(path, manager->folder, SKMSG_MANAGER);
    if (manager->count > 0)
        close(manager->polled[0].fd);
    if (manager->bound)
        unlink(path);
    for (nfds_t i = 1; i < manager->count; i++)
        leave(manager, &manager->links[i - 1]);
    if (manager->made_pins)
        remove_pins(manager->folder);
    skmsg_maps_close(&manager->maps);
    if (manager->made_folder)
        rmdir(manager->folder);
    for (nfds_t i = 1; i < manager->count; i++) // last: who sent SKMSG_DOWN waits for it
        close(manager->polled[i].fd);
    manager->count = 0;
    manager->bound = manager->made_pins = manager->made_folder = false;
}

bool manager_remove(const char *folder)
{
    struct stat status;
    char path[128], pins[128];
    path_of(path, folder, SKMSG_MANAGER);
    path_of(pins, folder, SKMSG_PINS);
    const bool has_socket = lstat(path, &status) == 0 && S_ISSOCK(status.st_mode),
               has_pins = is_mounted(pins);
    if (has_socket)
        unlink(path);
    remove_pins(folder);
    if (has_socket || has_pins)
        rmdir(folder); // if it is empty
    return has_socket || has_pins;
}
