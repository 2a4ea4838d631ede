// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitStatusTest {
  @ParameterizedTest
  @CsvSource({
    "0,,exit 0",
    "1,,exit 1",
    "77,,exit 77",
    "126,,exit 126 (cannot be executed)",
    "127,,exit 127 (no such program)",
    "135,SIGBUS,died by SIGBUS",
    "137,SIGKILL,died by SIGKILL",
    "139,SIGSEGV,died by SIGSEGV",
    "162,signal 34,died by signal 34",
    "255,,exit 255"
  })
  void aCodeAbove128IsASignal(int code, String signal, String text) {
    assertEquals(Optional.ofNullable(signal), new ExitStatus(code).signal());
    assertEquals(text, new ExitStatus(code).toString());
  }
}
