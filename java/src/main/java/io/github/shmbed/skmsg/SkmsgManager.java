// SPDX-License-Identifier: Apache-2.0
// The process that keeps the maps and the program of the channel skmsg, and puts its peers' sockets
// into them. The same in C: peers/c/skmsg/.
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.MountCalls;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import io.github.shmbed.libc.TcpCalls;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A manager in a folder: its socket, and its pins in a BPF file system of their own. One thread
 * serves all peers. {@link #close} removes everything; what a killed manager left {@link #remove}
 * does.
 */
public final class SkmsgManager implements AutoCloseable {
  /** The manager's socket in its folder: AF_UNIX, SOCK_SEQPACKET. */
  public static final String SOCKET = "manager";

  /** The BPF file system in its folder. */
  public static final String PINS = "bpf";

  private static final int PEERS_MAX = 256;
  private static final int SWEEP_MS = 2000;
  private static final long NS_PER_MS = 1_000_000;
  private static final int LISTENER = 0;
  private static final int WAKER = 1;
  private static final int FIRST_PEER = 2;
  private static final int EVENTS = 4; // in struct pollfd
  private static final int REVENTS = 6;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** One connection. What it has put into the maps goes with it. */
  private static final class Peer {
    private final int connection;
    private int socket = -1; // joined
    private long key;
    private long put;
    private boolean hasPut;

    Peer(int connection) {
      this.connection = connection;
    }

    boolean joined() {
      return socket >= 0;
    }
  }

  private final Path folder;
  private final SkmsgMaps maps;
  private final List<Peer> peers = new ArrayList<>();
  private final NativeBuffer polled =
      new NativeBuffer((FIRST_PEER + PEERS_MAX) * FileCalls.POLLFD_BYTES);
  private final NativeBuffer request = new NativeBuffer(SkmsgRequest.BYTES);
  private final NativeBuffer reply = new NativeBuffer(SkmsgReply.BYTES);
  private final NativeBuffer one = new NativeBuffer(Long.BYTES);
  private final Thread thread = new Thread(this::serve, "shmbed-skmsg");
  private boolean madeFolder;
  private boolean pinned;
  private String pins;
  private int listener = -1;
  private int waker = -1;
  private boolean bound;
  private boolean ending;
  private SkmsgCounts ended = SkmsgCounts.NONE; // of sockets that have left
  private Set<Long> suspects = Set.of(); // of pins' users: had no target at the last look

  private SkmsgManager(Path folder, SkmsgMaps maps) {
    this.folder = folder;
    this.maps = maps;
    one.bytes().putLong(0, 1);
  }

  /**
   * Starts one.
   *
   * @param folder made with mode 0700 if it is not there
   * @param uid whose socket and pins they are
   * @throws SkmsgUnsupported where this kernel or this user cannot
   * @throws IOException when the folder cannot be had
   * @throws NativeCallException EADDRINUSE when one is up there already, and what the calls say
   */
  public static SkmsgManager up(Path folder, int uid) throws SkmsgUnsupported, IOException {
    if (isUp(folder)) {
      throw new NativeCallException(
          "bind",
          folder.resolve(SOCKET).toString(),
          Errno.EADDRINUSE,
          "a manager is up there already: ./shmbed skmsg down");
    }
    remove(folder);
    boolean made = makeFolder(folder, uid);
    SkmsgManager manager;
    try {
      manager = new SkmsgManager(folder, SkmsgMaps.create());
    } catch (SkmsgUnsupported | RuntimeException failed) {
      if (made) {
        Files.deleteIfExists(folder);
      }
      throw failed;
    }
    manager.madeFolder = made;
    try {
      manager.pin(uid);
      manager.listen(uid);
    } catch (IOException | RuntimeException failed) {
      manager.end();
      throw failed;
    }
    manager.thread.setDaemon(true);
    manager.thread.start();
    return manager;
  }

  private static boolean isUp(Path folder) {
    try (ManagerWay way = new ManagerWay(folder)) {
      return true;
    } catch (NativeCallException notThere) {
      return false;
    }
  }

  /**
   * A folder that nobody else can look into. One for another user is made here, in a folder where
   * that user cannot replace it, and is given away when all is done: else links in it could lead a
   * privileged manager astray.
   *
   * @return whether it was made
   */
  private static boolean makeFolder(Path folder, int uid) throws IOException {
    boolean made = true;
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException there) {
      made = false;
    }
    int self = PosixCalls.geteuid();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || (mode(folder) & 077) != 0
        || owner(folder) != self) {
      throw new NativeCallException(
          "mkdir",
          folder.toString(),
          Errno.EEXIST,
          "it is no folder of mode 0700 of this user: take another --dir");
    }
    if (uid != self && !(made && isSafe(folder.getParent(), self))) {
      if (made) {
        Files.delete(folder);
      }
      throw new NativeCallException(
          "mkdir",
          folder.toString(),
          Errno.EPERM,
          "for --uid it must not be there yet, and lie where only root can change it");
    }
    return made;
  }

  private static boolean isSafe(Path parent, int self) throws IOException {
    int mode = mode(parent);
    boolean sticky = (mode & 01000) != 0;
    return (owner(parent) == self || owner(parent) == 0) && ((mode & 022) == 0 || sticky);
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static void give(Path path, int uid) throws IOException {
    if (uid != PosixCalls.geteuid()) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** It works without pins too: then there is only its socket. */
  private void pin(int uid) throws IOException {
    Path place = folder.resolve(PINS);
    Files.createDirectories(place, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      MountCalls.mountBpf("shmbed-skmsg", place.toString());
      pinned = true;
      maps.pin(place);
      for (String name : SkmsgMaps.PINS) {
        FileCalls.chmod(place.resolve(name).toString(), 0600);
        give(place.resolve(name), uid);
      }
      give(place, uid);
      pins = "pins in " + place;
    } catch (NativeCallException failed) {
      removePins(folder);
      pinned = false;
      pins =
          "no pins ("
              + failed.call()
              + " "
              + place
              + ": "
              + failed.errnoName()
              + "; needs CAP_SYS_ADMIN and a kernel with BPF file systems)";
    }
  }

  private void listen(int uid) throws IOException {
    String path = folder.resolve(SOCKET).toString();
    waker = FileCalls.eventfd(path);
    listener = SocketCalls.socket(SocketCalls.SOCK_SEQPACKET, path);
    SocketCalls.bind(listener, path, path);
    bound = true;
    FileCalls.chmod(path, 0600); // nobody can connect before listen
    give(folder.resolve(SOCKET), uid);
    SocketCalls.listen(listener, PEERS_MAX, path);
    give(folder, uid);
  }

  /** Where the pins are, or why there are none. */
  public String pins() {
    return pins;
  }

  // ---- serving; all below runs in one thread ----

  private void serve() {
    long sweptNs = System.nanoTime();
    try {
      while (!ending) {
        int count = FIRST_PEER + peers.size();
        putPolled(LISTENER, listener);
        putPolled(WAKER, waker);
        for (int i = 0; i < peers.size(); i++) {
          putPolled(FIRST_PEER + i, peers.get(i).connection);
        }
        int ready = FileCalls.poll(polled.address(), count, SWEEP_MS);
        if (ready > 0) {
          serveReady();
        }
        if (System.nanoTime() - sweptNs >= SWEEP_MS * NS_PER_MS) {
          sweep();
          sweptNs = System.nanoTime();
        }
      }
    } finally {
      end();
    }
  }

  private void putPolled(int index, int descriptor) {
    int at = index * FileCalls.POLLFD_BYTES;
    polled.bytes().putInt(at, descriptor).putShort(at + EVENTS, (short) FileCalls.POLLIN);
    polled.bytes().putShort(at + REVENTS, (short) 0);
  }

  private boolean isReady(int index) {
    return polled.bytes().getShort(index * FileCalls.POLLFD_BYTES + REVENTS) != 0;
  }

  private void serveReady() {
    ending |= isReady(WAKER);
    for (int i = peers.size() - 1; i >= 0 && !ending; i--) {
      if (isReady(FIRST_PEER + i) && !handle(peers.get(i))) {
        Peer gone = peers.remove(i);
        leave(gone);
        PosixCalls.close(gone.connection);
      }
    }
    if (!ending && isReady(LISTENER)) {
      welcome();
    }
  }

  private void welcome() {
    int connection;
    try {
      connection = SocketCalls.accept(listener, folder.toString());
    } catch (NativeCallException gone) {
      return;
    }
    if (peers.size() == PEERS_MAX) {
      send(connection, SkmsgReply.of(Errno.ENFILE));
      PosixCalls.close(connection);
    } else {
      peers.add(new Peer(connection));
    }
  }

  /** One request; false: the connection is at its end. */
  private boolean handle(Peer peer) {
    int[] passed = new int[1];
    long n = SocketCalls.receiveWithDescriptors(peer.connection, request, passed);
    if (n < 0) {
      return n == -Errno.EAGAIN || n == -Errno.EINTR;
    }
    SkmsgRequest asked = n == SkmsgRequest.BYTES ? SkmsgRequest.of(request.bytes()) : null;
    SkmsgReply answer = asked == null ? null : answer(peer, asked, passed[0]);
    if (passed[0] >= 0 && peer.socket != passed[0]) {
      PosixCalls.close(passed[0]);
    }
    return answer != null && send(peer.connection, answer);
  }

  private boolean send(int connection, SkmsgReply answer) {
    answer.put(reply.bytes());
    int flags = SocketCalls.MSG_NOSIGNAL | SocketCalls.MSG_DONTWAIT;
    return SocketCalls.send(connection, reply.address(), SkmsgReply.BYTES, flags)
        == SkmsgReply.BYTES;
  }

  private SkmsgReply answer(Peer peer, SkmsgRequest asked, int passed) {
    switch (asked.operation()) {
      case SkmsgRequest.JOIN:
        return SkmsgReply.of(join(peer, passed));
      case SkmsgRequest.STATUS:
        return status();
      case SkmsgRequest.DOWN:
        ending = true;
        return SkmsgReply.of(0);
      default:
        return peer.joined() ? answerJoined(peer, asked) : SkmsgReply.of(Errno.ENOTCONN);
    }
  }

  private SkmsgReply answerJoined(Peer peer, SkmsgRequest asked) {
    switch (asked.operation()) {
      case SkmsgRequest.PUT:
        return SkmsgReply.of(put(peer, asked.key()));
      case SkmsgRequest.TAKE:
        return SkmsgReply.of(take(peer, asked.key()));
      case SkmsgRequest.SEEK:
        return SkmsgReply.of(-maps.findTarget(peer.key));
      case SkmsgRequest.COUNT:
        SkmsgCounts counts = maps.counts(peer.key);
        return counts == null ? SkmsgReply.of(Errno.ENOENT) : new SkmsgReply(0, counts, 0, pinned);
      default:
        return SkmsgReply.of(Errno.EOPNOTSUPP);
    }
  }

  private int join(Peer peer, int socket) {
    if (socket < 0) {
      return Errno.EBADF;
    }
    if (peer.joined()) {
      return Errno.EISCONN;
    }
    int refused = TcpCalls.check(socket);
    if (refused != 0) {
      return -refused;
    }
    long key = TcpCalls.key(socket, folder.toString());
    int result = maps.putCounts(key);
    if (result == 0) {
      peer.socket = socket;
      peer.key = key;
    }
    return -result;
  }

  private int put(Peer peer, long key) {
    if (peer.hasPut) {
      return Errno.EBUSY;
    }
    int result = maps.putTarget(key, peer.socket);
    if (result == 0) {
      peer.put = key;
      peer.hasPut = true;
    }
    return -result;
  }

  private int take(Peer peer, long key) {
    if (!peer.hasPut || peer.put != key) {
      return Errno.ENOENT;
    }
    peer.hasPut = false;
    return -maps.takeTarget(key);
  }

  private SkmsgReply status() {
    SkmsgCounts sum = ended;
    List<Long> keys = maps.keys();
    for (long key : keys) {
      SkmsgCounts counts = maps.counts(key);
      sum = counts == null ? sum : sum.plus(counts);
    }
    return new SkmsgReply(0, sum, keys.size(), pinned);
  }

  private void leave(Peer peer) {
    if (peer.joined()) {
      if (peer.hasPut) {
        maps.takeTarget(peer.put);
      }
      SkmsgCounts counts = maps.counts(peer.key);
      ended = counts == null ? ended : ended.plus(counts);
      maps.takeCounts(peer.key);
      PosixCalls.close(peer.socket);
    }
  }

  /**
   * The kernel takes a dead process's sockets out of the targets, but not its counts. A user of the
   * pins always has a target, but for a moment; one that has none at two looks is dead.
   */
  private void sweep() {
    Set<Long> found = new HashSet<>();
    for (long key : maps.keys()) {
      boolean ours = peers.stream().anyMatch(peer -> peer.joined() && peer.key == key);
      if (!ours && maps.findTarget(key) == -Errno.ENOENT) {
        if (suspects.contains(key)) {
          maps.takeCounts(key);
        } else {
          found.add(key);
        }
      }
    }
    suspects = found;
  }

  private void end() {
    try {
      if (listener >= 0) {
        PosixCalls.close(listener);
      }
      if (bound) {
        Files.deleteIfExists(folder.resolve(SOCKET));
      }
      peers.forEach(this::leave);
      if (pinned) {
        removePins(folder);
      }
      maps.close();
      if (madeFolder) {
        removeIfEmpty(folder);
      }
      if (waker >= 0) {
        PosixCalls.close(waker);
      }
    } catch (IOException stays) {
      System.err.println("skmsg: something stayed in " + folder + " (" + stays.getMessage() + ")");
    }
    peers.forEach(peer -> PosixCalls.close(peer.connection)); // last: who asks for the end waits
    peers.clear();
  }

  // ---- from outside ----

  /** Ends it and waits until everything is removed. */
  @Override
  public void close() {
    if (thread.isAlive()) {
      FileCalls.write(waker, one.address(), Long.BYTES);
    }
    await();
  }

  /** Waits until it has ended, because {@link #down} asked it to. */
  public void await() {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What a manager says of itself.
   *
   * @param counts of all messages so far
   * @param sockets in the maps
   * @param pinned whether there are pins
   */
  public record Status(SkmsgCounts counts, int sockets, boolean pinned) {}

  /**
   * Asks a folder's manager.
   *
   * @throws NativeCallException ENOENT or ECONNREFUSED where there is none
   */
  public static Status status(Path folder) {
    try (ManagerWay way = new ManagerWay(folder)) {
      SkmsgReply reply = way.status();
      return new Status(reply.counts(), reply.sockets(), reply.pinned());
    }
  }

  /** Ends a folder's manager and waits until it has cleaned up; false where none was up. */
  public static boolean down(Path folder) {
    ManagerWay way;
    try {
      way = new ManagerWay(folder);
    } catch (NativeCallException notThere) {
      if (notThere.errno() != Errno.ENOENT && notThere.errno() != Errno.ECONNREFUSED) {
        throw notThere;
      }
      return false;
    }
    try (way) {
      way.down();
    }
    return true;
  }

  /** Removes what a killed manager left in a folder; false where there was nothing. */
  public static boolean remove(Path folder) throws IOException {
    boolean found = Files.deleteIfExists(folder.resolve(SOCKET)) | isMounted(folder.resolve(PINS));
    removePins(folder);
    if (found) {
      removeIfEmpty(folder);
    }
    return found;
  }

  private static boolean isMounted(Path place) throws IOException {
    return Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
        && Files.getFileStore(place).type().equals("bpf");
  }

  private static void removePins(Path folder) throws IOException {
    Path place = folder.resolve(PINS);
    if (isMounted(place)) {
      for (String name : SkmsgMaps.PINS) { // also where somebody keeps a copy of the mount
        Files.deleteIfExists(place.resolve(name));
      }
      MountCalls.unmount(place.toString());
    }
    removeIfEmpty(place);
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (java.nio.file.DirectoryNotEmptyException | NoSuchFileException used) {
      return;
    }
  }
}
