// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionParserTest {
  private final OptionParser writer = new OptionParser(Role.WRITER);
  private final OptionParser reader = new OptionParser(Role.READER);
  private final OptionParser cleaner = new OptionParser(Role.CLEANER);

  private static Options parse(OptionParser parser, String line) {
    return parser.parse(line.isEmpty() ? new String[0] : line.split(" "));
  }

  @Test
  void theDefaultsAreTheOriginalPrograms() {
    Options options = parse(writer, "1000B");
    assertEquals("posix", options.api());
    assertEquals("classic", options.layout());
    assertEquals("/shm_posix", options.name());
    assertEquals(8388608, options.segmentSizeBytes());
    assertEquals(0600, options.mode());
    assertEquals(999, options.textBytes());
    assertEquals(10000, options.deadlineMs());
    assertTrue(options.reserve());
    assertFalse(options.exclusive());
    assertNull(options.result());
  }

  @Test
  void theLayoutOsHasDefaultsOfItsOwn() {
    Options options = parse(writer, "--layout os");
    assertEquals("/OS", options.name());
    assertEquals(4096, options.segmentSizeBytes());
    assertEquals(0666, options.mode());
  }

  @Test
  void systemVHasKeysInPlaceOfNames() {
    Options options = parse(reader, "--api sysv --key 0xfffffffe --out=/tmp/x");
    assertNull(options.name());
    assertEquals(-2, options.key());
    assertEquals(Path.of("/tmp/x"), options.out());
    assertEquals(Path.of("k"), parse(cleaner, "--api sysv --key-file k").keyFile());
  }

  @Test
  void theLastOfTwoCountsSoThatALineCanOverrideServesOptions() {
    assertEquals("/b", parse(reader, "--name /a --name b").name());
  }

  @Test
  void oneParserStartsEveryLineFromACleanState() {
    parse(writer, "1B --exclusive --no-reserve --mode 644 --name x --result r --deadline-ms 5");
    Options options = parse(writer, "--payload f");
    assertEquals("/shm_posix", options.name());
    assertEquals(-1, options.textBytes());
    assertEquals(0600, options.mode());
    assertFalse(options.exclusive());
    assertTrue(options.reserve());
    assertNull(options.result());
    assertEquals(10000, options.deadlineMs());
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                  MSG_SIZE",
    "1000,                                MSG_SIZE",
    "0B,                                  MSG_SIZE",
    "70368744177665B,                     MSG_SIZE",
    "-5B,                                 -5B",
    "1B 2B,                               2B",
    "1B --payload f,                      MSG_SIZE",
    "1B --layout os,                      MSG_SIZE",
    "1B --bogus,                          --bogus",
    "1B --lay os,                         --lay",
    "1B --name,                           --name",
    "1B --name=,                          --name",
    "1B --name /a/b,                      --name",
    "1B --segment-size 0,                 --segment-size",
    "1B --segment-size 65537G,            --segment-size",
    "1B --mode 1777,                      --mode",
    "1B --deadline-ms 0,                  --deadline-ms",
    "1B --deadline-ms 86400001,           --deadline-ms",
    "1B --count 0,                        --count",
    "1B --count 2,                        --count",
    "1B --channel unix:/tmp/x,            --channel",
    "1B --key 1,                          --key",
    "1B --api sysv --key 0,               --key",
    "1B --api sysv --name x,              --name",
    "1B --api sysv --key 1 --key-file f,  --key-file",
    "1B --api mach,                       --api",
    "1B --out x,                          --out",
    "1B --serve,                          --serve",
    "1B --payload=,                       --payload",
  })
  void aWrongWriterLineIsAUsageErrorThatNamesTheOption(String line, String named) {
    UsageException wrong = assertThrows(UsageException.class, () -> parse(writer, line));
    assertTrue(wrong.getMessage().contains(named), wrong.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000B", "--payload f", "--exclusive", "--no-reserve"})
  void whatIsForWritersIsNotForReaders(String line) {
    assertThrows(UsageException.class, () -> parse(reader, line));
  }

  @Test
  void thePosixCleanerSaysWhoRemovesInstead() {
    UsageException wrong = assertThrows(UsageException.class, () -> parse(cleaner, ""));
    assertTrue(wrong.getMessage().contains("--api sysv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--layout probe-4711", "--layout os --api sysv", "1B --codec morse"})
  void whatThisPeerDoesNotHaveIsUnsupported(String line) {
    assertThrows(UnsupportedException.class, () -> parse(writer, line));
  }

  @Test
  void theFramedLayoutHasDefaultsOfItsOwn() {
    Options options = parse(writer, "--layout framed --channel futex --payload f");
    assertEquals("/shmbed", options.name());
    assertEquals(0, options.segmentSizeBytes(), "as needed");
    assertEquals(0600, options.mode());
    assertEquals(-1, options.messageSizeBytes());
    assertEquals(1, options.window());
    assertEquals(0, options.traceStamps());
    parse(reader, "--layout framed --channel spin --count 5 --warmup 1 --window 8 --trace t");
  }

  @ParameterizedTest
  @CsvSource({
    "--payload f,                                     --channel",
    "--channel futex,                                 --payload",
    "--channel futex --payload f 1B,                  MSG_SIZE",
    "--channel futex:x --payload f,                   --channel",
    "--channel unix --payload f,                      --channel",
    "--channel futex --payload f --window 9,          --window",
    "--channel futex --payload f --window 0,          --window",
    "--channel futex --payload f --count 1000000001,  --count",
    "--channel futex --payload f --message-size -1,   --message-size",
    "--channel futex --payload f --count 60000000 --trace t, --trace",
  })
  void aWrongFramedLineIsAUsageErrorThatNamesTheOption(String line, String named) {
    UsageException wrong =
        assertThrows(UsageException.class, () -> parse(writer, "--layout framed " + line));
    assertTrue(wrong.getMessage().contains(named), wrong.getMessage());
  }

  @Test
  void anUnknownChannelIsUnsupported() {
    String line = "--layout framed --payload f --channel probe-1:x";
    assertThrows(UnsupportedException.class, () -> parse(writer, line));
  }

  @Test
  void aUsageErrorOutranksUnsupported() {
    assertThrows(UsageException.class, () -> parse(writer, "--layout probe-1 --mode 9"));
  }

  @Test
  void theHelpTellsEveryOptionOfTheContractAndExamples() {
    for (String option :
        new String[] {
          "--layout",
          "--name",
          "--key-file",
          "--key",
          "--segment-size",
          "--mode",
          "--exclusive",
          "--no-reserve",
          "--payload",
          "--result",
          "--deadline-ms",
          "--channel",
          "--codec",
          "--count",
          "--warmup",
          "--message-size",
          "--window",
          "--trace",
          "--rate",
          "--no-verify",
          "--serve",
          "--help",
          "--version",
          "--api",
          "MSG_SIZE"
        }) {
      assertTrue(writer.help().contains(option), option);
    }
    assertTrue(writer.help().startsWith("Usage: ./shmbed writer "));
    assertTrue(reader.help().contains("--out"));
    assertTrue(cleaner.help().contains("./shmbed cleaner --api sysv"));
  }
}
