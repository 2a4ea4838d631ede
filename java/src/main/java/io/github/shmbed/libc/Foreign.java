// SPDX-License-Identifier: Apache-2.0
// Calls functions of C through java.lang.foreign, which JDK 22 and later have. All by reflection,
// since this library is compiled for 17.
package io.github.shmbed.libc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;

/**
 * Downcalls (JEP 454). HotSpot compiles one into the code around it, some nanoseconds above the
 * function itself, where JNA goes through libffi twice, once in and once out.
 *
 * <p>errno is captured before the JVM can do anything else in this thread (Linker.Option
 * captureCallState), into a few bytes that each thread has.
 */
final class Foreign {
  private static final String UNKNOWN = "java.lang.foreign is not as JDK 22 has it";
  private static final int FIRST_JDK = 22; // where java.lang.foreign is no preview any more

  private Foreign() {}

  /** Whether this JVM has it. */
  static boolean isPresent() {
    return Runtime.version().feature() >= FIRST_JDK;
  }

  /**
   * A function as an implementation of one of the interfaces in {@link Call}, already called once:
   * the first call of a kind takes milliseconds.
   *
   * @param address of the function
   * @param harmless address of a function without parameters, to be called once
   * @param returned what the function returns, {@code int} or {@code long}
   */
  static <T extends Call> T function(
      long address, long harmless, Class<?> returned, Class<T> shape) {
    function(harmless, returned, shape).callOnce();
    return function(address, returned, shape);
  }

  private static <T extends Call> T function(long address, Class<?> returned, Class<T> shape) {
    try {
      int parameters = parameters(shape);
      MethodHandle downcall = downcall(address, returned, parameters);
      MethodHandle call = MethodHandles.collectArguments(downcall, 0, CallState.SEGMENT);
      MethodType type =
          MethodType.methodType(long.class, Collections.nCopies(parameters, long.class));
      MethodHandle result =
          MethodHandles.filterReturnValue(call.asType(type), CallState.RESULT_OR_ERRNO);
      return MethodHandleProxies.asInterfaceInstance(shape, result);
    } catch (ReflectiveOperationException other) {
      throw new LinkageError(UNKNOWN, other);
    }
  }

  private static int parameters(Class<?> shape) {
    return Arrays.stream(shape.getMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .mapToInt(Method::getParameterCount)
        .findFirst()
        .orElseThrow();
  }

  /**
   * A handle that takes the call state's memory segment before the function's own parameters. These
   * are as wide as a register whatever the function takes: what an int has beyond its 32 bits is
   * not looked at, in both the psABI of x86-64 and AAPCS64.
   */
  private static MethodHandle downcall(long address, Class<?> returned, int parameters)
      throws ReflectiveOperationException {
    Class<?> linkers = type("Linker");
    Class<?> options = type("Linker$Option");
    Class<?> descriptors = type("FunctionDescriptor");
    Class<?> layouts = type("MemoryLayout");
    Class<?> values = type("ValueLayout");
    Object wide = values.getField("JAVA_LONG").get(null);

    Object arguments = Array.newInstance(layouts, parameters);
    for (int i = 0; i < parameters; i++) {
      Array.set(arguments, i, wide);
    }
    Object descriptor =
        descriptors
            .getMethod("of", layouts, arguments.getClass())
            .invoke(
                null,
                returned == int.class ? values.getField("JAVA_INT").get(null) : wide,
                arguments);
    Object errno =
        options
            .getMethod("captureCallState", String[].class)
            .invoke(null, (Object) new String[] {"errno"});
    Object captured = Array.newInstance(options, 1);
    Array.set(captured, 0, errno);
    Object function = CallState.MEMORY.getMethod("ofAddress", long.class).invoke(null, address);
    return (MethodHandle)
        linkers
            .getMethod("downcallHandle", CallState.MEMORY, descriptors, captured.getClass())
            .invoke(linkers.getMethod("nativeLinker").invoke(null), function, descriptor, captured);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("java.lang.foreign." + name);
  }

  /** Where the linker leaves a thread's errno: the state that is captured is this one number. */
  private static final class CallState {
    private static final ThreadLocal<CallState> OF_THREAD = ThreadLocal.withInitial(CallState::new);
    private static final Class<?> MEMORY;

    /** Takes nothing, returns the memory segment of this thread's call state. */
    private static final MethodHandle SEGMENT;

    /** Takes what a function returned, returns the same, but -errno in place of -1. */
    private static final MethodHandle RESULT_OR_ERRNO;

    private static final Method OF_BUFFER;

    static {
      try {
        MEMORY = type("MemorySegment");
        OF_BUFFER = MEMORY.getMethod("ofBuffer", Buffer.class);
        MethodHandles.Lookup own = MethodHandles.lookup();
        SEGMENT =
            own.findStatic(CallState.class, "segment", MethodType.methodType(Object.class))
                .asType(MethodType.methodType(MEMORY));
        RESULT_OR_ERRNO =
            own.findStatic(
                CallState.class, "resultOrErrno", MethodType.methodType(long.class, long.class));
      } catch (ReflectiveOperationException other) {
        throw new LinkageError(UNKNOWN, other);
      }
    }

    private final ByteBuffer errno =
        ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
    private final Object segment;

    private CallState() {
      try {
        segment = OF_BUFFER.invoke(null, errno);
      } catch (ReflectiveOperationException other) {
        throw new LinkageError(UNKNOWN, other);
      }
    }

    private static Object segment() {
      return OF_THREAD.get().segment;
    }

    private static long resultOrErrno(long result) {
      return result == -1 ? -OF_THREAD.get().errno.getInt(0) : result;
    }
  }
}
