// SPDX-License-Identifier: Apache-2.0
// The one spelling of a POSIX shared memory name, checked before the C library sees it.
package io.github.shmbed.segment;

import io.github.shmbed.libc.CString;
import io.github.shmbed.libc.NativeBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The name of a POSIX shared memory object (shm_open(3)), checked and as the C library wants it: so
 * that neither happens while a call is timed. Immutable.
 */
public final class PosixName {
  /** NAME_MAX of tmpfs: bytes after the slash. */
  public static final int MAX_BYTES = 255;

  private final String text;
  private final NativeBuffer cString;

  private PosixName(String text) {
    this.text = text;
    byte[] bytes = CString.of(text);
    this.cString = new NativeBuffer(bytes.length);
    this.cString.bytes().put(0, bytes);
  }

  /**
   * A name, see {@link #normalise}.
   *
   * @throws IllegalArgumentException likewise
   */
  public static PosixName of(String name) {
    return new PosixName(normalise(name));
  }

  /** With its leading slash and a NUL at the end. Not to be changed. */
  NativeBuffer cString() {
    return cString;
  }

  /** With its leading slash. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * The name with exactly one leading slash.
   *
   * @param name with or without its leading slash
   * @throws IllegalArgumentException when it is empty, longer than 255 bytes of UTF-8, {@code .} or
   *     {@code ..}, or holds a further slash, a NUL or what is not Unicode text
   */
  public static String normalise(String name) {
    String bare = name.startsWith("/") ? name.substring(1) : name;
    if (bare.isEmpty()) {
      throw refused(name, "it is empty");
    }
    if (bare.equals(".") || bare.equals("..")) {
      throw refused(name, "it names a directory");
    }
    if (bare.indexOf('/') >= 0) {
      throw refused(name, "no slash is allowed but the first");
    }
    if (bare.indexOf('\0') >= 0) {
      throw refused(name.replace("\0", "\\0"), "a NUL would end it early");
    }
    if (!isAscii(bare)) {
      checkEncodable(name, bare);
    }
    if (utf8Bytes(bare) > MAX_BYTES) {
      throw refused(name, "more than " + MAX_BYTES + " bytes after the slash");
    }
    return name.startsWith("/") ? name : "/" + bare;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  private static int utf8Bytes(String text) {
    return isAscii(text) ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** U+FFFD stands for bytes that the JVM could not decode: the name that was meant is lost. */
  private static void checkEncodable(String name, String bare) {
    if (bare.indexOf('\uFFFD') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(bare)) {
      throw refused(name, "it is not valid text here: start the JVM with LC_ALL=C.UTF-8");
    }
  }

  private static IllegalArgumentException refused(String name, String why) {
    return new IllegalArgumentException("name '" + name + "': " + why);
  }
}
