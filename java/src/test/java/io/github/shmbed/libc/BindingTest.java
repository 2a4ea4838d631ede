// SPDX-License-Identifier: Apache-2.0
// Measured calls return what the functions return, and each thread's own errno: through JNA and,
// from JDK 22 on, through java.lang.foreign.
package io.github.shmbed.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BindingTest {
  private static final int ROUNDS = 20_000; // beyond what HotSpot compiles at

  private static final int DEADLINE_S = 30;

  @Test
  void isForeignWhereTheJvmHasIt() {
    String wanted = System.getenv(Binding.VARIABLE);
    String usual = Runtime.version().feature() >= 22 ? Binding.FFM : Binding.JNA;
    assertEquals(wanted == null ? usual : wanted, Binding.chosen());
  }

  @Test
  void resultsAreTheFunctionsOwn() {
    NativeBuffer word = new NativeBuffer(Integer.BYTES);
    NativeBuffer none = new NativeBuffer(2 * Long.BYTES);
    word.bytes().putInt(0, 7);
    int fd = FileCalls.eventfd("test");
    NativeBuffer counter = new NativeBuffer(Long.BYTES);
    counter.bytes().putLong(0, 0x1_0000_0001L);
    for (int i = 0; i < ROUNDS; i++) {
      assertEquals(0, FutexCalls.wakeAll(word.address()));
      assertEquals(-Errno.EAGAIN, FutexCalls.waitWhile(word.address(), 8, none.address()));
      assertEquals(-Errno.ETIMEDOUT, FutexCalls.waitWhile(word.address(), 7, none.address()));
      assertEquals(-Errno.EAGAIN, FileCalls.read(fd, none.address(), Long.BYTES));
      assertEquals(Long.BYTES, FileCalls.write(fd, counter.address(), Long.BYTES));
      assertEquals(Long.BYTES, FileCalls.read(fd, none.address(), Long.BYTES));
      assertEquals(0x1_0000_0001L, none.bytes().getLong(0));
      none.bytes().putLong(0, 0);
      assertEquals(-Errno.EBADF, SocketCalls.recv(-1, none.address(), Long.BYTES, 0));
    }
    PosixCalls.close(fd);
  }

  /** More than 32 bits in and out, and an int's -1. */
  @Test
  void widthsAreTheFunctionsOwn() {
    String name = "/shmbed-binding-" + ProcessHandle.current().pid();
    NativeBuffer path = new NativeBuffer(64);
    byte[] bytes = CString.of(name);
    path.bytes().put(0, bytes);
    int flags = PosixCalls.O_CREAT | PosixCalls.O_EXCL | PosixCalls.O_RDWR;
    int fd = PosixCalls.shmOpen(path, flags, 0600, name);
    try {
      PosixCalls.ftruncate(fd, 5L << 32, name);
      assertEquals(5L << 32, PosixCalls.fstat(fd, name).sizeBytes());
      long address = PosixCalls.mmap(fd, 5L << 32, PosixCalls.PROT_READ, name);
      assertTrue(address > Integer.MAX_VALUE, "a 64-bit address: " + address);
      PosixCalls.munmap(address, 5L << 32, name);
      NativeCallException negative =
          assertThrows(NativeCallException.class, () -> PosixCalls.ftruncate(fd, -1, name));
      assertEquals("EINVAL", negative.errnoName());
      NativeCallException empty =
          assertThrows(
              NativeCallException.class, () -> PosixCalls.mmap(fd, 0, PosixCalls.PROT_READ, name));
      assertEquals("EINVAL", empty.errnoName());
    } finally {
      PosixCalls.close(fd);
      assertTrue(PosixCalls.shmUnlink(path, name));
    }
  }

  @Test
  void eachThreadHasItsOwnErrno() throws Exception {
    NativeBuffer word = new NativeBuffer(Integer.BYTES);
    NativeBuffer none = new NativeBuffer(2 * Long.BYTES);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> running = new ArrayList<>();
      running.add(
          threads.submit(
              () -> {
                for (int i = 0; i < ROUNDS; i++) {
                  int result = FutexCalls.waitWhile(word.address(), 1, none.address());
                  assertEquals(-Errno.EAGAIN, result);
                }
              }));
      running.add(
          threads.submit(
              () -> {
                for (int i = 0; i < ROUNDS; i++) {
                  assertEquals(-Errno.EBADF, FileCalls.read(-1, none.address(), 1));
                }
              }));
      for (Future<?> one : running) {
        one.get(DEADLINE_S, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
