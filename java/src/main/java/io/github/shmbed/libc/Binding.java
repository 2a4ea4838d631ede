// SPDX-License-Identifier: Apache-2.0
// Binds methods to the C library, or to the library that had its functions before glibc 2.34:
// through JNA, and what is called in measured code through java.lang.foreign where the JVM has it.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.reflect.Method;
import java.util.Arrays;

/** How Java gets at functions of C. */
public final class Binding {
  /** The environment's variable that chooses. */
  public static final String VARIABLE = "SHMBED_BINDING";

  /** Through JNA. */
  public static final String JNA = "jna";

  /** Through java.lang.foreign, the Foreign Function and Memory API. */
  public static final String FFM = "ffm";

  private Binding() {}

  /** Apart, so that {@link #chosen} may throw. */
  private static final class Choice {
    static final boolean FOREIGN = chosen().equals(FFM);
  }

  /**
   * What measured calls go through: {@link #FFM} on JDK 22 and later, {@link #JNA} before, and
   * wherever the environment has {@code SHMBED_BINDING=jna}.
   *
   * @throws IllegalArgumentException when the environment wants what there is not
   */
  public static String chosen() {
    String wanted = System.getenv(VARIABLE);
    if (wanted == null || wanted.isEmpty()) {
      return Foreign.isPresent() ? FFM : JNA;
    }
    boolean there = wanted.equals(JNA) || wanted.equals(FFM) && Foreign.isPresent();
    if (!there) {
      throw new IllegalArgumentException(
          VARIABLE
              + "="
              + wanted
              + ": jna, or ffm on JDK 22 and later, and this is "
              + Runtime.version());
    }
    return wanted;
  }

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

  /**
   * A function of the C library for measured code.
   *
   * @param natives declares it for JNA as a native method, and so says what it returns
   * @param shape one of {@link Call}
   * @param throughJna calls that method, and {@link #orErrno}
   */
  static <T extends Call> T measured(
      Class<?> natives, String function, Class<T> shape, T throughJna) {
    return Choice.FOREIGN
        ? foreign(NativeLibrary.getProcess(), natives, function, shape)
        : throughJna;
  }

  /** As {@link #measured}, of a function that another library has where the C library lacks it. */
  static <T extends Call> T measuredOr(
      String library, Class<?> natives, String function, Class<T> shape, T throughJna) {
    try {
      return measured(natives, function, shape, throughJna);
    } catch (UnsatisfiedLinkError notInLibc) {
      return foreign(NativeLibrary.getInstance(library), natives, function, shape);
    }
  }

  private static <T extends Call> T foreign(
      NativeLibrary library, Class<?> natives, String function, Class<T> shape) {
    Method declared =
        Arrays.stream(natives.getDeclaredMethods())
            .filter(method -> method.getName().equals(function))
            .findFirst()
            .orElseThrow();
    return Foreign.function(
        address(library, function),
        address(NativeLibrary.getProcess(), "getppid"),
        declared.getReturnType(),
        shape);
  }

  private static long address(NativeLibrary library, String function) {
    return Pointer.nativeValue(library.getFunction(function));
  }

  /** What a native method of JNA returned, but -errno in place of -1. */
  static long orErrno(long result) {
    return result == -1 ? -Native.getLastError() : result;
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
