// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import io.github.shmbed.Lacking;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import io.github.shmbed.libc.TcpCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manager, asked by hand. */
class SkmsgManagerTest {
  private static final int UID = PosixCalls.geteuid();
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;

  @TempDir private Path parent;
  private Path folder;
  private SkmsgManager manager;

  @BeforeEach
  void up() throws IOException {
    folder = parent.resolve("m");
    try {
      manager = SkmsgManager.up(folder, UID);
    } catch (SkmsgUnsupported e) {
      Lacking.end("skmsg", e.getMessage());
    }
  }

  @AfterEach
  void nothingStays() {
    if (manager != null) {
      manager.close();
      manager.close();
    }
    assertFalse(Files.exists(folder));
  }

  private static NativeCallException refused(Runnable work) {
    return assertThrows(NativeCallException.class, work::run);
  }

  @Test
  void itSaysWhatItHasAndEndsWhenItIsTold() {
    assertEquals(new SkmsgManager.Status(SkmsgCounts.NONE, 0, true), SkmsgManager.status(folder));
    assertTrue(manager.pins().startsWith("pins in "), manager.pins());
    assertTrue(SkmsgManager.down(folder));
    assertFalse(Files.exists(folder));
    assertFalse(SkmsgManager.down(folder));
    manager.await();
  }

  @Test
  void aSecondOneInTheSameFolderIsRefusedAndTheFirstStays() {
    NativeCallException taken =
        assertThrows(NativeCallException.class, () -> SkmsgManager.up(folder, UID));
    assertEquals("EADDRINUSE", taken.errnoName());
    assertEquals(0, SkmsgManager.status(folder).sockets());
  }

  @Test
  void aFolderThatOthersCanLookIntoIsRefused() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(
        open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    NativeCallException refused =
        assertThrows(NativeCallException.class, () -> SkmsgManager.up(open, UID));
    assertEquals("EEXIST", refused.errnoName());
    assertEquals(0, open.toFile().list().length);
  }

  @Test
  void sendersThatTheProgramWouldNotRunForAreRefusedByName() {
    assertEquals("EPROTOTYPE", refusedJoin(socket(AF_UNIX, SOCK_STREAM)));
    assertEquals("EPROTOTYPE", refusedJoin(socket(AF_UNIX, SOCK_DGRAM)));
    assertEquals("EPROTOTYPE", refusedJoin(socket(AF_INET, SOCK_DGRAM)));
    assertEquals("EPROTOTYPE", refusedJoin(socket(AF_INET6, SOCK_STREAM)));
    assertEquals("ENOTCONN", refusedJoin(socket(AF_INET, SOCK_STREAM)));
    assertEquals(0, SkmsgManager.status(folder).sockets());
  }

  @Test
  void aSenderThatIsConnectedWithAnotherIsRefused() throws IOException {
    try (ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      int sender = socket(AF_INET, SOCK_STREAM);
      byte[] address = {
        AF_INET, 0, (byte) (port >> 8), (byte) port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
      };
      assertEquals(0, libc("connect", sender, address, address.length));
      assertEquals("EADDRNOTAVAIL", refusedJoin(sender));
    }
  }

  @Test
  void aRequestThatIsNoneEndsTheConnectionAndTheOthersGoOn() {
    String path = folder.resolve(SkmsgManager.SOCKET).toString();
    int connection = SocketCalls.socket(SocketCalls.SOCK_SEQPACKET, path);
    SocketCalls.connect(connection, path, path);
    NativeBuffer nonsense = new NativeBuffer(SkmsgReply.BYTES);
    SocketCalls.send(connection, nonsense.address(), 7, 0);
    long got = SocketCalls.recv(connection, nonsense.address(), SkmsgReply.BYTES, 0);
    assertTrue(got == 0 || got == -Errno.ECONNRESET, got + "");
    PosixCalls.close(connection);
    assertEquals(0, SkmsgManager.status(folder).sockets());
  }

  @Test
  void aPeerTakesOnlyWhatItHasPutAndItsEndTakesAll() throws InterruptedException {
    int socket = TcpCalls.selfConnected("test");
    long key = TcpCalls.key(socket, "test");
    try (SkmsgWay way = SkmsgWay.byManager(folder);
        SkmsgWay other = SkmsgWay.byManager(folder)) {
      assertEquals("ENOTCONN", refused(() -> way.put(key)).errnoName());
      way.join(socket, key);
      assertEquals("EISCONN", refused(() -> way.join(socket, key)).errnoName());
      assertEquals("ENOENT", refused(way::seek).errnoName());
      way.put(key);
      way.seek();
      assertEquals("EBUSY", refused(() -> way.put(key + 1)).errnoName());
      assertEquals("ENOENT", refused(() -> way.take(key + 1)).errnoName());
      int second = TcpCalls.selfConnected("test");
      other.join(second, TcpCalls.key(second, "test"));
      assertEquals("EEXIST", refused(() -> other.put(key)).errnoName());
      assertEquals("ENOENT", refused(() -> other.take(key)).errnoName());
      assertEquals(2, SkmsgManager.status(folder).sockets());
      PosixCalls.close(second);
    }
    PosixCalls.close(socket);
    long end = System.nanoTime() + 10_000_000_000L;
    while (SkmsgManager.status(folder).sockets() != 0) {
      assertTrue(System.nanoTime() < end);
      Thread.sleep(1);
    }
  }

  @Test
  void whatIsNoMessageIsDroppedAndCounted() {
    int socket = TcpCalls.selfConnected("test");
    long key = TcpCalls.key(socket, "test");
    NativeBuffer bytes = new NativeBuffer(SkmsgProgram.MESSAGE_BYTES + 1);
    try (SkmsgWay way = SkmsgWay.byPins(folder)) {
      way.join(socket, key);
      for (int length : new int[] {1, 55, 57}) {
        way.put(key);
        assertEquals(-Errno.EACCES, SocketCalls.send(socket, bytes.address(), length, 0));
        way.take(key); // a socket that had a drop is of no use until it is put in again
      }
      way.put(key);
      assertEquals(56, SocketCalls.send(socket, bytes.address(), 56, 0));
      assertEquals(new SkmsgCounts(4, 1, 3), way.count());
      assertEquals(0, TcpCalls.dataSegmentsOut(socket, "test"));
    }
    PosixCalls.close(socket);
    assertEquals(0, SkmsgManager.status(folder).sockets());
  }

  private static int socket(int domain, int type) {
    int fd = libc("socket", domain, type, 0);
    assertTrue(fd >= 0);
    return fd;
  }

  private static int libc(String function, Object... arguments) {
    return NativeLibrary.getProcess().getFunction(function).invokeInt(arguments);
  }

  private String refusedJoin(int socket) {
    try (SkmsgWay way = SkmsgWay.byManager(folder)) {
      return refused(() -> way.join(socket, 0)).errnoName();
    } finally {
      PosixCalls.close(socket);
    }
  }
}
