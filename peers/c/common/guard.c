// SPDX-License-Identifier: Apache-2.0
// The SIGBUS handler jumps back to guard_run(). SA_NODEFER and sigsetjmp without the mask save a system call
// per guarded body.
#include "guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static sigjmp_buf back;
static volatile sig_atomic_t guarding;

static void on_sigbus(int number)
{
    if (guarding) {
        guarding = 0;
        siglongjmp(back, 1);
    }
    signal(number, SIG_DFL); // not ours: the access is repeated and ends the process as it would have
}

void guard_install(void)
{
    struct sigaction action = {.sa_handler = on_sigbus, .sa_flags = SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

bool guard_run(void (*body)(void *context), void *context)
{
    if (sigsetjmp(back, 0) != 0)
        return false;
    guarding = 1;
    body(context);
    guarding = 0;
    return true;
}
