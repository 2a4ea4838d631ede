// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SysvObjectTest {
  @Test
  void aSegmentIsReadFromTheKernelsTable() {
    String table =
        """
               key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
               -17         42  1600               8388608   100   101      2  1000  1000  1000  1000          0          0 1700000000                  8192                     0
        """;
    List<SysvObject> objects = SysvObject.parse(SysvObject.Kind.SHM, table);
    assertEquals(
        List.of(
            new SysvObject(
                SysvObject.Kind.SHM, -17, 42, 01600, 8388608, 8192, 100, 2, 1000, 1700000000L)),
        objects);
    assertEquals("shm key 0xffffffef id 42", objects.get(0).describe());
  }

  @Test
  void semaphoresAndQueuesHaveTheirOwnColumns() {
    String sems =
        "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n         7          3   666          5     0     0     0     0          0          9\n";
    assertEquals(5, SysvObject.parse(SysvObject.Kind.SEM, sems).get(0).sizeBytes());
    String queues =
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n        7          4   600         144          3    11    12     0     0     0     0          0          0          9\n";
    assertEquals(144, SysvObject.parse(SysvObject.Kind.MSG, queues).get(0).sizeBytes());
    assertEquals(
        List.of(), SysvObject.parse(SysvObject.Kind.MSG, queues.lines().findFirst().orElseThrow()));
  }
}
