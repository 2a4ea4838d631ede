// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.json.Json;
import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.SysvSegment;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A peer of the framed layout over a plain UNIX socket, the writer also over rtering, that tells
 * one lie. Arguments: a file with the lie's name, read anew for each command; the role; {@code
 * --serve} (added by the runner). It says exit 0 whatever happens: what came of the lie is for the
 * other side to say.
 */
public final class LyingPeer {
  /** Lies in the header, and the rule that each of them breaks. */
  static final Map<String, String> HEADER_LIES = new LinkedHashMap<>();

  /** Lies in the descriptor of the second message, likewise. */
  static final Map<String, String> DESCRIPTOR_LIES = new LinkedHashMap<>();

  /** Lies in the second acknowledgement, likewise. */
  static final Map<String, String> ACKNOWLEDGEMENT_LIES = new LinkedHashMap<>();

  static {
    HEADER_LIES.put("bad-magic", "HEADER_MAGIC");
    HEADER_LIES.put("next-version", "HEADER_VERSION");
    HEADER_LIES.put("header-size-64", "HEADER_SIZE");
    HEADER_LIES.put("segment-size-past-the-end", "SEGMENT_SIZE");
    HEADER_LIES.put("segment-size-2-to-the-64", "SEGMENT_SIZE");
    HEADER_LIES.put("object-of-64-bytes", "SEGMENT_SIZE");
    HEADER_LIES.put("generation-0", "HEADER_GENERATION");
    HEADER_LIES.put("payload-past-the-end", "HEADER_OFFSET");
    HEADER_LIES.put("slots-that-wrap", "HEADER_OFFSET");

    DESCRIPTOR_LIES.put("offset-past-the-end", "DESCRIPTOR_BOUNDS");
    DESCRIPTOR_LIES.put("offset-2-to-the-64", "DESCRIPTOR_BOUNDS");
    DESCRIPTOR_LIES.put("offset-in-the-header", "DESCRIPTOR_BOUNDS");
    DESCRIPTOR_LIES.put("length-past-the-end", "DESCRIPTOR_BOUNDS");
    DESCRIPTOR_LIES.put("length-that-wraps", "DESCRIPTOR_BOUNDS");
    DESCRIPTOR_LIES.put("old-generation", "STALE_GENERATION");
    DESCRIPTOR_LIES.put("repeated-sequence", "SEQUENCE_REPEATED");
    DESCRIPTOR_LIES.put("gap-in-the-sequence", "SEQUENCE_GAP");
    DESCRIPTOR_LIES.put("unknown-flag", "DESCRIPTOR_FLAGS");

    ACKNOWLEDGEMENT_LIES.put("answers-an-old-generation", "STALE_GENERATION");
    ACKNOWLEDGEMENT_LIES.put("answers-twice", "SEQUENCE_REPEATED");
    ACKNOWLEDGEMENT_LIES.put("answers-the-next", "SEQUENCE_GAP");
    ACKNOWLEDGEMENT_LIES.put("answers-with-a-message", "DESCRIPTOR_FLAGS");
  }

  /** Sends every descriptor first and writes the payload only when it was acknowledged. */
  static final String NO_SYNCHRONISATION = "no-synchronisation";

  /** Right bytes, wrong checksum. */
  static final String WRONG_CRC = "wrong-crc";

  /** One bit of the second message's values, under the checksum that fits it. */
  static final String WRONG_VALUE = "wrong-value";

  /** The right values, and in the second tensor a byte that belongs to none of them. */
  static final String STRAY_BYTE = "stray-byte";

  /** Half of the second descriptor, then the end. */
  static final String HALF_A_DESCRIPTOR = "half-a-descriptor";

  /** The right bytes, by way of memory of its own. */
  static final String COPIES = "copies";

  /** The right bytes, and no word of their checksums. */
  static final String NEVER_CHECKS = "never-checks";

  /** Not a lie: shows that what the others lie about is what is seen. */
  static final String HONEST = "honest";

  private static final Pattern OPTION = Pattern.compile("--([a-z-]+) (?:'([^']*)'|(\\S+))");
  private static final int UNKNOWN_FLAG = 1 << 7;
  private static final int LYING_MESSAGE = 2;
  private static final Duration RING_DEADLINE = Duration.ofSeconds(5);

  private final Map<String, String> options = new LinkedHashMap<>();
  private final String lie;
  private int messageBytes;

