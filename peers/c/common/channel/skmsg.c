// SPDX-License-Identifier: Apache-2.0
// Channels `skmsg` and `skmsg-pin`: each side has a TCP socket that is connected with itself; a BPF program
// of type SK_MSG takes what is sent on it and puts it into the other side's receive queue, past TCP. The two
// meet over an AF_UNIX stream, whose end tells that the other side has gone. See the contract's section 8.
#include "../skmsg/way.h"
#include "socket.h"

#include "../clock.h"
#include "../error.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOLDER_BYTES 108     // as a socket's path
#define CREDITS 64           // messages on the way in one direction, at most
#define CREDITS_BACK 32      // taken without having sent anything: say so
#define NOTICE_NS 1000000000 // after a refused send: time for the other side's end to show

// What goes through the socket.
struct message {
    struct descriptor descriptor; // seq 0: there is none, the message only returns credits
    uint32_t taken;               // descriptors that its sender has taken so far, modulo 2^32
    uint32_t role;                // of its sender: 'w' or 'r'
};
static_assert(sizeof(struct message) == SKMSG_MESSAGE_BYTES, "message");

// What goes over the stream, once.
struct hello {
    uint32_t magic, role;
    struct skmsg_key key;
};
static_assert(sizeof(struct hello) == 16, "hello");

struct skmsg {
    struct skmsg_way way;
    struct skmsg_key put; // where this side's socket is a target
    int socket;
    uint64_t sent, received;       // messages
    uint32_t published, confirmed; // descriptors sent, and taken by the other side, modulo 2^32
    uint32_t taken, reported;      // descriptors taken, and said so, modulo 2^32
    uint32_t most_on_the_way;
    struct descriptor waiting[CREDITS]; // came while this side waited for credits
    uint32_t waiting_begin, waiting_end;
};

static uint32_t role_of(bool writer)
{
    return writer ? 'w' : 'r';
}

static bool broken(struct channel *channel, const char *rule)
{
    return fail_rule(channel->run, "skmsg", channel->run->options.channel, EPROTO, rule);
}

// The folder of the channel's address, where the manager and the pins are.
static void folder_of(const struct channel *channel, char folder[FOLDER_BYTES])
{
    snprintf(folder, FOLDER_BYTES, "%s", channel->address);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        strcpy(folder, ".");
    else if (slash == folder)
        slash[1] = '\0';
    else
        *slash = '\0';
}

// ---- both sides alone: a socket that the program runs for ----

static bool way_failed(struct channel *channel, const char *call, const char *folder, int number)
{
    const bool pinned = channel->api == &skmsg_pin_channel;
    char object[FOLDER_BYTES + 16];
    snprintf(object, sizeof object, "%s/%s", folder, pinned ? SKMSG_PINS : SKMSG_MANAGER);
    return number == ENOENT || number == ECONNREFUSED
               ? fail_because(channel->run, call, object, number,
                              "no manager there: as root, ./shmbed skmsg up --dir %s", folder)
               : fail(channel->run, call, object, number);
}

static bool join_failed(struct channel *channel, int number)
{
    switch (number) {
    case EPROTOTYPE:
        return fail_rule(channel->run, "skmsg", channel->run->options.channel, number, "SKMSG_NOT_TCP");
    case ENOTCONN:
        return fail_rule(channel->run, "skmsg", channel->run->options.channel, number,
                         "SKMSG_NOT_ESTABLISHED");
    default:
        return channel_fail(channel, "skmsg join", number);
    }
}

