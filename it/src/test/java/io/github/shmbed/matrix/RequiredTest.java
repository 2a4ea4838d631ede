// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.ChannelKind;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequiredTest {
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " "})
  void withoutTheVariableNothingMustWork(String text) {
    assertEquals(new Required(Set.of()), Required.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "skmsg, true, false",
    "rtering, false, true",
    "'skmsg,rtering', true, true",
    "' rtering , skmsg ', true, true"
  })
  void aChannelIsRequiredAndWithItWhatItNeeds(String text, boolean skmsg, boolean rtering) {
    Required required = Required.parse(text);
    assertEquals(skmsg, required.includes(ChannelKind.SKMSG));
    assertEquals(rtering, required.includes(ChannelKind.RTERING));
    assertEquals(rtering, required.includes("DPDK"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sk_msg", "skmsg,", "skmsg;rtering", "unix", "all"})
  void aWrongNameIsNoEmptyList(String text) {
    UsageError wrong = assertThrows(UsageError.class, () -> Required.parse(text));
    assertTrue(wrong.getMessage().contains("SHMBED_REQUIRE"), wrong.getMessage());
  }

  @Test
  void whatIsRequiredOfOneChannelIsNotOfAnother() {
    assertEquals(false, Required.parse("rtering").includes("a flux capacitor"));
    assertEquals(false, Required.parse("skmsg").includes(ChannelKind.UNIX));
  }
}
