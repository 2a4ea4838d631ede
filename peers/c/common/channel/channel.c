// SPDX-License-Identifier: Apache-2.0
// The list of channels, and what they share: errors, waiting, names.
#include "channel.h"

#include "../clock.h"
#include "../error.h"

#include <errno.h>
#include <string.h>

static const struct channel_api *const channels[] = {
    &unix_channel,      &unix_whole_channel, &unix_seqpacket_channel, &fifo_channel,    &posix_mq_channel,
    &posix_sem_channel, &sysv_msg_channel,   &futex_channel,          &eventfd_channel, &skmsg_channel,
    &skmsg_pin_channel, &spin_channel,       &rtering_channel,
};

const struct channel_api *channel_find(const char *spec, const char **address)
{
    size_t length = strcspn(spec, ":");
    *address = spec[length] == ':' ? spec + length + 1 : "";
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (strlen(channels[i]->name) == length && strncmp(channels[i]->name, spec, length) == 0)
            return channels[i];
    return NULL;
}

void channel_begin(struct run *run)
{
    struct channel *channel = &run->channel;
    *channel = (struct channel){
        .run = run,
        .writer = run->peer->role == ROLE_WRITER,
        .listener = -1,
        .in_fd = -1,
        .out_fd = -1,
        .in_event = -1,
        .out_event = -1,
        .queue = -1,
    };
    channel->api = channel_find(run->options.channel, &channel->address);
    if (channel->api->lanes) {
        struct lane *to_reader = (struct lane *)(run->segment.base + run->header.channel_offset);
        struct lane *to_writer = to_reader + 1;
        channel->in.lane = channel->writer ? to_writer : to_reader;
        channel->out.lane = channel->writer ? to_reader : to_writer;
    }
}

uint64_t channel_block_bytes(const char *spec)
{
    const char *address;
    const struct channel_api *api = channel_find(spec, &address);
    return api->block_bytes == NULL ? 0 : api->block_bytes(address);
}

uint64_t channel_lanes_bytes(const char *address)
{
    (void)address;
    return LANES_BYTES;
}

bool channel_fail(struct channel *channel, const char *call, int number)
{
    return fail(channel->run, call, channel->run->options.channel, number);
}

bool channel_timeout(struct channel *channel, const char *call)
{
    return fail_because(channel->run, call, channel->run->options.channel, ETIMEDOUT,
                        "the %s did not answer in time: is it running, with the same --channel and segment?",
                        channel->writer ? "reader" : "writer");
}

bool channel_closed(struct channel *channel, const char *call)
{
    return fail_because(channel->run, call, channel->run->options.channel, EPIPE,
                        "peer closed: see the %s's error", channel->writer ? "reader" : "writer");
}

bool channel_broken(struct channel *channel, const char *call, int number, const char *what)
{
    return fail_because(channel->run, call, channel->run->options.channel, number, "%s", what);
}

bool channel_broken_rule(struct channel *channel, const char *call, const char *name)
{
    return fail_rule(channel->run, call, channel->run->options.channel, EBADMSG, name);
}

struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};
}

struct timespec realtime_of(int64_t monotonic_ns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return timespec_of((int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec + (monotonic_ns - clock_ns()));
}

bool channel_poll(struct channel *channel, struct pollfd *polled, nfds_t count, int64_t deadline_ns)
{
    for (;;) {
        int64_t left_ns = deadline_ns - clock_ns();
        struct timespec left = timespec_of(left_ns > 0 ? left_ns : 0);
        int ready = ppoll(polled, count, &left, NULL);
        if (ready > 0)
            return true;
        if (ready == 0)
            return channel_timeout(channel, "ppoll");
        if (errno != EINTR)
            return channel_fail(channel, "ppoll", errno);
    }
}

bool channel_fd_arrived(struct channel *channel)
{
    struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
    return poll(&polled, 1, 0) == 1;
}

bool channel_lane_arrived(struct channel *channel)
{
    return lane_arrived(&channel->in);
}

int64_t channel_slice_end(int64_t deadline_ns)
{
    int64_t slice_ns = clock_ns() + SLICE_NS;
    return slice_ns < deadline_ns ? slice_ns : deadline_ns;
}

bool channel_abandoned(struct channel *channel, const char *call)
{
    const struct header *shared = (const struct header *)channel->run->segment.base;
    return __atomic_load_n(&shared->state, __ATOMIC_ACQUIRE) == STATE_CLOSED &&
           !channel_closed(channel, call);
}

void direction(char text[DIRECTION_BYTES], const char *address, bool to_reader)
{
    snprintf(text, DIRECTION_BYTES, "%s.%c", address, to_reader ? 'r' : 'w');
}
