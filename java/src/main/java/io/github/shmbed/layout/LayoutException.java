// SPDX-License-Identifier: Apache-2.0
// A rule of a layout does not hold: the contents of a segment, or what is to go into it, are not
// what the contract says.
package io.github.shmbed.layout;

import io.github.shmbed.libc.Errno;

/**
 * A broken rule of a layout (peers/CONTRACT.md). No system call failed; the errno says of what kind
 * it is.
 */
public final class LayoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String part;
  private final String object;
  private final int errno;
  private final String rule;

  /**
   * A broken rule.
   *
   * @param part of the contract: {@code classic}, {@code header}, {@code ring}, {@code descriptor}
   *     or {@code skmsg}
   * @param object the segment
   * @param errno EBADMSG, EINVAL, EMSGSIZE, ESTALE, ..., see {@link Errno}
   * @param rule the rule's name, such as {@code DESCRIPTOR_BOUNDS}
   * @param remedy what is wrong and what to do
   */
  public LayoutException(String part, String object, int errno, String rule, String remedy) {
    super(part + " " + object + ": " + Errno.name(errno) + " (" + rule + ": " + remedy + ")");
    this.part = part;
    this.object = object;
    this.errno = errno;
    this.rule = rule;
  }

  /** {@code classic}, {@code header}, {@code ring}, {@code descriptor} or {@code skmsg}. */
  public String part() {
    return part;
  }

  /** The segment. */
  public String object() {
    return object;
  }

  /** The kind of failure, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The errno's name, such as {@code EBADMSG}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** The rule's name, such as {@code STALE_GENERATION}. */
  public String rule() {
    return rule;
  }
}
