// SPDX-License-Identifier: Apache-2.0
/** Where the time goes: the stages of the flow, measured with CLOCK_MONOTONIC in nanoseconds. */
package io.github.shmbed.latency;
