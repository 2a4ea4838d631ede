// SPDX-License-Identifier: Apache-2.0
// Channel `eventfd`: the writer makes two eventfds (eventfd(2)) and passes them over an AF_UNIX stream
// (SCM_RIGHTS, unix(7)); they count the descriptors in the lanes. The stream stays open: its end tells that
// the other side has gone.
#include "socket.h"

#include "../error.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 2 // to the reader, to the writer: in this order in the message

union control {
    struct cmsghdr header; // aligns the bytes
    char bytes[CMSG_SPACE(EVENTS * sizeof(int))];
};

static bool eventfd_create(struct channel *channel)
{
    channel->out_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    channel->in_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (channel->out_event == -1 || channel->in_event == -1)
        return channel_fail(channel, "eventfd", errno);
    return socket_create(channel, SOCK_STREAM);
}

static bool pass_events(struct channel *channel)
{
    const int events[EVENTS] = {channel->out_event, channel->in_event};
    union control control;
    char byte = 'e';
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    memset(&control, 0, sizeof control);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof events);
    memcpy(CMSG_DATA(rights), events, sizeof events);
    if (sendmsg(channel->out_fd, &message, MSG_NOSIGNAL) == 1)
        return true;
    return errno == EPIPE || errno == ECONNRESET ? channel_closed(channel, "sendmsg")
                                                 : channel_fail(channel, "sendmsg", errno);
}

static bool take_events(struct channel *channel)
{
    union control control;
    char byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
    if (!channel_poll(channel, &polled, 1, channel->run->deadline_ns))
        return false;
    ssize_t got = recvmsg(channel->in_fd, &message, MSG_CMSG_CLOEXEC);
    if (got == 0 || (got == -1 && errno == ECONNRESET))
        return channel_closed(channel, "recvmsg");
    if (got == -1)
        return channel_fail(channel, "recvmsg", errno);
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights == NULL || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS)
        return channel_broken(channel, "recvmsg", EBADMSG, "no eventfds came with the first byte");
    int events[EVENTS];
    const size_t passed = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(events, CMSG_DATA(rights), (passed < EVENTS ? passed : EVENTS) * sizeof(int));
    channel->in_event = passed >= 1 ? events[0] : -1;
    channel->out_event = passed >= 2 ? events[1] : -1;
    return passed == EVENTS || channel_broken(channel, "recvmsg", EBADMSG, "not two eventfds");
}

static bool eventfd_open(struct channel *channel)
{
    return socket_open(channel, SOCK_STREAM) &&
           (channel->writer ? pass_events(channel) : take_events(channel));
}

static bool eventfd_send(struct channel *channel, const struct descriptor *descriptor)
{
    const uint64_t one = 1;
    ssize_t put;
    if (!lane_publish(&channel->out, descriptor))
        return channel_broken(channel, "lane", EPROTO, "more descriptors on the way than the lane holds");
    do
        put = write(channel->out_event, &one, sizeof one);
    while (put == -1 && errno == EINTR);
    return put == sizeof one || channel_fail(channel, "write", errno);
}

// Waits until at least one descriptor is announced.
static bool await_event(struct channel *channel, int64_t deadline_ns)
{
    while (channel->events == 0) {
        struct pollfd polled[] = {{.fd = channel->in_event, .events = POLLIN},
                                  {.fd = channel->in_fd, .events = POLLIN}};
        if (!channel_poll(channel, polled, 2, deadline_ns))
            return false;
        uint64_t announced = 0;
        // The other side's last event may have come between the looks at the two: with its end there is
        // nothing more to come, so one more look is enough.
        if ((polled[0].revents & POLLIN) == 0 &&
            (poll(polled, 1, 0) != 1 || (polled[0].revents & POLLIN) == 0))
            return channel_closed(channel, "ppoll");
        ssize_t got = read(channel->in_event, &announced, sizeof announced);
        if (got == -1 && errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "read", errno);
        channel->events += announced;
    }
    return true;
}

static bool eventfd_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    if (!await_event(channel, deadline_ns))
        return false;
    channel->events--;
    return lane_consume(&channel->in, descriptor) == LANE_TAKEN ||
           channel_broken(channel, "lane", EPROTO,
                          "the eventfd was written, but the lane's counters do not fit");
}

static void eventfd_close(struct channel *channel)
{
    if (channel->in_event != -1)
        close(channel->in_event);
    if (channel->out_event != -1)
        close(channel->out_event);
    channel->in_event = channel->out_event = -1;
    socket_close(channel);
}

const struct channel_api eventfd_channel = {
    .name = "eventfd",
    .lanes = true,
    .block_bytes = channel_lanes_bytes,
    .check_address = socket_check_path,
    .create = eventfd_create,
    .open = eventfd_open,
    .send = eventfd_send,
    .receive = eventfd_receive,
    .arrived = channel_lane_arrived,
    .close = eventfd_close,
};
