// SPDX-License-Identifier: Apache-2.0
// Time stamps that a program takes of itself, for spawn_loop. Only the builds with -DSTAMPS have them
// (shm_read.stamped, ..); in the others every line here is nothing, so that the total is measured on programs
// that measure nothing.
#ifndef SHMBED_STORAGE_STAMPS_H
#define SHMBED_STORAGE_STAMPS_H

#include <stdint.h>

// The file that spawn_loop hands down, open as this descriptor: one struct stamps.
#define STAMPS_FD 3

// CLOCK_MONOTONIC, ns; begin of main, and its end.
struct stamps {
    int64_t main_ns;
    int64_t end_ns;
};

#ifdef STAMPS
#include <sys/syscall.h>
#include <time.h>

static struct stamps stamps;

// System calls by hand: the first call of a function in a library makes the dynamic linker look it up, some
// 10 us that the program without stamps does not pay.
static inline long call4(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    long result;
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long which __asm__("x8") = number;
    register long first __asm__("x0") = a;
    register long second __asm__("x1") = b;
    register long third __asm__("x2") = c;
    register long fourth __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(first) : "r"(which), "r"(second), "r"(third), "r"(fourth) : "memory");
    return first;
#else
#error "stamps: x86-64 and aarch64 only"
#endif
}

static inline int64_t stamp(void)
{
    struct timespec now;
    call4(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static inline void stamp_main(void)
{
    stamps.main_ns = stamp();
}

// Hands the stamps over; what follows is exit.
static inline void stamp_end(void)
{
    stamps.end_ns = stamp();
    // A failure leaves the stamps 0, and spawn_loop says so.
    call4(SYS_pwrite64, STAMPS_FD, (long)&stamps, (long)sizeof stamps, 0);
}
#else
static inline void stamp_main(void)
{
}

static inline void stamp_end(void)
{
}
#endif

#endif
