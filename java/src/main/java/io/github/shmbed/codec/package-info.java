// SPDX-License-Identifier: Apache-2.0
/** How structured data becomes bytes before it is written, and data again after it was read. */
package io.github.shmbed.codec;
