// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Payload;
import io.github.shmbed.registry.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Messages in JSON")
class JsonMessagesTest {
  private static final Schema SCHEMA = Schema.ofTree();

  private static byte[] images;
  private static String golden;

  @BeforeAll
  static void load() throws Exception {
    images = Images.of(SCHEMA, "record", 16, new Payload(1, "a:b:c")::bytes);
    String digits =
        Files.readAllLines(Home.find().path().resolve("peers/golden/json.hex")).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining());
    golden = new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8);
  }

  private static Optional<String> fault(String messages) {
    return JsonMessages.fault(SCHEMA, "record", images, messages.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("the golden ones have no fault, with another text of a double neither")
  void golden() {
    assertEquals(Optional.empty(), fault(golden));
    assertTrue(golden.contains("\"x\":0.0,"), golden);
    assertEquals(Optional.empty(), fault(golden.replaceFirst("\"x\":0.0,", "\"x\":0e3,")));
  }

  @ParameterizedTest(name = "{0} as {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"0\"| {\"id\": \"0\"| a blank between two tokens, offset 6",
        "{\"id\":\"0\"|` {\"id\":\"0\"`| a blank between two tokens, offset 0",
        "\"id\":\"0\"| \"id\":0| message 1, id: VALUE_NUMBER_INT 0 in place of the string 0",
        "\"id\":\"0\"| \"id\":\"00\"| message 1, id: VALUE_STRING 00",
        "\"id\":\"0\",\"time\":\"0\"| \"time\":\"0\",\"id\":\"0\"| message 1: time in place of the field id",
        "\"y\":-0.0| \"y\":0.0| message 1, y: VALUE_NUMBER_FLOAT 0.0 in place of a number that is -0.0",
        "\"NaN:7ff8000000000000\"| \"NaN\"| message 2, x: VALUE_STRING NaN",
        "\"NaN:7ff8000000000001\"| \"NaN:7ff8000000000000\"| message 4, x: VALUE_STRING NaN",
        "\"y\":\"Infinity\"| \"y\":\"inf\"| message 2, y: VALUE_STRING inf",
        "\"sensor\":0| \"sensor\":\"0\"| message 1, sensor: VALUE_STRING 0 in place of the number 0",
        "\"sensor\":0| \"sensor\":0.0| message 1, sensor: VALUE_NUMBER_FLOAT 0.0",
        "\"note\":\"\"}| \"note\":\"\",\"more\":1}| message 1: more than its fields",
        "\"note\":\"\"}| \"note\":\"\"| no JSON: "
      })
  void faults(String right, String wrong, String said) {
    assertTrue(golden.contains(right), right);
    int at = golden.indexOf(right);
    String messages = golden.substring(0, at) + wrong + golden.substring(at + right.length());
    String fault = fault(messages).orElseThrow();
    assertTrue(fault.startsWith(said), fault);
  }

  @Test
  @DisplayName("one too many or too few is a fault")
  void count() {
    assertEquals(Optional.of("there is more than the messages"), fault(golden + "{}"));
    int last = golden.lastIndexOf("{\"id\"");
    assertEquals(Optional.of("message 16: no object"), fault(golden.substring(0, last)));
  }

  @Test
  @DisplayName("a tensor's data is base64 of its little-endian bytes")
  void tensor() {
    byte[] tensor = Images.of(SCHEMA, "tensor", 1, new Payload(1, "a:b:c")::bytes);
    byte[] data = java.util.Arrays.copyOfRange(tensor, 64, tensor.length);
    String message =
        "{\"rows\":512,\"columns\":512,\"name\":\"\",\"data\":\""
            + java.util.Base64.getEncoder().encodeToString(data)
            + "\"}";
    byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
    assertEquals(Optional.empty(), JsonMessages.fault(SCHEMA, "tensor", tensor, bytes));
    tensor[tensor.length - 1] ^= 1;
    assertTrue(
        JsonMessages.fault(SCHEMA, "tensor", tensor, bytes)
            .orElseThrow()
            .startsWith("message 1, data: VALUE_STRING "));
  }
}
