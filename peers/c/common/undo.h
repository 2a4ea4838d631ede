// SPDX-License-Identifier: Apache-2.0
// What a command has created and would have to remove if it failed or were interrupted: one list serves both.
#ifndef SHMBED_UNDO_H
#define SHMBED_UNDO_H

#include <stdint.h>

enum undo_kind { UNDO_FILE, UNDO_SHM_NAME, UNDO_SHM_ID, UNDO_MQ_NAME, UNDO_SEM_NAME, UNDO_MSG_ID };

// Keeps SIGINT, SIGTERM and SIGHUP away from here to undo_release(), so that no object is made without being
// listed.
void undo_hold(void);
// Lists an object: by its name (a path, a POSIX name) or its System V id.
void undo_add(enum undo_kind kind, const char *name, int id);
// Takes an object that was just removed off the list, if it is there: from then on its name may be another
// process's.
void undo_drop(enum undo_kind kind, const char *name, int id);
void undo_release(void);
// Removes an object now, and takes it off the list.
void undo_remove(enum undo_kind kind, const char *name, int id);

// A segment's state, as long as it is attached: a signal that ends the process sets it to STATE_CLOSED, so
// that the other side does not wait until its deadline. NULL: none.
void undo_state(uint64_t *state);

// Removes everything listed, newest first. Errors are ignored: what is already gone needs no removing.
void undo_run(void);
// Forgets the list: the command has succeeded.
void undo_forget(void);

// SIGINT, SIGTERM and SIGHUP remove what is listed and end the process with 128 + signal.
void undo_on_signals(void);

#endif
