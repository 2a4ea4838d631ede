// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.TestNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of java/README.md: it runs, and it is the one that the page shows. */
class ReadmeExampleTest {
  @Test
  void theExampleWorks() {
    String name = TestNames.name();
    // example begins
    byte[] text = "hello".getBytes(UTF_8);
    try (Segment segment = PosixSegment.createExclusively(name, 4096, 0600)) {
      segment.put(0, text, 0, text.length);
    }

    byte[] copy = new byte[5];
    try (Segment segment = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      segment.get(0, copy, 0, copy.length);
    }
    PosixSegment.unlink(name);
    // example ends
    assertArrayEquals(text, copy);
  }

  @Test
  void thePageShowsWhatIsTestedHere() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/io/github/shmbed/ReadmeExampleTest.java"));
    String begin = "// example begins\n";
    String example =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("    // example ends"));
    String shown = example.replaceAll("(?m)^    ", "").replace("(name", "(\"/greeting\"");
    assertTrue(
        Files.readString(Path.of("README.md")).contains("```java\n" + shown + "```\n"), shown);
  }
}
