// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.matrix.UsageError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "64, 64", "4K, 4096", "1M, 1048576", "1024G, 1099511627776"})
  void suffixesAreBinary(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse("--size", text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1025G", "1048577M", "17179869184G", "17179869185G", "999999999999G", "-1", "1T"})
  void whatIsTooLargeOrNoSizeIsUsage(String text) {
    UsageError wrong = assertThrows(UsageError.class, () -> ByteSize.parse("--size", text));
    assertTrue(wrong.getMessage().contains("--size"), wrong.getMessage());
  }
}
