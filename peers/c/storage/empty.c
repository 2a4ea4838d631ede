// SPDX-License-Identifier: Apache-2.0
// empty: does nothing. What it costs to start and to end it is what every program of the experiment costs
// before it reads a byte.
#include "stamps.h"

int main(void)
{
    stamp_main();
    stamp_end();
    return 0;
}
