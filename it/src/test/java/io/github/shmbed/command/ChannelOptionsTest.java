// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ChannelOptionsTest {
  private static ChannelOptions options(String words) {
    return CommandLine.populateCommand(new ChannelOptions(), words.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "--channel unix, 0",
    "--channel unix --count 1000, 10000",
    "--channel unix --count 1000 --message-size 64K, 10000",
    "--channel unix --count 1000 --message-size 4M, 300",
    "--channel unix --count 1000 --shape record, 10000",
    "--channel unix --count 1000 --shape tensor, 300",
    "--channel unix --count 1000 --message-size 4M --warmup 7, 7"
  })
  void theWarmUpIsShorterWhereMessagesAreLarge(String words, int warmup) {
    assertEquals(warmup, options(words).measurement().orElseThrow().warmup());
  }

  @Test
  void theDeadlineGrowsWithTheBytes() {
    Duration small = options("--channel unix --count 1000 --warmup 1").deadline();
    Duration large = options("--channel unix --count 1000 --warmup 1 --message-size 4M").deadline();
    assertTrue(small.compareTo(Duration.ofSeconds(1)) < 0, small.toString());
    // 1,001 messages of 4 MiB at 100 MB/s
    assertTrue(large.compareTo(Duration.ofSeconds(42)) > 0, large.toString());
    assertEquals(
        Duration.ofDays(1),
        options("--channel unix --count 5000000 --message-size 1024G").deadline(),
        "the longest that a peer takes");
  }
}
