// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WayTest {
  @Test
  void cHasTheSameWaysUnderTheSameNames() throws IOException {
    String source = Files.readString(Home.find().path().resolve("peers/c/storage/ways.c"));
    Set<String> inC =
        Pattern.compile("\\{\\.name = \"([a-z-]+)\"")
            .matcher(source)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> inJava =
        Arrays.stream(Way.values())
            .map(way -> way.id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(inC, inJava);
  }

  @Test
  void whatIsColdIsNeverWarm() {
    assertEquals(List.of(Way.State.FIRST), Way.DISK_COLD_RW.states());
    assertEquals(List.of(Way.State.WARM, Way.State.FIRST), Way.DISK_RW.states());
  }

  @Test
  void hugePagesNeedWholeOnes() {
    assertFalse(Way.SYSV_HUGETLB.fits(1 << 20));
    assertTrue(Way.SYSV_HUGETLB.fits(64 << 20));
    assertTrue(Way.SYSV.fits(4096));
  }

  @Test
  void aWayThatDropsTheCacheSharesNoObjectWithOneThatNeedsIt() {
    assertTrue(Way.DISK_MMAP.sharesWith(Way.DISK_RW));
    assertTrue(Way.POSIX_MMAP.sharesWith(Way.POSIX_MMAP_POPULATE));
    assertFalse(Way.DISK_COLD_RW.sharesWith(Way.DISK_RW));
    assertFalse(Way.DISK_DIRECT.sharesWith(Way.DISK_RW));
    assertFalse(Way.POSIX_MMAP_THP.sharesWith(Way.POSIX_MMAP));
    assertFalse(Way.POSIX_RW.sharesWith(Way.TMPFS_RW));
  }
}
