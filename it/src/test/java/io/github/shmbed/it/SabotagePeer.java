// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import io.github.shmbed.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A peer that does one thing wrong, to see whether the harness notices. Where the exchange itself
 * is needed it asks the real Java peer. Arguments: what to do wrong, the role, {@code --serve}
 * (added by the runner).
 */
public final class SabotagePeer {
  private static final Pattern OUT = Pattern.compile("--out '([^']*)'");
  private static final Pattern NAME = Pattern.compile("--name /(\\S*)");

  private final String kind;
  private final String role;
  private final List<Object> kept = new ArrayList<>();
  private Process real;
  private BufferedReader realAnswers;

  private SabotagePeer(String kind, String role) {
    this.kind = kind;
    this.role = role;
  }

  public static void main(String[] arguments) throws Exception {
    new SabotagePeer(arguments[0], arguments[1]).serve();
  }

  private void serve() throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // a JVM keeps a socket pair from its first channel on, which is not what is tested here
    FileChannel.open(Path.of("/dev/null")).close();
    for (String line; (line = lines.readLine()) != null && !line.equals("quit"); ) {
      out.println(answer(line));
    }
    if (real != null) {
      real.getOutputStream().close();
    }
  }

  private String answer(String line) throws Exception {
    if (line.contains("--layout probe-")) {
      return kind.equals("knows-everything")
          ? own(0, Map.of())
          : own(77, Map.of("reason", "no such layout"));
    }
    switch (kind) {
      case "wrong-byte":
        return reread(
            line,
            bytes -> {
              bytes[500] ^= 1;
              return bytes;
            });
      case "one-byte-short":
        return reread(line, bytes -> Arrays.copyOf(bytes, bytes.length - 1));
      case "wrong-digest":
        return ask(line).replaceFirst("\"sha256\":\"[0-9a-f]{8}", "\"sha256\":\"00000000");
      case "wrong-byte-in-object":
        String answer = ask(line);
        try (FileChannel object = FileChannel.open(object(line), StandardOpenOption.WRITE)) {
          object.write(java.nio.ByteBuffer.wrap(new byte[] {'b'}), 10);
        }
        return answer;
      case "leaves-object":
        String read = ask(line);
        Files.write(object(line), new byte[100]);
        return read;
      case "keeps-descriptor":
        String done = ask(line);
        Path secret = object(line).resolveSibling(object(line).getFileName() + "-kept");
        kept.add(FileChannel.open(secret, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        Files.delete(secret);
        return done;
      case "keeps-fifo":
        String finished = ask(line);
        Path fifo = out(line).resolveSibling("channels").resolve("kept");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        kept.add(FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE));
        Files.delete(fifo);
        return finished;
      case "hang":
        Thread.sleep(600_000);
        return own(0, Map.of());
      case "says-done":
        return own(0, Map.of("payload", Map.of("length", 999L, "sha256", "0".repeat(64))));
      case "exit-127":
        Runtime.getRuntime().halt(127);
        return "";
      case "says-unsupported":
        return own(77, Map.of("reason", "not on a Monday"));
      case "says-timeout":
        return own(
            1,
            Map.of(
                "error",
                Map.of(
                    "call",
                    "shm_open",
                    "errno",
                    "ETIMEDOUT",
                    "stage",
                    "reader-attach",
                    "message",
                    "too late")));
      case "answers-twice":
        String once = ask(line);
        return once + "\n" + once;
      case "talks-nonsense":
        return "Segmentation fault";
      default:
        throw new IllegalArgumentException(kind);
    }
  }

  /** A result object with these members. */
  private String own(int exit, Map<String, Object> members) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", 1L);
    result.put("peer", "sabotage");
    result.put("role", role);
    result.put("exit", (long) exit);
    result.putAll(members);
    return Json.oneLine(result);
  }

  private interface Change {
    byte[] of(byte[] bytes);
  }

  /** The real reader's answer for changed bytes, so that nothing but the bytes is wrong. */
  private String reread(String line, Change change) throws Exception {
    String answer = ask(line);
    Path out = out(line);
    byte[] bytes = change.of(Files.readAllBytes(out));
    Files.write(out, bytes);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    return answer.replaceFirst("\"sha256\":\"[0-9a-f]{64}\"", "\"sha256\":\"" + digest + "\"");
  }

  private static Path out(String line) {
    Matcher out = OUT.matcher(line);
    if (!out.find()) {
      throw new IllegalStateException("no --out in " + line);
    }
    return Path.of(out.group(1));
  }

  private static Path object(String line) {
    Matcher name = NAME.matcher(line);
    if (!name.find()) {
      throw new IllegalStateException("no --name in " + line);
    }
    return Path.of("/dev/shm", name.group(1));
  }

  private String ask(String line) throws IOException {
    if (real == null) {
      real =
          new ProcessBuilder("./shmbed", role, "--serve")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      realAnswers =
          new BufferedReader(new InputStreamReader(real.getInputStream(), StandardCharsets.UTF_8));
    }
    real.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    real.getOutputStream().flush();
    return realAnswers.readLine();
  }
}