  private LyingPeer(String line, String lie) {
    Matcher matcher = OPTION.matcher(line);
    while (matcher.find()) {
      options.put(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
    }
    this.lie = lie;
  }

  public static void main(String[] arguments) throws Exception {
    Path lie = Path.of(arguments[0]);
    String role = arguments[1];
    // a JVM keeps a descriptor from its first socket on, which is not what is tested here
    SocketChannel.open(StandardProtocolFamily.UNIX).close();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line; (line = lines.readLine()) != null && !line.equals("quit"); ) {
      if (line.contains("--layout probe-")) {
        out.println(answer(role, 77, Map.of("reason", "no such layout")));
        continue;
      }
      LyingPeer peer = new LyingPeer(line, Files.readString(lie));
      Map<String, Object> payload = role.equals("writer") ? peer.write() : peer.read();
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("payload", payload);
      members.put("values", payload);
      if (peer.lie.equals(COPIES)) {
        members.put("stages", Map.of("encode", 1L, "write", 1L));
      }
      if (role.equals("reader") && !peer.lie.equals(NEVER_CHECKS)) {
        members.put("crcMismatches", 0L);
      }
      out.println(answer(role, 0, members));
    }
  }

  private static String answer(String role, long exit, Map<String, Object> members) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", 1L);
    result.put("peer", "liar");
    result.put("role", role);
    result.put("exit", exit);
    result.putAll(members);
    return Json.oneLine(result);
  }

  private long number(String option) {
    return Long.parseLong(options.get(option));
  }

  private UnixDomainSocketAddress socket() {
    return UnixDomainSocketAddress.of(options.get("channel").substring("unix:".length()));
  }

  private Segment create(long sizeBytes) {
    return options.containsKey("name")
        ? PosixSegment.createExclusively(options.get("name"), sizeBytes, 0600)
        : SysvSegment.createExclusively(key(), sizeBytes, 0600);
  }

  private void remove() {
    if (options.containsKey("name")) {
      PosixSegment.unlink(options.get("name"));
    } else {
      SysvSegment.remove(key());
    }
  }

  private int key() {
    return (int) (long) Long.decode(options.get("key"));
  }

  // ---- the writer ----

  private Map<String, Object> write() throws Exception {
    byte[] payload = Files.readAllBytes(Path.of(options.get("payload")));
    messageBytes = payload.length / (int) number("count");
    byte[] sent = lieInValues(payload.clone());
    String spec = options.get("channel");
    FramedHeader header =
        FramedHeader.plan(
            messageBytes,
            number("window"),
            ChannelKind.of(spec).blockBytes(spec),
            0x1122334455667788L,
            Creator.self());
    boolean headerLies = HEADER_LIES.containsKey(lie);
    boolean ring = ChannelKind.of(spec) == ChannelKind.RTERING;
    try (Segment segment =
            create(lie.equals("object-of-64-bytes") ? 64 : header.segmentSizeBytes());
        Wire wire = ring ? new RingWire(segment, header, spec) : new SocketWire(socket())) {
      byte[] bytes = headerLies ? lieInHeader(header.toBytes()) : header.toBytes();
      segment.put(0, bytes, 0, Math.min(bytes.length, (int) segment.sizeBytes()));
      wire.create();
      if (segment.sizeBytes() >= FramedHeader.BYTES) {
        FramedHeader.publishState(segment, FramedHeader.STATE_READY);
      }
      if (headerLies) {
        // nobody will connect: the harness removes the segment when the reader has said what it saw
        return Map.of();
      }
      wire.open();
      long unanswered = send(segment, header, sent, wire);
      if (ring && !lie.equals(HONEST)) {
        return Map.of(); // likewise: a ring does not show that the reader has gone
      }
      wire.waitForTheEnd(unanswered);
    }
    remove();
    return digest(payload);
  }

  /** In the image of a record the sign of {@code x}; in that of a tensor what is reserved. */
  private byte[] lieInValues(byte[] images) {
    int message = (LYING_MESSAGE - 1) * messageBytes;
    if (lie.equals(WRONG_VALUE)) {
      images[message + 23] ^= (byte) 0x80;
    } else if (lie.equals(STRAY_BYTE)) {
      images[message + 50] = 1;
    }
    return images;
  }

  private byte[] lieInHeader(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (lie) {
      case "bad-magic" -> header.put(2, (byte) 'X');
      case "next-version" -> header.putShort(6, (short) (FramedHeader.VERSION + 1));
      case "header-size-64" -> header.putInt(8, 64);
      case "segment-size-past-the-end" -> header.putLong(16, header.getLong(16) + (1 << 20));
      case "segment-size-2-to-the-64" -> header.putLong(16, -1);
      case "generation-0" -> header.putLong(24, 0);
      case "payload-past-the-end" -> header.putLong(88, header.getLong(16) + 128);
      case "slots-that-wrap" -> header.putLong(96, 1L << 62).putLong(104, 4);
      default -> {
        // the lie is the object's size
      }
    }
    return bytes;
  }

  /** How many messages wait for their answers in the end. */
  private long send(Segment segment, FramedHeader header, byte[] payload, Wire wire)
      throws IOException {
    int size = messageBytes;
    int slots = (int) number("window");
    long count = number("count");
    long unanswered = 0;
    for (long seq = 1; seq <= count; seq++) {
      int from = (int) (seq - 1) * size;
      Descriptor descriptor = descriptor(seq, header, size, crc(payload, from, size));
      if (lie.equals(NO_SYNCHRONISATION)) {
        if (!wire.send(descriptor, Descriptor.BYTES) || !wire.takeAnswer()) {
          return 0;
        }
        segment.put(header.slotOffset(seq), payload, from, size);
        continue;
      }
      if (unanswered == slots) {
        unanswered--;
        if (!wire.takeAnswer()) {
          return 0;
        }
      }
      segment.put(header.slotOffset(seq), payload, from, size);
      FramedHeader.publishSequence(segment, seq);
      boolean half = lie.equals(HALF_A_DESCRIPTOR) && seq == LYING_MESSAGE;
      if (!wire.send(descriptor, half ? Descriptor.BYTES / 2 : Descriptor.BYTES) || half) {
        wire.shutdown();
        return 0;
      }
      unanswered++;
    }
    return unanswered;
  }

  private Descriptor descriptor(long seq, FramedHeader header, int size, int crc32c) {
    Descriptor descriptor = new Descriptor();
    long offset = header.slotOffset(seq);
    long generation = header.generation();
    long end = header.segmentSizeBytes();
    int flags = Descriptor.FLAG_CRC32C;
    int crc = lie.equals(WRONG_CRC) && seq == LYING_MESSAGE ? ~crc32c : crc32c;
    switch (seq == LYING_MESSAGE ? lie : HONEST) {
      case "offset-past-the-end" -> descriptor.set(seq, end + 128, size, generation, crc, flags);
      case "offset-2-to-the-64" -> descriptor.set(seq, -128, size, generation, crc, flags);
      case "offset-in-the-header" -> descriptor.set(seq, 0, 64, generation, crc, flags);
      case "length-past-the-end" ->
          descriptor.set(seq, offset, end - offset + 1, generation, crc, flags);
      case "length-that-wraps" ->
          descriptor.set(seq, offset, -offset + 256, generation, crc, flags);
      case "old-generation" -> descriptor.set(seq, offset, size, generation - 1, crc, flags);
      case "repeated-sequence" -> descriptor.set(seq - 1, offset, size, generation, crc, flags);
      case "gap-in-the-sequence" -> descriptor.set(seq + 1, offset, size, generation, crc, flags);
      case "unknown-flag" ->
          descriptor.set(seq, offset, size, generation, crc, flags | UNKNOWN_FLAG);
      default -> descriptor.set(seq, offset, size, generation, crc, flags);
    }
    descriptor.setSentNs(System.nanoTime());
    return descriptor;
  }

  // ---- the reader ----

  private Map<String, Object> read() throws Exception {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    try (Segment segment = open();
        SocketChannel writer = SocketChannel.open(socket())) {
      ByteBuffer bytes = ByteBuffer.allocate(Descriptor.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      while (fill(writer, bytes)) {
        Descriptor descriptor = new Descriptor();
        descriptor.decode(bytes, 0);
        byte[] message = new byte[(int) descriptor.length()];
        segment.get(descriptor.offset(), message, 0, message.length);
        seen.writeBytes(message);
        Descriptor answer = acknowledgement(descriptor);
        if (!write(writer, answer, Descriptor.BYTES)) {
          break;
        }
      }
    }
    Files.write(Path.of(options.get("out")), seen.toByteArray());
    return digest(seen.toByteArray());
  }

  /** As soon as it is ready; the cell's deadline ends the wait by ending this process. */
  private Segment open() throws InterruptedException {
    while (true) {
      try {
        Segment segment =
            options.containsKey("name")
                ? PosixSegment.openExisting(options.get("name"), Access.READ_ONLY)
                : SysvSegment.openExisting(key(), Access.READ_ONLY);
        if (segment.sizeBytes() >= FramedHeader.BYTES
            && FramedHeader.state(segment) == FramedHeader.STATE_READY) {
          return segment;
        }
        segment.close();
      } catch (RuntimeException notThere) {
        // not created, or not of any size yet
      }
      Thread.sleep(1);
    }
  }

  private Descriptor acknowledgement(Descriptor descriptor) {
    boolean lies = descriptor.seq() == LYING_MESSAGE;
    long seq = descriptor.seq();
    long generation = descriptor.generation();
    int flags = descriptor.flags() | Descriptor.FLAG_ACKNOWLEDGEMENT;
    switch (lies ? lie : HONEST) {
      case "answers-an-old-generation" -> generation--;
      case "answers-twice" -> seq--;
      case "answers-the-next" -> seq++;
      case "answers-with-a-message" -> flags = descriptor.flags();
      default -> {
        // an honest answer
      }
    }
    Descriptor answer = new Descriptor();
    answer.set(
        seq, descriptor.offset(), descriptor.length(), generation, descriptor.crc32c(), flags);
    answer.setSentNs(System.nanoTime());
    return answer;
  }

  // ---- how descriptors go ----

  /** The writer's end of a channel. */
  private interface Wire extends AutoCloseable {
    void create() throws IOException;

    void open() throws IOException;

    /** False when the other side has gone. */
    boolean send(Descriptor descriptor, int length);

    /** Likewise. */
    boolean takeAnswer();

    void shutdown() throws IOException;

    void waitForTheEnd(long unanswered);

    @Override
    void close() throws IOException;
  }

  private static final class SocketWire implements Wire {
    private final UnixDomainSocketAddress address;
    private ServerSocketChannel server;
    private SocketChannel reader;

    SocketWire(UnixDomainSocketAddress address) {
      this.address = address;
    }

    @Override
    public void create() throws IOException {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(address);
    }

    @Override
    public void open() throws IOException {
      reader = server.accept();
    }

    @Override
    public boolean send(Descriptor descriptor, int length) {
      return write(reader, descriptor, length);
    }

    @Override
    public boolean takeAnswer() {
      return fill(reader, ByteBuffer.allocate(Descriptor.BYTES));
    }

    @Override
    public void shutdown() throws IOException {
      reader.shutdownOutput();
    }

    /** The other side closes. */
    @Override
    public void waitForTheEnd(long unanswered) {
      while (takeAnswer()) {
        // not yet
      }
    }

    @Override
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
      }
      if (server != null) {
        server.close();
      }
      Files.deleteIfExists(address.getPath());
    }
  }

  /** By the library's own ring. */
  private static final class RingWire implements Wire {
    private final long deadlineNs = System.nanoTime() + RING_DEADLINE.toNanos();
    private final Channel channel;

    RingWire(Segment segment, FramedHeader header, String spec) {
      channel =
          ChannelKind.RTERING.channel(
              new ChannelContext(
                  spec,
                  ChannelKind.address(spec),
                  true,
                  0600,
                  segment,
                  header.channelOffset(),
                  deadlineNs));
    }

    @Override
    public void create() {
      channel.create();
    }

    @Override
    public void open() {
      channel.open();
    }

    @Override
    public boolean send(Descriptor descriptor, int length) {
      channel.send(descriptor);
      return true;
    }

    @Override
    public boolean takeAnswer() {
      channel.receive(new Descriptor(), deadlineNs);
      return true;
    }

    @Override
    public void shutdown() {}

    @Override
    public void waitForTheEnd(long unanswered) {
      for (long left = unanswered; left > 0; left--) {
        takeAnswer();
      }
    }

    @Override
    public void close() {
      channel.close();
    }
  }

  // ---- both ----

  /** False when the other side has gone. */
  private static boolean write(SocketChannel channel, Descriptor descriptor, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(Descriptor.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    descriptor.encode(bytes, 0);
    bytes.limit(length);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean fill(SocketChannel channel, ByteBuffer bytes) {
    bytes.clear();
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          return false;
        }
      }
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private static Map<String, Object> digest(byte[] payload) throws Exception {
    byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(payload);
    return Map.of(
        "length", (long) payload.length, "sha256", java.util.HexFormat.of().formatHex(digest));
  }
}
