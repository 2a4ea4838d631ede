// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

/** How a command prints what it found. */
enum Format {
  table,
  json
}
