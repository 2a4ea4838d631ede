// SPDX-License-Identifier: Apache-2.0
// SHA-256 and length of everything that was exchanged.
package io.github.shmbed.peer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A running SHA-256. */
final class Digest {
  private final MessageDigest sha256;
  private long lengthBytes;

  Digest() {
    this(true);
  }

  /** Counts only, unless {@code sha} is wanted. */
  Digest(boolean sha) {
    if (!sha) {
      sha256 = null;
      return;
    }
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  void add(byte[] bytes, int length) {
    add(bytes, 0, length);
  }

  void add(byte[] bytes, int from, int length) {
    if (sha256 != null) {
      sha256.update(bytes, from, length);
    }
    lengthBytes += length;
  }

  long lengthBytes() {
    return lengthBytes;
  }

  /** Bytes that are not to be digested, only counted. */
  void count(long length) {
    lengthBytes += length;
  }

  /** The digest in lower-case hex; ends it. Null if it only counted. */
  String hex() {
    if (sha256 == null) {
      return null;
    }
    byte[] digest = sha256.digest();
    char[] hex = new char[digest.length * 2];
    for (int i = 0; i < digest.length; i++) {
      hex[2 * i] = Character.forDigit(digest[i] >> 4 & 0xf, 16);
      hex[2 * i + 1] = Character.forDigit(digest[i] & 0xf, 16);
    }
    return new String(hex);
  }
}
