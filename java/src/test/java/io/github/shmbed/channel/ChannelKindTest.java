// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelKindTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:/tmp/x",
        "unix-seqpacket:x",
        "fifo:/tmp/a b",
        "posix-mq:/x",
        "posix-sem:/x",
        "sysv-msg:1",
        "sysv-msg:0xffffffff",
        "futex",
        "eventfd:/tmp/x:y",
        "spin",
        "skmsg:/tmp/x",
        "skmsg-pin:/tmp/x",
        "rtering",
        "rtering:mp",
        "rtering:index,count=65536,start=4294967295"
      })
  void goodSpecs(String spec) {
    assertNull(ChannelKind.of(spec).check(spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix",
        "unix:",
        "eventfd",
        "skmsg",
        "skmsg-pin:",
        "fifo:",
        "posix-mq:x",
        "posix-mq:/",
        "posix-mq:/a/b",
        "posix-sem:",
        "sysv-msg:",
        "sysv-msg:0",
        "sysv-msg:x",
        "sysv-msg:-1",
        "sysv-msg:+1",
        "sysv-msg:0x100000000",
        "sysv-msg:0x",
        "futex:",
        "spin:x",
        "rtering:mp,",
        "rtering:x",
        "rtering:count=1",
        "rtering:count=24",
        "rtering:count=131072",
        "rtering:count=-2",
        "rtering:start=4294967296"
      })
  void addressesThatTheChannelCannotHave(String spec) {
    assertNotNull(ChannelKind.of(spec).check(spec));
  }

  @Test
  void lengthsAreLimitedByTheKernel() {
    assertNull(check("unix:/" + "x".repeat(106)));
    assertNotNull(check("unix:/" + "x".repeat(107)));
    assertNotNull(check("unix:/" + "ü".repeat(54)));
    assertNull(check("posix-mq:/" + "x".repeat(253)));
    assertNotNull(check("posix-mq:/" + "x".repeat(254)));
    assertNull(check("posix-sem:/" + "x".repeat(249)));
    assertNotNull(check("posix-sem:/" + "x".repeat(250)));
    assertNotNull(check("fifo:" + "x".repeat(4094)));
  }

  private static String check(String spec) {
    return ChannelKind.of(spec).check(spec);
  }

  @Test
  void unknownNamesAreNoChannel() {
    assertNull(ChannelKind.of("probe-1"));
    assertNull(ChannelKind.of("unixx:/x"));
    assertNull(ChannelKind.of(""));
    assertEquals(ChannelKind.UNIX, ChannelKind.of("unix"));
    assertEquals("/a:b", ChannelKind.address("unix:/a:b"));
    assertEquals("", ChannelKind.address("unix"));
  }
}
