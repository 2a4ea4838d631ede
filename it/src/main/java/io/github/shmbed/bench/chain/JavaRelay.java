// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.json.Json;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.ResourceUsage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of {@code ./shmbed bench chain}, in a JVM of its own: the same program as
 * peers/c/chain/relay.c, which says how it is asked.
 */
public final class JavaRelay {
  private static final int WORDS = 11;
  private static final int HOPS_AT = 8; // in the payload, after the message's number

  private final boolean lead;
  private final int sizeBytes;
  private final int warmup;
  private final int count;
  private final int rate;
  private final long deadlineNs;
  private final boolean whole;
  private final Area payload;
  private final Link in;
  private final Link out;
  private final Descriptor descriptor = new Descriptor();
  private ByteBuffer bytes;
  private long generation;
  private long offset;
  private ResourceUsage usedBefore;
  private long begunNs;

  private JavaRelay(String[] words) {
    lead = words[0].equals("lead");
    sizeBytes = Integer.parseInt(words[1]);
    warmup = Integer.parseInt(words[2]);
    count = Integer.parseInt(words[3]);
    rate = Integer.parseInt(words[4]);
    deadlineNs = System.nanoTime() + Long.parseLong(words[5]) * 1_000_000;
    whole = Wire.isOne(words[9]);
    payload = new Area(words[6]);
    in = link(words[7], words[8], false);
    out = link(words[9], words[10], true);
  }

  private Link link(String spec, String name, boolean sends) {
    return whole
        ? new Wire(spec, sends, deadlineNs)
        : new ChannelLink(spec, name, sends, deadlineNs);
  }

  /** Answers requests until {@code quit} or the end of stdin. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    JavaRelay open = null;
    for (String line; (line = requests.readLine()) != null && !line.equals("quit"); ) {
      if (open != null) { // not before: what is closed may take messages with it
        open.close();
        open = null;
      }
      String[] words = line.split("\t", -1);
      Map<String, Object> answer = Map.of();
      if (words.length == WORDS) {
        open = new JavaRelay(words);
        answer = open.answer();
      }
      System.out.println(Json.oneLine(answer));
    }
    if (open != null) {
      open.close();
    }
  }

  private Map<String, Object> answer() {
    try {
      preparePayload();
      out.create();
      // A channel may shake hands when it is opened: the lead begins with the next process, the
      // others with the one before.
      (lead ? out : in).open();
      (lead ? in : out).open();
      return lead ? lead() : relay();
    } catch (IOException | NativeCallException | LayoutException e) {
      return Map.of("error", String.valueOf(e.getMessage()));
    }
  }

  private void preparePayload() {
    if (whole) {
      bytes = ByteBuffer.allocateDirect(sizeBytes);
    } else {
      if (lead) {
        payload.create(sizeBytes, 0);
      } else {
        payload.open(0, deadlineNs);
      }
      generation = payload.header().generation();
      offset = payload.header().slotOffset(1);
      bytes = payload.segment().window(offset, sizeBytes);
    }
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    if (lead || whole) {
      byte[] fill = new byte[sizeBytes];
      Arrays.fill(fill, (byte) 'p');
      bytes.put(0, fill);
    }
    if (lead && !whole) {
      payload.ready();
    }
  }

  /** The message is the one that is due, and the payload that is seen here is its own. */
  private long check(long seq) throws IOException {
    boolean own = whole || descriptor.generation() == generation && descriptor.offset() == offset;
    if (!own || descriptor.seq() != seq || descriptor.length() != sizeBytes) {
      throw new IOException("descriptor of message " + seq + ": EBADMSG");
    }
    if (bytes.getLong(0) != seq || bytes.getLong(sizeBytes - Long.BYTES) != seq) {
      throw new IOException("payload of message " + seq + ": EBADMSG");
    }
    return bytes.getLong(HOPS_AT);
  }

  private void beginMeasuring() {
    usedBefore = ResourceUsage.now();
    begunNs = System.nanoTime();
  }

  private Map<String, Object> measured() {
    long elapsedNs = System.nanoTime() - begunNs;
    ResourceUsage used = ResourceUsage.now().since(usedBefore);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("operations", count);
    answer.put("cpuNs", used.userNs() + used.systemNs());
    answer.put("elapsedNs", elapsedNs);
    return answer;
  }

  private Map<String, Object> relay() throws IOException {
    for (int index = 0; index < warmup + count; index++) {
      if (index == warmup) {
        beginMeasuring();
      }
      in.receive(descriptor, bytes);
      long hops = check(index + 1);
      bytes.putLong(HOPS_AT, hops + 1);
      out.send(descriptor, bytes);
    }
    return measured();
  }

  private Map<String, Object> lead() throws IOException {
    long[] samplesNs = new long[count];
    long hops = -1;
    for (int index = 0; index < warmup + count; index++) {
      long seq = index + 1;
      if (index == warmup) {
        beginMeasuring();
      }
      if (rate > 0 && index >= warmup) {
        awaitDue(index);
      }
      bytes.putLong(0, seq).putLong(HOPS_AT, 0).putLong(sizeBytes - Long.BYTES, seq);
      descriptor.set(seq, offset, sizeBytes, generation, 0, 0);
      long sentNs = System.nanoTime();
      descriptor.setSentNs(sentNs);
      out.send(descriptor, bytes);
      in.receive(descriptor, bytes);
      if (index >= warmup) {
        samplesNs[index - warmup] = System.nanoTime() - sentNs;
      }
      long seen = check(seq);
      if (hops >= 0 && seen != hops) {
        throw new IOException("message " + seq + " passed " + seen + " processes, not " + hops);
      }
      hops = seen;
    }
    Map<String, Object> answer = measured();
    List<Long> samples = Arrays.stream(samplesNs).boxed().toList();
    answer.put("samplesNs", Map.of("loop", samples));
    answer.put("hops", hops);
    return answer;
  }

  /** Sleeps: what CPU is used between messages is to be the channels'. */
  private void awaitDue(int index) {
    long dueNs = begunNs + (index - warmup) * 1_000_000_000L / rate;
    for (long leftNs; (leftNs = dueNs - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(leftNs);
    }
  }

  private void close() throws IOException {
    in.close();
    out.close();
    payload.close();
  }
}
