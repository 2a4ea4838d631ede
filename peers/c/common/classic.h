// SPDX-License-Identifier: Apache-2.0
// The original programs' exchange: a text at offset 0, ended by a NUL (layouts `classic` and `os`). One core
// for both API families.
#ifndef SHMBED_CLASSIC_H
#define SHMBED_CLASSIC_H

#include "run.h"

bool classic_write(struct run *run);
bool classic_read(struct run *run);

#endif
