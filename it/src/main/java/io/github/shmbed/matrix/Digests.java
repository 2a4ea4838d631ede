// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** The same of a file of any length, of which no copy is kept. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = newDigest();
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n; (n = bytes.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(newDigest().digest(bytes));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