// The program must drop what is no message, and with it the socket is of no use until it is in the map anew.
static bool prove_drop(struct channel *channel, struct skmsg *skmsg)
{
    int number = skmsg_way_put(&skmsg->way, skmsg->put);
    if (number != 0)
        return channel_fail(channel, "skmsg put", number);
    if (send(skmsg->socket, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != -1)
        return broken(channel, "SKMSG_NOT_DROPPED");
    return errno == EACCES || channel_fail(channel, "send", errno);
}

static bool join(struct channel *channel)
{
    char folder[FOLDER_BYTES];
    const char *call;
    struct skmsg *skmsg = channel->skmsg = calloc(1, sizeof *skmsg);
    if (skmsg == NULL)
        return channel_fail(channel, "malloc", ENOMEM);
    skmsg->socket = -1;
    folder_of(channel, folder);
    int number = skmsg_way_open(&skmsg->way, channel->api == &skmsg_pin_channel, folder,
                                channel->run->deadline_ns, &call);
    if (number != 0)
        return way_failed(channel, call, folder, number);
    number = skmsg_socket_open(&skmsg->socket, &skmsg->put, &call);
    if (number != 0)
        return channel_fail(channel, call, number);
    const struct timeval slice = {.tv_usec = SLICE_NS / 1000};
    if (setsockopt(skmsg->socket, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == -1 ||
        setsockopt(skmsg->socket, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice) == -1)
        return channel_fail(channel, "setsockopt", errno);
    number = skmsg_way_join(&skmsg->way, skmsg->socket, skmsg->put);
    return number != 0 ? join_failed(channel, number) : prove_drop(channel, skmsg);
}

// ---- messages ----

static bool is_gone(const struct channel *channel)
{
    char byte;
    ssize_t got = recv(channel->in_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got == -1 && errno == ECONNRESET);
}

static bool manager_gone(struct channel *channel)
{
    return !skmsg_way_is_alive(&channel->skmsg->way) && !broken(channel, "SKMSG_MANAGER_GONE");
}

// The program has dropped a message: its target is not there any more.
static bool send_refused(struct channel *channel)
{
    struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
    const int64_t left_ns = channel->run->deadline_ns - clock_ns();
    const int64_t wait_ns = left_ns < NOTICE_NS ? left_ns : NOTICE_NS;
    poll(&polled, 1, wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) : 0);
    if (is_gone(channel))
        return channel_closed(channel, "send");
    return !manager_gone(channel) && broken(channel, "SKMSG_DROPPED");
}

static bool send_message(struct channel *channel, const struct descriptor *descriptor)
{
    struct skmsg *skmsg = channel->skmsg;
    struct message message = {.taken = skmsg->taken, .role = role_of(channel->writer)};
    if (descriptor != NULL)
        message.descriptor = *descriptor;
    for (;;) {
        ssize_t sent = send(skmsg->socket, &message, sizeof message, MSG_NOSIGNAL);
        if (sent == sizeof message)
            break;
        if (sent != -1)
            return broken(channel, "SKMSG_BYPASSED"); // the program takes a message whole
        if (errno == EACCES)
            return send_refused(channel);
        if (errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "send", errno);
        if (clock_ns() >= channel->run->deadline_ns)
            return channel_timeout(channel, "send");
    }
    skmsg->sent++;
    skmsg->reported = skmsg->taken;
    return true;
}

// The next message, whatever it is.
static bool take_message(struct channel *channel, struct message *message, int64_t deadline_ns)
{
    struct skmsg *skmsg = channel->skmsg;
    size_t done = 0;
    bool last_look = false;
    while (done < sizeof *message) { // messages may come together, and in parts
        ssize_t got = recv(skmsg->socket, (unsigned char *)message + done, sizeof *message - done,
                           last_look ? MSG_DONTWAIT : 0);
        if (got > 0) {
            done += (size_t)got;
            continue;
        }
        if (got == 0)
            return channel_closed(channel, "recv");
        if (errno != EAGAIN && errno != EINTR)
            return channel_fail(channel, "recv", errno);
        if (last_look)
            return channel_closed(channel, "recv");
        last_look = is_gone(channel); // what came before is still taken
        if (!last_look && manager_gone(channel))
            return false;
        if (!last_look && clock_ns() >= deadline_ns)
            return channel_timeout(channel, "recv");
    }
    skmsg->received++;
    if (message->role != role_of(!channel->writer))
        return broken(channel, "SKMSG_BYPASSED");
    if (message->taken - skmsg->confirmed > skmsg->published - skmsg->confirmed)
        return broken(channel, "SKMSG_CREDITS");
    skmsg->confirmed = message->taken;
    return true;
}

// Takes messages until the other side has taken enough of this side's.
static bool await_credit(struct channel *channel)
{
    struct skmsg *skmsg = channel->skmsg;
    struct message message;
    while (skmsg->published - skmsg->confirmed == CREDITS) {
        if (!take_message(channel, &message, channel->run->deadline_ns))
            return false;
        if (message.descriptor.seq == 0)
            continue;
        if (skmsg->waiting_end - skmsg->waiting_begin == CREDITS)
            return broken(channel, "SKMSG_CREDITS");
        skmsg->waiting[skmsg->waiting_end++ % CREDITS] = message.descriptor;
    }
    return true;
}

static bool skmsg_send(struct channel *channel, const struct descriptor *descriptor)
{
    struct skmsg *skmsg = channel->skmsg;
    if (!await_credit(channel) || !send_message(channel, descriptor))
        return false;
    skmsg->published++;
    const uint32_t on_the_way = skmsg->published - skmsg->confirmed;
    if (on_the_way > skmsg->most_on_the_way)
        skmsg->most_on_the_way = on_the_way;
    return true;
}

static bool skmsg_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    struct skmsg *skmsg = channel->skmsg;
    if (skmsg->waiting_begin != skmsg->waiting_end) {
        *descriptor = skmsg->waiting[skmsg->waiting_begin++ % CREDITS];
    } else {
        struct message message;
        do {
            if (!take_message(channel, &message, deadline_ns))
                return false;
        } while (message.descriptor.seq == 0);
        *descriptor = message.descriptor;
    }
    skmsg->taken++;
    if (skmsg->taken - skmsg->reported >= CREDITS_BACK && !is_gone(channel))
        return send_message(channel, NULL);
    return true;
}

