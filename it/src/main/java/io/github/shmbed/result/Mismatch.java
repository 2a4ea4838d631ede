// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Two byte strings that should be equal and are not.
 *
 * @param what whose bytes
 * @param offset of the first byte that differs, or the shorter length when one is the beginning of
 *     the other
 * @param windowOffset where the windows begin, at most 8 bytes earlier
 * @param expectedHex what should be there, at most 24 bytes; likewise {@code actualHex}
 */
public record Mismatch(
    String what,
    long offset,
    long expectedLength,
    long actualLength,
    long windowOffset,
    String expectedHex,
    String actualHex) {
  private static final int BEFORE = 8;
  private static final int WINDOW = 24;

  /** Empty when the two are equal. */
  public static Optional<Mismatch> between(String what, byte[] expected, byte[] actual) {
    int offset = Arrays.mismatch(expected, actual);
    if (offset < 0) {
      return Optional.empty();
    }
    int from = Math.max(0, offset - BEFORE);
    return Optional.of(
        new Mismatch(
            what,
            offset,
            expected.length,
            actual.length,
            from,
            window(expected, from),
            window(actual, from)));
  }

  /** The same for two files of any length. */
  public static Optional<Mismatch> between(String what, Path expected, Path actual)
      throws IOException {
    long offset = Files.mismatch(expected, actual);
    if (offset < 0) {
      return Optional.empty();
    }
    long from = Math.max(0, offset - BEFORE);
    return Optional.of(
        new Mismatch(
            what,
            offset,
            Files.size(expected),
            Files.size(actual),
            from,
            window(expected, from),
            window(actual, from)));
  }

  /** The same with a place in more words. */
  public Mismatch of(String place) {
    return new Mismatch(
        what + " (" + place + ")",
        offset,
        expectedLength,
        actualLength,
        windowOffset,
        expectedHex,
        actualHex);
  }

  /** One line for people. */
  public String describe() {
    String lengths =
        expectedLength == actualLength
            ? ""
            : ", " + actualLength + " bytes in place of " + expectedLength;
    return what
        + " differs at offset "
        + offset
        + lengths
        + "; from offset "
        + windowOffset
        + " expected ["
        + expectedHex
        + "] actual ["
        + actualHex
        + "]";
  }

  /** As results.json has it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("what", what);
    json.put("offset", offset);
    json.put("expectedLength", expectedLength);
    json.put("actualLength", actualLength);
    json.put("windowOffset", windowOffset);
    json.put("expectedHex", expectedHex);
    json.put("actualHex", actualHex);
    return json;
  }

  private static String window(Path file, long from) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      bytes.skipNBytes(Math.min(from, Files.size(file)));
      return HexFormat.ofDelimiter(" ").formatHex(bytes.readNBytes(WINDOW));
    }
  }

  private static String window(byte[] bytes, int from) {
    int begin = Math.min(from, bytes.length);
    return HexFormat.ofDelimiter(" ")
        .formatHex(bytes, begin, Math.min(bytes.length, begin + WINDOW));
  }
}
