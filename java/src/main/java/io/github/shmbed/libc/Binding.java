// SPDX-License-Identifier: Apache-2.0
// Binds a class's native methods to the C library (JNA direct mapping), or to the library that had
// them before glibc 2.34.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** Registers native methods with JNA. */
final class Binding {
  private Binding() {}

  /** Binds to what is in the process anyway: the C library, which the JVM is linked with. */
  static void toLibc(Class<?> natives) {
    requireLp64();
    // The process, not "c": that name makes JNA search the library path, which costs milliseconds
    // at start-up.
    Native.register(natives, NativeLibrary.getProcess());
  }

  /**
   * Binds to the C library, and where it lacks one of the functions to another library. glibc took
   * {@code librt} and {@code libpthread} into {@code libc} in 2.34; musl never had them apart.
   */
  static void toLibcOr(String library, Class<?> natives) {
    try {
      toLibc(natives);
    } catch (UnsatisfiedLinkError notInLibc) {
      Native.register(natives, NativeLibrary.getInstance(library));
    }
  }

  /** Whether this is arm64; anything else is taken for x86-64. A few numbers differ. */
  static boolean isArm64() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  /**
   * The sizes of off_t, size_t and shmid_ds written into the bindings are those of 64-bit Linux.
   */
  private static void requireLp64() {
    if (Native.POINTER_SIZE != Long.BYTES) {
      throw new UnsupportedOperationException("shmbed needs a 64-bit JVM on Linux");
    }
  }
}
