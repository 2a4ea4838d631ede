// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * SHA-256 of what readers saw. The same case gives the same bytes in every pairing, and comparing
 * them costs a hundredth of digesting them again.
 */
final class Digests {
  private record Digested(byte[] bytes, String digest) {}

  private final Map<Integer, Digested> byLength = new HashMap<>();

  /** In hex. */
  String sha256(byte[] bytes) {
    Digested known = byLength.get(bytes.length);
    if (known != null && Arrays.equals(known.bytes(), bytes)) {
      return known.digest();
    }
    String digest = digest(bytes);
    byLength.put(bytes.length, new Digested(bytes.clone(), digest));
    return digest;
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
