// SPDX-License-Identifier: Apache-2.0
// A channel carries descriptors between writer and reader (the contract's section 8). One interface, one file
// per channel.
#ifndef SHMBED_CHANNEL_H
#define SHMBED_CHANNEL_H

#include "lane.h"
#include "rtering.h"

#include <poll.h>
#include <semaphore.h>
#include <sys/types.h>
#include <time.h>

struct run;
struct channel;
struct skmsg; // in skmsg.c

// What a channel can show of the way its messages took: its kernel's counters (the contract's section 8).
struct proof {
    uint64_t sent, received; // messages, as this side has counted them
    uint64_t runs, redirected, dropped;
    uint64_t tcp_segments_out;
    uint64_t most_on_the_way;
};

// Each function but close returns true, or records an error and returns false. A peer that went away is
// EPIPE.
struct channel_api {
    const char *name;
    bool lanes; // its descriptors lie in lanes of the segment
    // Bytes of the channel block in the segment, by an address that was checked. NULL: it has none.
    uint64_t (*block_bytes)(const char *address);
    // NULL: no address. Otherwise what is wrong with an address, or NULL if nothing is.
    const char *(*check_address)(const char *address);
    // NULL: it works on every machine. Otherwise what this one lacks and the remedy, or NULL if nothing.
    const char *(*missing)(void);
    const char *needs; // what that is
    // Writer only: makes the objects. Afterwards the segment becomes ready.
    bool (*create)(struct channel *channel);
    // Both: opens what the writer has made, and meets the other side where the channel has connections.
    bool (*open)(struct channel *channel);
    bool (*send)(struct channel *channel, const struct descriptor *descriptor);
    bool (*receive)(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns);
    // Whether a descriptor is there, so that receive returns at once. Never waits, records no error; true
    // also where receive would find the other side gone.
    bool (*arrived)(struct channel *channel);
    // A channel that carries the payload itself: sends it right after the descriptor, and receives it after
    // one. NULL in the others.
    bool (*send_whole)(struct channel *channel, const struct descriptor *descriptor,
                       const unsigned char *payload);
    bool (*receive_payload)(struct channel *channel, unsigned char *payload, uint64_t length,
                            int64_t deadline_ns);
    // Shows that all of this side's messages took the channel's own way. NULL where there is nothing to show.
    bool (*prove)(struct channel *channel, struct proof *proof);
    // Closes what is open, and the writer removes what it has made. Twice does no harm.
    void (*close)(struct channel *channel);
};

// One side of an open channel. Which fields are used is each channel's own affair.
struct channel {
    const struct channel_api *api;
    struct run *run;
    bool writer;
    const char *address; // after the colon, or ""
    struct lane_end in;  // lanes only
    struct lane_end out;
    struct ring_end in_ring, out_ring; // rtering only
    int listener;                      // -1: none
    int in_fd, out_fd;                 // -1: none. A stream is both.
    int in_event, out_event;
    uint64_t events; // announced, not yet consumed
    sem_t *in_sem, *out_sem;
    struct skmsg *skmsg; // NULL: none
    int queue;           // System V message queue
    timer_t timer;
    bool has_timer;
    bool created; // by this side
};

// The channel of a SPEC, `NAME` or `NAME:ADDRESS`; *address is set to what follows the colon, or "". NULL:
// this peer has none.
const struct channel_api *channel_find(const char *spec, const char **address);

// Prepares `run`'s channel: nothing is open yet. In a channel with lanes they must be attached by now.
void channel_begin(struct run *run);

// Bytes of the channel block that the channel of a SPEC has in the segment, 0 if none.
uint64_t channel_block_bytes(const char *spec);
// `block_bytes` of the channels with lanes.
uint64_t channel_lanes_bytes(const char *address);

// The error of a call on this channel, with its SPEC as the object.
bool channel_fail(struct channel *channel, const char *call, int number);
// The deadline has passed while `call` waited.
bool channel_timeout(struct channel *channel, const char *call);
// The other side has gone.
bool channel_closed(struct channel *channel, const char *call);
// The other side broke the channel's rules.
bool channel_broken(struct channel *channel, const char *call, int number, const char *what);

// The other side broke a rule that has a name.
bool channel_broken_rule(struct channel *channel, const char *call, const char *name);

// poll(2) until an event or the deadline.
bool channel_poll(struct channel *channel, struct pollfd *polled, nfds_t count, int64_t deadline_ns);

// Waits that no end of the other process interrupts are cut into slices, at whose ends channel_abandoned() is
// asked.
#define SLICE_NS INT64_C(50000000)
int64_t channel_slice_end(int64_t deadline_ns);

// `arrived` of the channels that receive from in_fd, and of those with lanes.
bool channel_fd_arrived(struct channel *channel);
bool channel_lane_arrived(struct channel *channel);
// True: the other side has declared the segment closed, with an error recorded.
bool channel_abandoned(struct channel *channel, const char *call);

struct timespec timespec_of(int64_t ns);
// A CLOCK_MONOTONIC instant on CLOCK_REALTIME, which some calls insist on.
struct timespec realtime_of(int64_t monotonic_ns);

// The names or paths of the two directions: ADDRESS.r to the reader, ADDRESS.w to the writer.
#define DIRECTION_BYTES 4096
void direction(char text[DIRECTION_BYTES], const char *address, bool to_reader);

extern const struct channel_api unix_channel, unix_whole_channel, unix_seqpacket_channel, fifo_channel,
    posix_mq_channel, posix_sem_channel, sysv_msg_channel, futex_channel, eventfd_channel, skmsg_channel,
    skmsg_pin_channel, spin_channel, rtering_channel;

#endif
