// SPDX-License-Identifier: Apache-2.0
// Channel `sysv-msg`: one System V message queue, a message type for each direction. msgrcv(2) knows no
// deadline; a POSIX timer signals this process from the command's deadline on, again every 10 ms, until the
// interrupted msgrcv has been left. A single signal could come just before the call and be lost; the
// repetition cannot.
#include "channel.h"

#include "../clock.h"
#include "../error.h"
#include "../undo.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/msg.h>

#define TYPE_TO_READER 1
#define TYPE_TO_WRITER 2
#define AGAIN_NS INT64_C(10000000)

struct message {
    long type;
    struct descriptor descriptor;
};

static const char *msg_check_address(const char *address)
{
    uint64_t key;
    return parse_number(address, true, 1, UINT32_MAX, &key)
               ? NULL
               : "the queue's key is a number from 1 to 0xffffffff";
}

static key_t key_of(const struct channel *channel)
{
    uint64_t key = 0;
    parse_number(channel->address, true, 1, UINT32_MAX, &key);
    return (key_t)key;
}

static bool msg_create(struct channel *channel)
{
    undo_hold();
    channel->queue = msgget(key_of(channel), IPC_CREAT | IPC_EXCL | (int)channel->run->options.mode);
    int number = errno;
    channel->created = channel->queue != -1;
    if (channel->created)
        undo_add(UNDO_MSG_ID, "", channel->queue);
    undo_release();
    return channel->created || channel_fail(channel, "msgget", number);
}

static void interrupt(int number)
{
    (void)number; // that msgrcv ends with EINTR is all it is for
}

static bool arm(struct channel *channel)
{
    struct sigaction action = {.sa_handler = interrupt}; // without SA_RESTART
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec from_deadline = {.it_value = timespec_of(channel->run->deadline_ns),
                                       .it_interval = timespec_of(AGAIN_NS)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    channel->has_timer = timer_create(CLOCK_MONOTONIC, &event, &channel->timer) == 0;
    if (!channel->has_timer)
        return channel_fail(channel, "timer_create", errno);
    return timer_settime(channel->timer, TIMER_ABSTIME, &from_deadline, NULL) == 0 ||
           channel_fail(channel, "timer_settime", errno);
}

static bool msg_open(struct channel *channel)
{
    if (!channel->writer)
        channel->queue = msgget(key_of(channel), 0);
    if (channel->queue == -1)
        return channel_fail(channel, "msgget", errno);
    return arm(channel);
}

static bool msg_fail(struct channel *channel, const char *call)
{
    // The writer removed the queue: EIDRM for who waits there, EINVAL for who comes later.
    if (errno == EIDRM || (errno == EINVAL && !channel->created))
        return channel_closed(channel, call);
    return channel_fail(channel, call, errno);
}

static bool msg_send(struct channel *channel, const struct descriptor *descriptor)
{
    struct message message = {.type = channel->writer ? TYPE_TO_READER : TYPE_TO_WRITER,
                              .descriptor = *descriptor};
    int result;
    // Full cannot be: the window's 8 descriptors take 384 bytes, a queue holds thousands. EAGAIN is better
    // than no deadline.
    do
        result = msgsnd(channel->queue, &message, sizeof message.descriptor, IPC_NOWAIT);
    while (result == -1 && errno == EINTR);
    return result == 0 || msg_fail(channel, "msgsnd");
}

static bool msg_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    struct message message;
    const long type = channel->writer ? TYPE_TO_WRITER : TYPE_TO_READER;
    for (;;) {
        ssize_t got = msgrcv(channel->queue, &message, sizeof message.descriptor, type, 0);
        if (got == sizeof message.descriptor) {
            memcpy(descriptor, &message.descriptor, sizeof *descriptor);
            return true;
        }
        if (got >= 0 || errno == E2BIG)
            return channel_broken(channel, "msgrcv", EBADMSG, "a message that is not 48 bytes long");
        if (errno != EINTR)
            return msg_fail(channel, "msgrcv");
        if (clock_ns() >= deadline_ns)
            return channel_timeout(channel, "msgrcv");
    }
}

// A message of this type that does not fit into no bytes at all stays in the queue: E2BIG (msgrcv(2)).
static bool msg_arrived(struct channel *channel)
{
    struct message message;
    const long type = channel->writer ? TYPE_TO_WRITER : TYPE_TO_READER;
    return msgrcv(channel->queue, &message, 0, type, IPC_NOWAIT) != -1 || errno != ENOMSG;
}

static void msg_close(struct channel *channel)
{
    if (channel->has_timer)
        timer_delete(channel->timer);
    channel->has_timer = false;
    if (channel->created)
        undo_remove(UNDO_MSG_ID, "", channel->queue);
    channel->created = false;
    channel->queue = -1;
}

const struct channel_api sysv_msg_channel = {
    .name = "sysv-msg",
    .check_address = msg_check_address,
    .create = msg_create,
    .open = msg_open,
    .send = msg_send,
    .receive = msg_receive,
    .arrived = msg_arrived,
    .close = msg_close,
};
