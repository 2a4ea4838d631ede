// SPDX-License-Identifier: Apache-2.0
// The list of what would have to be removed. The handler calls only thin wrappers of system calls, on names
// that were used before.
#include "undo.h"

#include "header.h"

#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <unistd.h>

#define UNDO_MAX 16

static struct {
    enum undo_kind kind;
    char name[4096];
    int id;
} entries[UNDO_MAX];
static volatile sig_atomic_t entry_count;
static sigset_t before_hold;
static uint64_t *volatile shared_state;

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING_SIGNALS (sizeof ending_signals / sizeof ending_signals[0])

void undo_hold(void)
{
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < ENDING_SIGNALS; i++)
        sigaddset(&held, ending_signals[i]);
    sigprocmask(SIG_BLOCK, &held, &before_hold);
}

void undo_add(enum undo_kind kind, const char *name, int id)
{
    if (entry_count == UNDO_MAX)
        return;
    entries[entry_count].kind = kind;
    entries[entry_count].id = id;
    snprintf(entries[entry_count].name, sizeof entries[entry_count].name, "%s", name);
    entry_count = entry_count + 1;
}

void undo_drop(enum undo_kind kind, const char *name, int id)
{
    for (int i = entry_count - 1; i >= 0; i--) {
        if (entries[i].kind != kind || entries[i].id != id || strcmp(entries[i].name, name) != 0)
            continue;
        memmove(&entries[i], &entries[i + 1], (size_t)(entry_count - 1 - i) * sizeof entries[0]);
        entry_count = entry_count - 1;
        return;
    }
}

void undo_release(void)
{
    sigprocmask(SIG_SETMASK, &before_hold, NULL);
}

static void remove_object(enum undo_kind kind, const char *name, int id)
{
    switch (kind) {
    case UNDO_FILE:
        unlink(name);
        break;
    case UNDO_SHM_NAME:
        shm_unlink(name);
        break;
    case UNDO_SHM_ID:
        shmctl(id, IPC_RMID, NULL);
        break;
    case UNDO_MQ_NAME:
        mq_unlink(name);
        break;
    case UNDO_SEM_NAME:
        sem_unlink(name);
        break;
    case UNDO_MSG_ID:
        msgctl(id, IPC_RMID, NULL);
        break;
    }
}

void undo_remove(enum undo_kind kind, const char *name, int id)
{
    undo_hold();
    remove_object(kind, name, id);
    undo_drop(kind, name, id);
    undo_release();
}

void undo_state(uint64_t *state)
{
    shared_state = state;
}

void undo_run(void)
{
    undo_hold();
    for (; entry_count > 0; entry_count = entry_count - 1) {
        const int newest = entry_count - 1;
        remove_object(entries[newest].kind, entries[newest].name, entries[newest].id);
    }
    undo_release();
}

void undo_forget(void)
{
    entry_count = 0;
}

static void on_signal(int number)
{
    undo_run();
    if (shared_state != NULL) // after the removals: of a segment that was truncated this is SIGBUS
        __atomic_store_n(shared_state, STATE_CLOSED, __ATOMIC_RELEASE);
    _exit(128 + number);
}

void undo_on_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING_SIGNALS; i++)
        sigaddset(&action.sa_mask, ending_signals[i]);
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        struct sigaction inherited;
        sigaction(ending_signals[i], NULL, &inherited);
        if (ending_signals[i] == SIGHUP && inherited.sa_handler == SIG_IGN)
            continue; // started by nohup(1)
        sigaction(ending_signals[i], &action, NULL);
    }
}
