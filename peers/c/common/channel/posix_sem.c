// SPDX-License-Identifier: Apache-2.0
// Channel `posix-sem`: two named semaphores (sem_overview(7)) count the descriptors in the lanes.
// sem_clockwait is sem_timedwait on CLOCK_MONOTONIC (glibc 2.30).
#include "channel.h"

#include "../clock.h"
#include "../error.h"
#include "../undo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *sem_check_address(const char *address)
{
    char name[1 + NAME_BYTES_MAX + 1];
    if (address[0] != '/' || !parse_name(address, name) || strlen(name) > NAME_BYTES_MAX - strlen("sem..r"))
        return "the semaphores' name wants a slash, then 1 to 248 bytes without a further one";
    return NULL;
}

static bool make(struct channel *channel, bool to_reader, sem_t **semaphore)
{
    char name[DIRECTION_BYTES];
    direction(name, channel->address, to_reader);
    undo_hold();
    mode_t before = umask(0); // the mode shall be exact, and there is no descriptor to fchmod
    *semaphore = sem_open(name, O_CREAT | O_EXCL, channel->run->options.mode, 0);
    int number = errno;
    umask(before);
    if (*semaphore != SEM_FAILED)
        undo_add(UNDO_SEM_NAME, name, -1);
    else
        *semaphore = NULL;
    undo_release();
    return *semaphore != NULL || channel_fail(channel, "sem_open", number);
}

static bool find(struct channel *channel, bool to_reader, sem_t **semaphore)
{
    char name[DIRECTION_BYTES];
    direction(name, channel->address, to_reader);
    *semaphore = sem_open(name, 0);
    if (*semaphore != SEM_FAILED)
        return true;
    *semaphore = NULL;
    return channel_fail(channel, "sem_open", errno);
}

static bool sem_create(struct channel *channel)
{
    bool made_in = make(channel, false, &channel->in_sem);
    channel->created = made_in && make(channel, true, &channel->out_sem);
    return channel->created;
}

static bool sem_open_existing(struct channel *channel)
{
    return channel->writer ||
           (find(channel, true, &channel->in_sem) && find(channel, false, &channel->out_sem));
}

static bool sem_send(struct channel *channel, const struct descriptor *descriptor)
{
    if (!lane_publish(&channel->out, descriptor))
        return channel_broken(channel, "lane", EPROTO, "more descriptors on the way than the lane holds");
    return sem_post(channel->out_sem) == 0 || channel_fail(channel, "sem_post", errno);
}

static bool sem_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    for (;;) {
        struct timespec until = timespec_of(channel_slice_end(deadline_ns));
        if (sem_clockwait(channel->in_sem, CLOCK_MONOTONIC, &until) == 0)
            break;
        if (errno != EINTR && errno != ETIMEDOUT)
            return channel_fail(channel, "sem_clockwait", errno);
        if (channel_abandoned(channel, "sem_clockwait"))
            return false;
        if (clock_ns() >= deadline_ns)
            return channel_timeout(channel, "sem_clockwait");
    }
    return lane_consume(&channel->in, descriptor) == LANE_TAKEN ||
           channel_broken(channel, "lane", EPROTO,
                          "the semaphore was posted, but the lane's counters do not fit");
}

static void sem_close_both(struct channel *channel)
{
    char name[DIRECTION_BYTES];
    if (channel->in_sem != NULL)
        sem_close(channel->in_sem);
    if (channel->out_sem != NULL)
        sem_close(channel->out_sem);
    channel->in_sem = channel->out_sem = NULL;
    for (int to_reader = 0; channel->created && to_reader <= 1; to_reader++) {
        direction(name, channel->address, to_reader == 1);
        undo_remove(UNDO_SEM_NAME, name, -1);
    }
    channel->created = false;
}

const struct channel_api posix_sem_channel = {
    .name = "posix-sem",
    .lanes = true,
    .block_bytes = channel_lanes_bytes,
    .check_address = sem_check_address,
    .create = sem_create,
    .open = sem_open_existing,
    .send = sem_send,
    .receive = sem_receive,
    .arrived = channel_lane_arrived,
    .close = sem_close_both,
};
