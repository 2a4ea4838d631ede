// SPDX-License-Identifier: Apache-2.0
// An attached shared memory segment: bytes and numbers in and out at 64-bit offsets, whatever
// family it is of.
package io.github.shmbed.segment;

import com.sun.jna.Pointer;
import io.github.shmbed.libc.NativeCallException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A shared memory segment attached to this process.
 *
 * <p>Offsets and sizes are in bytes, from 0. Numbers are little-endian. Every access is checked:
 * outside the segment it is an {@link IndexOutOfBoundsException}, after {@link #close} an {@link
 * IllegalStateException}, a write to a segment opened {@link Access#READ_ONLY} a {@link
 * java.nio.ReadOnlyBufferException}. An access to memory that is no longer there, because another
 * process has truncated the object or /dev/shm is full, is a {@link NativeCallException} with
 * EFAULT, not the end of the JVM. That is so at once for {@link #get}, {@link #put} and the
 * read-modify-writes. Of a single number in compiled code HotSpot may notice it later and throw an
 * {@link InternalError} then; {@link #settle} makes it now.
 *
 * <p>Threads: the plain accesses are not atomic and order nothing; the atomic ones ({@link
 * #getLongAcquire} and its like) do what {@link VarHandle} says, between threads and between
 * processes. Close only when no other thread is within an access.
 */
public abstract class Segment implements AutoCloseable {
  // A ByteBuffer holds at most 2 GiB: chunk i starts at i GiB. Each reaches a little into the next
  // one, so that a few numbers never lie across two.
  private static final int CHUNK_SHIFT = 30;
  private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT;
  private static final int CHUNK_OVERLAP_BYTES = 64;
  // What a fault says was done; the original programs' words.
  private static final String READ = "read shared memory";
  private static final String WRITE = "write shared memory";
  private static final String ACCESS = "access shared memory";
  private static final int FILL_BLOCK_BYTES = 64 * 1024;

  private final Object object; // its text is what messages call the segment
  private final long address;
  private final long sizeBytes;
  private final boolean readOnly;
  private ByteBuffer[] chunks; // null when closed; each is made at its first access
  private Windows windows; // null until the first one is handed out

  /** Loaded with the first atomic access: VarHandles cost some milliseconds at start-up. */
  private static final class Atomic {
    static final VarHandle LONGS =
        MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS =
        MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Wraps a mapping.
   *
   * @param object what messages call it
   * @param address where it is attached
   */
  Segment(Object object, long address, long sizeBytes, Access access) {
    this.object = object;
    this.address = address;
    this.sizeBytes = sizeBytes;
    this.readOnly = access == Access.READ_ONLY;
    this.chunks = new ByteBuffer[(int) ((sizeBytes + CHUNK_BYTES - 1) >>> CHUNK_SHIFT)];
  }

  /** The family's way to take a mapping away: munmap or shmdt. */
  abstract void detach(long address, long sizeBytes);

  /** What messages call this segment: a POSIX name, or a System V key or id. */
  public final String object() {
    return object.toString();
  }

  /** The size in bytes, as it was when the segment was attached. */
  public final long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Copies bytes out of the segment.
   *
   * @param offset where they start in the segment
   * @param dst gets them
   * @param from where they start in {@code dst}
   * @param length how many
   */
  public final void get(long offset, byte[] dst, int from, int length) {
    try {
      getDeferringFaults(offset, dst, from, length);
      settle(READ);
    } catch (InternalError second) { // a copy may fault twice, and HotSpot throws once for each
      throw fault(READ, second);
    }
  }

  /**
   * As {@link #get}, but a fault may come out as late as the next {@link #settle}. For measured
   * code: it allocates nothing.
   */
  public final void getDeferringFaults(long offset, byte[] dst, int from, int length) {
    ByteBuffer[] open = check(offset, length);
    Objects.checkFromIndexSize(from, length, dst.length);
    try {
      int done = 0;
      while (done < length) {
        long at = offset + done;
        int within = within(at);
        int part = (int) Math.min(length - done, CHUNK_BYTES - within);
        chunkAt(open, at).get(within, dst, from + done, part);
        done += part;
      }
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /**
   * Copies bytes into the segment.
   *
   * @param offset where they go in the segment
   * @param src holds them
   * @param from where they start in {@code src}
   * @param length how many
   */
  public final void put(long offset, byte[] src, int from, int length) {
    try {
      putDeferringFaults(offset, src, from, length);
      settle(WRITE);
    } catch (InternalError second) { // as in get
      throw fault(WRITE, second);
    }
  }

  /**
   * As {@link #put}, but a fault may come out as late as the next {@link #settle}. For measured
   * code: it allocates nothing.
   */
  public final void putDeferringFaults(long offset, byte[] src, int from, int length) {
    ByteBuffer[] open = check(offset, length);
    Objects.checkFromIndexSize(from, length, src.length);
    try {
      int done = 0;
      while (done < length) {
        long at = offset + done;
        int within = within(at);
        int part = (int) Math.min(length - done, CHUNK_BYTES - within);
        chunkAt(open, at).put(within, src, from + done, part);
        done += part;
      }
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** Sets {@code length} bytes from {@code offset} on to one value. */
  public final void fill(long offset, long length, byte value) {
    check(offset, length);
    byte[] block = new byte[(int) Math.min(length, FILL_BLOCK_BYTES)];
    Arrays.fill(block, value);
    for (long done = 0; done < length; done += block.length) {
      put(offset + done, block, 0, (int) Math.min(block.length, length - done));
    }
  }

  /**
   * Looks for a byte.
   *
   * @param from the offset to begin at, 0 to the segment's size
   * @return the offset of the first one, -1 if there is none up to the segment's end
   */
  public final long indexOf(long from, byte value) {
    check(from, 0);
    byte[] block = new byte[ByteSearch.PAGE_BYTES];
    long at = from;
    while (at < sizeBytes) {
      // Page by page: what lies beyond the match need not even be there.
      int length =
          (int) Math.min(ByteSearch.PAGE_BYTES - at % ByteSearch.PAGE_BYTES, sizeBytes - at);
      get(at, block, 0, length);
      int found = ByteSearch.indexOf(block, 0, length, value);
      if (found >= 0) {
        return at + found;
      }
      at += length;
    }
    return -1;
  }

  /** One byte. */
  public final byte getByte(long offset) {
    ByteBuffer chunk = chunk(offset, Byte.BYTES);
    try {
      return chunk.get(within(offset));
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /** Stores one byte. */
  public final void putByte(long offset, byte value) {
    ByteBuffer chunk = chunk(offset, Byte.BYTES);
    try {
      chunk.put(within(offset), value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** A little-endian 32-bit number, at any offset. */
  public final int getInt(long offset) {
    ByteBuffer chunk = chunk(offset, Integer.BYTES);
    try {
      return chunk.getInt(within(offset));
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /** Stores a little-endian 32-bit number, at any offset. */
  public final void putInt(long offset, int value) {
    ByteBuffer chunk = chunk(offset, Integer.BYTES);
    try {
      chunk.putInt(within(offset), value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** A little-endian 64-bit number, at any offset. */
  public final long getLong(long offset) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    try {
      return chunk.getLong(within(offset));
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /** Stores a little-endian 64-bit number, at any offset. */
  public final void putLong(long offset, long value) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    try {
      chunk.putLong(within(offset), value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** Up to 8 little-endian 64-bit numbers, one after the other, at any offset. */
  public final void getLongs(long offset, long[] dst) {
    ByteBuffer chunk = chunk(offset, checkCount(dst.length) * Long.BYTES);
    int at = within(offset);
    try {
      for (int i = 0; i < dst.length; i++) {
        dst[i] = chunk.getLong(at + i * Long.BYTES);
      }
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /** Stores up to 8 little-endian 64-bit numbers, one after the other, at any offset. */
  public final void putLongs(long offset, long[] src) {
    ByteBuffer chunk = chunk(offset, checkCount(src.length) * Long.BYTES);
    int at = within(offset);
    try {
      for (int i = 0; i < src.length; i++) {
        chunk.putLong(at + i * Long.BYTES, src[i]);
      }
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  private static int checkCount(int longs) {
    if (longs > CHUNK_OVERLAP_BYTES / Long.BYTES) {
      throw new IllegalArgumentException(longs + " numbers at once: at most 8");
    }
    return longs;
  }

  /**
   * Loads with acquire: what the storing side wrote before its release is visible after it. Offset:
   * a multiple of 8.
   */
  public final long getLongAcquire(long offset) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    try {
      return (long) Atomic.LONGS.getAcquire(chunk, within(offset));
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /**
   * Stores with release: what was written before is visible to who loads it with acquire. Offset: a
   * multiple of 8.
   */
  public final void putLongRelease(long offset, long value) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    try {
      Atomic.LONGS.setRelease(chunk, within(offset), value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** As {@link #getLongAcquire} for a 32-bit number. Offset: a multiple of 4. */
  public final int getIntAcquire(long offset) {
    ByteBuffer chunk = chunk(offset, Integer.BYTES);
    try {
      return (int) Atomic.INTS.getAcquire(chunk, within(offset));
    } catch (InternalError fault) {
      throw fault(READ, fault);
    }
  }

  /** As {@link #putLongRelease} for a 32-bit number. Offset: a multiple of 4. */
  public final void putIntRelease(long offset, int value) {
    ByteBuffer chunk = chunk(offset, Integer.BYTES);
    try {
      Atomic.INTS.setRelease(chunk, within(offset), value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /** As {@link #compareAndSetLong} for a 32-bit number. Offset: a multiple of 4. */
  public final boolean compareAndSetInt(long offset, int expected, int value) {
    ByteBuffer chunk = chunk(offset, Integer.BYTES);
    touch(chunk, offset);
    try {
      return Atomic.INTS.compareAndSet(chunk, within(offset), expected, value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /**
   * Replaces a value if it is the expected one, as one step (sequentially consistent). Offset: a
   * multiple of 8.
   *
   * @return whether it was
   */
  public final boolean compareAndSetLong(long offset, long expected, long value) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    touch(chunk, offset);
    try {
      return Atomic.LONGS.compareAndSet(chunk, within(offset), expected, value);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /**
   * Adds as one step (sequentially consistent). Offset: a multiple of 8.
   *
   * @return the value before
   */
  public final long getAndAddLong(long offset, long increment) {
    ByteBuffer chunk = chunk(offset, Long.BYTES);
    touch(chunk, offset);
    try {
      return (long) Atomic.LONGS.getAndAdd(chunk, within(offset), increment);
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  /**
   * Throws now if one of this thread's accesses just made has faulted. For after a series of single
   * accesses; costs 25 to 200 ns, by the processor.
   *
   * @throws NativeCallException EFAULT
   */
  public final void settle() {
    settle(ACCESS);
  }

  private void settle(String call) {
    try {
      MemoryFault.settle();
    } catch (InternalError fault) {
      throw fault(call, fault);
    }
  }

  /**
   * The address of a part of the segment, for system calls on the memory itself, such as futex(2).
   * Never read or write data through it: a fault there ends the JVM. It means nothing after {@link
   * #close}.
   */
  public final long addressOf(long offset, int length) {
    check(offset, length);
    return address + offset;
  }

  /**
   * A buffer over a part of the segment, little-endian, position 0: no copy, the memory itself.
   *
   * <p>It checks its own bounds but not the segment's state. An access after {@link #close}, or to
   * memory that another process has truncated away, is an {@link InternalError} that the JVM
   * raises.
   */
  public final ByteBuffer window(long offset, int length) {
    return lend(offset, length).bytes();
  }

  /** A {@link #window} that can be given back, so that it does not outlive the segment. */
  public final Loan lend(long offset, int length) {
    check(offset, length);
    synchronized (this) {
      if (windows == null) {
        windows = new Windows(object(), address, sizeBytes);
      }
      // The memory itself, since that is what every slice of a window keeps reachable: of a
      // read-only window the JDK hands on what lies behind it, and not the window.
      ByteBuffer memory = memory(offset, length);
      return new Loan(view(memory), windows.handedOut(memory));
    }
  }

  /**
   * Detaches. The object itself stays until it is removed. A second time does nothing.
   *
   * @throws NativeCallException when the kernel refuses, which it does not for a mapping of our own
   */
  @Override
  public final synchronized void close() {
    if (chunks == null) {
      return;
    }
    chunks = null;
    if (windows == null || !windows.detachUnderThem()) {
      detach(address, sizeBytes);
    }
  }

  /** Whether {@link #close} was called. */
  public final boolean isClosed() {
    return chunks == null;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName()
        + "["
        + object
        + ", "
        + sizeBytes
        + " bytes"
        + (isClosed() ? ", closed]" : "]");
  }

  private ByteBuffer buffer(long offset, int length) {
    return view(memory(offset, length));
  }

  private ByteBuffer view(ByteBuffer memory) {
    return (readOnly ? memory.asReadOnlyBuffer() : memory).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer memory(long offset, int length) {
    // JNA's Pointer only makes the buffer: reading data through Pointer itself would end the JVM on
    // SIGBUS.
    return length == 0
        ? ByteBuffer.allocateDirect(0)
        : new Pointer(address).getByteBuffer(offset, length);
  }

  private ByteBuffer[] check(long offset, long length) {
    ByteBuffer[] open = chunks;
    if (open == null) {
      throw new IllegalStateException("segment " + object + " is closed");
    }
    Objects.checkFromIndexSize(offset, length, sizeBytes);
    return open;
  }

  private ByteBuffer chunk(long offset, int length) {
    return chunkAt(check(offset, length), offset);
  }

  private ByteBuffer chunkAt(ByteBuffer[] open, long offset) {
    int index = (int) (offset >>> CHUNK_SHIFT);
    ByteBuffer chunk = open[index];
    return chunk != null ? chunk : makeChunk(open, index);
  }

  /** Attaching is the system call alone; a direct buffer costs as much again. */
  private ByteBuffer makeChunk(ByteBuffer[] open, int index) {
    long start = (long) index << CHUNK_SHIFT;
    ByteBuffer chunk =
        buffer(start, (int) Math.min(CHUNK_BYTES + CHUNK_OVERLAP_BYTES, sizeBytes - start));
    VarHandle.releaseFence(); // another thread sees the whole of it, or makes one of its own
    open[index] = chunk;
    return chunk;
  }

  /**
   * Before an atomic update: HotSpot's interpreter does not guard that against SIGBUS, so a
   * truncated object would end the JVM (seen on 17 and 25). A load is guarded. A truncation between
   * the two remains fatal.
   */
  private void touch(ByteBuffer chunk, long offset) {
    try {
      chunk.get(within(offset));
      MemoryFault.settle();
    } catch (InternalError fault) {
      throw fault(WRITE, fault);
    }
  }

  private static int within(long offset) {
    return (int) (offset & (CHUNK_BYTES - 1));
  }

  /** The JVM turns SIGBUS into an InternalError; any other InternalError is not ours to explain. */
  private NativeCallException fault(String call, InternalError error) {
    if (MemoryFault.isOne(error)) {
      return MemoryFault.of(call, object(), error);
    }
    throw error;
  }
}
