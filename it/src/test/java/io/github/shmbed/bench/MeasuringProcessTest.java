// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuringProcessTest {
  @Test
  void theAnswerOfARequestIsItsMeasurements() throws Exception {
    try (MeasuringProcess process =
        answering(
            "{\"samplesNs\":{\"first\":[3,4.5],\"whole\":[7,8]},\"operations\":2,\"cpuNs\":10,\"minorFaults\":4,\"majorFaults\":0}")) {
      Map<String, Measurement> measured = MeasuringProcess.measurements(process.ask("measure", 1));
      assertEquals(List.of("first", "whole"), List.copyOf(measured.keySet()));
      assertArrayEquals(new double[] {3, 4.5}, measured.get("first").samplesNs());
      assertEquals(4, measured.get("whole").minorFaults());
      assertEquals(2, measured.get("whole").operations());
    }
  }

  @Test
  void theWordsOfARequestAreSeparatedByTabs() throws Exception {
    try (MeasuringProcess process =
        new MeasuringProcess(
            "echo",
            List.of(
                "sh",
                "-c",
                "read -r line; printf '{\"said\":\"%s\"}\\n' \"$(printf %s \"$line\" | tr '\\t' '|')\""))) {
      assertEquals("measure|a b|3", process.ask("measure", "a b", 3).get("said"));
    }
  }

  @Test
  void whatTheMachineCannotDoIsUnsupported() throws Exception {
    try (MeasuringProcess process = answering("{\"unsupported\":\"no huge pages\"}")) {
      assertEquals(
          "no huge pages",
          assertThrows(Unsupported.class, () -> process.ask("measure")).getMessage());
    }
  }

  @Test
  void anErrorNamesTheProgramAndTheRequest() throws Exception {
    try (MeasuringProcess process = answering("{\"error\":\"open /x: No such file\"}")) {
      assertEquals(
          "loop: measure 7: open /x: No such file",
          assertThrows(IOException.class, () -> process.ask("measure", 7)).getMessage());
    }
  }

  @Test
  void aProgramThatEndsIsAnErrorWithWhatItSaid() throws Exception {
    try (MeasuringProcess process =
        new MeasuringProcess("loop", List.of("sh", "-c", "read -r line; echo no memory >&2"))) {
      String message = assertThrows(IOException.class, () -> process.ask("measure")).getMessage();
      assertTrue(message.startsWith("loop: measure: it has ended"), message);
    }
  }

  @Test
  void closingLetsTheProgramCleanUpAndTwiceIsHarmless() throws Exception {
    MeasuringProcess process = answering("{}");
    process.ask("measure");
    process.close();
    process.close();
    assertThrows(IOException.class, () -> process.ask("measure"));
  }

  private static MeasuringProcess answering(String answer) throws IOException {
    return new MeasuringProcess(
        "loop", List.of("sh", "-c", "while read -r line; do echo '" + answer + "'; done"));
  }
}
