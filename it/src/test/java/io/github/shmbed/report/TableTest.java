// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Terminal PLAIN = new Terminal(80, false, false);

  @Test
  void columnsAreAligned() {
    String text =
        new Table("way", "read")
            .row("mmap", "1.00 us")
            .gap()
            .row("read(2)", "12.0 us")
            .render(PLAIN);
    assertEquals("way         read\nmmap     1.00 us\n\nread(2)  12.0 us\n", text);
  }

  @Test
  void onANarrowTerminalTheLastColumnsComeBelow() {
    Table table = new Table("way", "median", "p99", "faults").row("mmap", "1", "2", "3");
    assertEquals(
        "way   median  p99\nmmap       1    2\n\nway   faults\nmmap       3\n",
        table.render(new Terminal(19, false, false)));
    assertEquals(
        "way   median  p99  faults\nmmap       1    2       3\n",
        table.render(new Terminal(25, false, false)));
    assertEquals(
        "way   median\nmmap       1\n\nway   p99\nmmap    2\n\nway   faults\nmmap       3\n",
        table.render(new Terminal(5, false, false)));
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Table("a", "b").row("1"));
  }

  @Test
  void textIsWrappedBetweenWords() {
    Terminal narrow = new Terminal(40, false, false);
    assertEquals(
        "a line of forty columns is not broken up\nbut the next word is",
        narrow.wrap("a line of forty columns is not broken up but the next word is"));
    assertEquals("x".repeat(50) + "\ny", narrow.wrap("x".repeat(50) + " y"));
  }

  @Test
  void noColorTurnsColourOff() {
    assertTrue(Terminal.of(Map.of(), true, true).colour());
    assertFalse(Terminal.of(Map.of("NO_COLOR", "1"), true, true).colour());
    assertTrue(Terminal.of(Map.of("NO_COLOR", ""), true, true).colour());
    assertFalse(Terminal.of(Map.of("TERM", "dumb"), true, true).live());
    assertFalse(Terminal.of(Map.of(), false, true).colour());
    assertEquals("x", PLAIN.bold("x"));
  }

  @Test
  void theWidthIsThatOfTheTerminal() {
    assertEquals(132, Terminal.of(Map.of("COLUMNS", "132"), true, true).width());
    assertEquals(40, Terminal.of(Map.of("COLUMNS", "3"), true, true).width());
    assertEquals(100, Terminal.of(Map.of("COLUMNS", "wide"), true, true).width());
  }

  @Test
  void progressOnATerminalIsOneLineWithinTheWidth() {
    long[] nowNs = {0};
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(bytes), true, 30, () -> nowNs[0]);
    progress.begin("storage", 4);
    nowNs[0] = 2_000_000_000L;
    progress.step("c posix-mmap 64 MiB");
    progress.end();
    assertEquals("\r\033[Kstorage 1 of 4, about 6 s lef\r\033[K", bytes.toString());
  }

  @Test
  void progressInALogIsALineEveryTenSeconds() {
    long[] nowNs = {0};
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(bytes), false, 30, () -> nowNs[0]);
    progress.begin("storage", 40);
    for (int i = 0; i < 25; i++) {
      nowNs[0] += 1_000_000_000L;
      progress.step("x");
    }
    progress.end();
    assertEquals(2, bytes.toString().lines().count());
    assertTrue(
        bytes.toString().startsWith("storage 10 of 40, about 30 s left: x"), bytes.toString());
  }
}
