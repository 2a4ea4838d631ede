// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.TestNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeLoopTest {
  private final String name = TestNames.name();

  @AfterEach
  void remove() {
    PosixSegment.unlink(name);
  }

  private static List<String> serve(Role role, byte[] stdin, String... before) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    new ServeLoop(new Peer(role), before, new ByteArrayInputStream(stdin), stdout).run();
    String text = stdout.toString(StandardCharsets.UTF_8);
    return text.isEmpty() ? List.of() : List.of(text.split("\n"));
  }

  private static List<Integer> exits(List<String> answers) throws IOException {
    List<Integer> exits = new ArrayList<>();
    for (String answer : answers) {
      exits.add(Integer.parseInt(field(answer, "exit")));
    }
    return exits;
  }

  private static String field(String json, String name) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME && parser.currentName().equals(name)) {
          parser.nextToken();
          return parser.getText();
        }
      }
    }
    return null;
  }

  private static byte[] lines(String... lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyLineHasOneAnswerAndABadOneDoesNotEndTheLoop() throws IOException {
    List<String> answers =
        serve(
            Role.WRITER,
            lines(
                "100B --name " + name,
                "100B --name " + name + " --exclusive",
                "--layout probe-1",
                "--bogus",
                "",
                "'open",
                "100B --name " + name,
                "quit",
                "100B"));
    assertEquals(List.of(0, 1, 77, 64, 64, 64, 0), exits(answers));
    assertEquals("EEXIST", field(answers.get(1), "errno"));
    assertEquals("shm_open", field(answers.get(1), "call"));
    assertTrue(field(answers.get(2), "reason").contains("probe-1"));
    assertTrue(field(answers.get(3), "usage").contains("--bogus"));
  }

  @Test
  void wordsBesideServeStandBeforeThoseOfTheLine() throws IOException {
    String key = "0x" + Integer.toHexString(TestNames.key());
    byte[] stdin = lines("10B", "10B --key 0", "--api posix --key 1");
    List<String> answers = serve(Role.WRITER, stdin, "--api", "sysv", "--key", key);
    assertEquals("java-sysv", field(answers.get(0), "peer"));
    assertEquals(List.of(0, 64, 64), exits(answers));
    assertEquals(
        List.of(0, 1), exits(serve(Role.CLEANER, lines("", ""), "--api", "sysv", "--key", key)));
  }

  @Test
  void theEndOfStdinEndsTheLoopAndALastLineWithoutNewlineCounts() throws IOException {
    assertEquals(List.of(), serve(Role.READER, new byte[0]));
    byte[] stdin = "--layout probe-1".getBytes(StandardCharsets.US_ASCII);
    assertEquals(List.of(77), exits(serve(Role.READER, stdin)));
  }

  @Test
  void aLineThatIsTooLongOrNoTextIsRefusedAndTheNextOneIsRead() throws IOException {
    ByteArrayOutputStream stdin = new ByteArrayOutputStream();
    stdin.write(lines("x".repeat(ServeLoop.MAX_LINE_BYTES + 1)));
    stdin.write(new byte[] {(byte) 0xff, '\n', 0, '\n'});
    stdin.write(lines("--layout probe-1"));
    List<String> answers = serve(Role.READER, stdin.toByteArray());
    assertEquals(List.of(64, 64, 64, 77), exits(answers));
    assertTrue(field(answers.get(0), "usage").contains("64 KiB"));
    assertTrue(field(answers.get(1), "usage").contains("UTF-8"));
  }

  @Test
  void outAndResultFilesAreWrittenWithMode0600(@TempDir Path folder) throws IOException {
    Path payload = Files.write(folder.resolve("pay load"), new byte[] {1, 2, (byte) 255});
    Path out = Files.createFile(folder.resolve("out"));
    Path result = folder.resolve("result");
    serve(Role.WRITER, lines("--name " + name + " --payload '" + payload + "'"));
    String line = "--name " + name + " --out " + out + " --result " + result;
    List<String> answers = serve(Role.READER, lines(line));
    assertEquals(List.of(0), exits(answers));
    assertEquals(answers.get(0), Files.readString(result).strip());
    assertEquals(3, Files.size(out));
    for (Path file : new Path[] {out, result}) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  @Test
  void aFailedReaderLeavesNoOutAndTheSegmentStays(@TempDir Path folder) throws IOException {
    try (PosixSegment segment = PosixSegment.createExclusively(name, 5000, 0600)) {
      segment.fill(0, 5000, (byte) 'x');
    }
    Path out = folder.resolve("out");
    List<String> answers = serve(Role.READER, lines("--name " + name + " --out " + out));
    assertEquals("EBADMSG", field(answers.get(0), "errno"));
    assertEquals("classic", field(answers.get(0), "call"));
    assertTrue(Files.notExists(out));
    assertTrue(PosixSegment.unlink(name));
  }

  @Test
  void nothingIsCreatedForATextThatCannotBeWritten(@TempDir Path folder) throws IOException {
    Path nul = Files.write(folder.resolve("nul"), new byte[] {'a', 0, 'b'});
    List<String> answers =
        serve(
            Role.WRITER,
            lines(
                "--name " + name + " --payload " + nul,
                "101B --name " + name + " --segment-size 100",
                "--name " + name + " --payload " + folder.resolve("none")));
    assertEquals(List.of(1, 1, 1), exits(answers));
    assertEquals("EINVAL", field(answers.get(0), "errno"));
    assertEquals("EMSGSIZE", field(answers.get(1), "errno"));
    assertEquals("ENOENT", field(answers.get(2), "errno"));
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
  }

  @Test
  void anObjectThatIsTooSmallIsNotUsedAgain() throws IOException {
    PosixSegment.createExclusively(name, 100, 0600).close();
    List<String> answers = serve(Role.WRITER, lines("10B --name " + name + " --segment-size 101"));
    assertEquals("EEXIST", field(answers.get(0), "errno"));
    assertTrue(field(answers.get(0), "message").contains("100 bytes"));
  }
}