static bool skmsg_arrived(struct channel *channel)
{
    struct skmsg *skmsg = channel->skmsg;
    struct pollfd polled = {.fd = skmsg->socket, .events = POLLIN};
    return skmsg->waiting_begin != skmsg->waiting_end || poll(&polled, 1, 0) == 1;
}

// ---- meeting ----

// A step that both sides have done before either goes on.
static bool meet(struct channel *channel, struct hello *hello)
{
    struct iovec part = {.iov_base = hello, .iov_len = sizeof *hello};
    if (!socket_send_parts(channel, &part, 1) ||
        !socket_receive(channel, hello, sizeof *hello, channel->run->deadline_ns))
        return false;
    return (hello->magic == SKMSG_MAGIC && hello->role == role_of(!channel->writer)) ||
           channel_broken(channel, "recv", EBADMSG, "the other side is no peer of this channel");
}

static bool leave_target(struct channel *channel)
{
    struct skmsg *skmsg = channel->skmsg;
    int number = skmsg_way_take(&skmsg->way, skmsg->put);
    return number == 0 || channel_fail(channel, "skmsg take", number);
}

static bool become_target(struct channel *channel, struct skmsg_key other)
{
    struct skmsg *skmsg = channel->skmsg;
    skmsg->put = other;
    int number = skmsg_way_put(&skmsg->way, other);
    return number == 0 || channel_fail(channel, "skmsg put", number);
}

static bool count(struct channel *channel, struct proof *proof)
{
    struct skmsg *skmsg = channel->skmsg;
    struct skmsg_counts counts;
    int number = skmsg_way_count(&skmsg->way, &counts);
    if (number != 0)
        return channel_fail(channel, "skmsg count", number);
    *proof = (struct proof){
        .sent = skmsg->sent,
        .received = skmsg->received,
        .runs = counts.runs,
        .redirected = counts.redirected,
        .dropped = counts.dropped,
        .most_on_the_way = skmsg->most_on_the_way,
    };
    number = skmsg_socket_segments(skmsg->socket, &proof->tcp_segments_out);
    return number == 0 || channel_fail(channel, "getsockopt", number);
}

// One drop, and everything else was redirected and nothing went through TCP.
static bool skmsg_prove(struct channel *channel, struct proof *proof)
{
    if (!count(channel, proof))
        return false;
    return (proof->redirected == proof->sent && proof->dropped == 1 && proof->runs == proof->sent + 1 &&
            proof->tcp_segments_out == 0) ||
           broken(channel, "SKMSG_BYPASSED");
}

static bool skmsg_create(struct channel *channel)
{
    return socket_create(channel, SOCK_STREAM) && join(channel);
}

static bool skmsg_open(struct channel *channel)
{
    if (!socket_open(channel, SOCK_STREAM) || (channel->skmsg == NULL && !join(channel)))
        return false;
    struct hello hello = {SKMSG_MAGIC, role_of(channel->writer), channel->skmsg->put}, mark = hello;
    struct message first;
    struct proof proof;
    // Each leaves its own place before the other side takes it.
    if (!leave_target(channel) || !meet(channel, &hello) || !become_target(channel, hello.key) ||
        !meet(channel, &mark))
        return false;
    int number = skmsg_way_seek(&channel->skmsg->way);
    if (number != 0)
        return channel_fail(channel, "skmsg seek", number);
    // One message without a descriptor each way, then the counters: before anything is measured.
    return send_message(channel, NULL) && take_message(channel, &first, channel->run->deadline_ns) &&
           skmsg_prove(channel, &proof);
}

static void skmsg_close(struct channel *channel)
{
    struct skmsg *skmsg = channel->skmsg;
    if (skmsg != NULL) {
        skmsg_way_close(&skmsg->way, skmsg->put);
        if (skmsg->socket != -1)
            close(skmsg->socket);
        free(skmsg);
    }
    channel->skmsg = NULL;
    socket_close(channel);
}

const struct channel_api skmsg_channel = {
    .name = "skmsg",
    .check_address = socket_check_path,
    .create = skmsg_create,
    .open = skmsg_open,
    .send = skmsg_send,
    .receive = skmsg_receive,
    .arrived = skmsg_arrived,
    .prove = skmsg_prove,
    .close = skmsg_close,
};

const struct channel_api skmsg_pin_channel = {
    .name = "skmsg-pin",
    .check_address = socket_check_path,
    .create = skmsg_create,
    .open = skmsg_open,
    .send = skmsg_send,
    .receive = skmsg_receive,
    .arrived = skmsg_arrived,
    .prove = skmsg_prove,
    .close = skmsg_close,
};
