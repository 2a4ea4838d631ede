// SPDX-License-Identifier: Apache-2.0
/** How values become a message, in the memory of a segment, and values again. */
package io.github.shmbed.codec;
