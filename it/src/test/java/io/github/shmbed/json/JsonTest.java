// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    String text = "{\"a\":[1,-2.5,true,null,\"x\\\"\\u0001\"],\"b\":{\"c\":9007199254740993}}";
    Map<String, Object> parsed = Json.parseObject(text);
    assertEquals(text, Json.oneLine(parsed));
    assertEquals(parsed, Json.parseObject(Json.pretty(parsed)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"a\":}", "x", "{\"a\":1}x"})
  void whatIsNotOneObjectIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Json.parseObject(text));
  }

  @Test
  void anAbsentMemberHasADefault() {
    Map<String, Object> object = Json.parseObject("{\"a\":null,\"t\":\"x\"}");
    assertEquals(Map.of(), Json.object(object, "a"));
    assertEquals(7, Json.integer(object, "t", 7));
    assertEquals(null, Json.text(object, "a"));
  }
}
