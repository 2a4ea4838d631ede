// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import java.nio.file.Path;

/** The way by the pins. */
final class PinWay implements SkmsgWay {
  private static final int NONE = -1;

  private final String object;
  private final SkmsgMaps maps;
  private int socket = NONE;
  private long key;
  private long put;

  PinWay(Path folder) {
    object = folder.resolve(SkmsgManager.PINS).toString();
    maps = SkmsgMaps.open(folder.resolve(SkmsgManager.PINS));
  }

  @Override
  public void join(int sender, long senderKey) {
    check("join", maps.putCounts(senderKey));
    socket = sender;
    key = senderKey;
    put = senderKey;
  }

  @Override
  public void put(long target) {
    check("put", maps.putTarget(target, socket));
    put = target;
  }

  @Override
  public void take(long target) {
    check("take", maps.takeTarget(target));
  }

  @Override
  public void seek() {
    check("seek", maps.findTarget(key));
  }

  @Override
  public SkmsgCounts count() {
    SkmsgCounts counts = maps.counts(key);
    check("count", counts == null ? -Errno.ENOENT : 0);
    return counts;
  }

  @Override
  public boolean isAlive() {
    return true; // the maps stay as long as this process has them open
  }

  private void check(String step, int result) {
    if (result < 0) {
      throw new NativeCallException("skmsg " + step, object, -result);
    }
  }

  @Override
  public void close() {
    if (socket != NONE) {
      socket = NONE;
      maps.takeTarget(put);
      maps.takeCounts(key);
    }
    maps.close();
  }
}
