// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MessageLedgerTest {
  @Test
  void histogramsAreReadableByAnyHdrHistogram() throws DataFormatException {
    MessageLedger ledger = new MessageLedger(0, Stage.WRITE, Stage.NOTIFY);
    for (int i = 1; i <= 1001; i++) {
      ledger.record(Stage.WRITE, i == 1, true, i);
    }
    byte[] encoded = Base64.getDecoder().decode(ledger.encoded(Stage.WRITE));
    Histogram decoded = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 1);
    assertEquals(1001, decoded.getTotalCount());
    assertEquals(501, decoded.getValueAtPercentile(50));
    assertEquals(501, ledger.typicalNs(Stage.WRITE, 1001));
    assertEquals(1001, ledger.typicalNs(Stage.WRITE, 1), "of one message its own time");
    assertFalse(ledger.has(Stage.NOTIFY));
  }

  @Test
  void theWarmUpCountsOnlyAsFirst() {
    MessageLedger ledger = new MessageLedger(0, Stage.READ);
    ledger.record(Stage.READ, true, false, 5000);
    assertFalse(ledger.has(Stage.READ));
    assertTrue(ledger.hasFirst(Stage.READ));
    assertEquals(5000, ledger.firstNs(Stage.READ));
  }

  @Test
  void negativeTimesAreCountedAndNotClamped() {
    MessageLedger ledger = new MessageLedger(0, Stage.TRANSMIT);
    ledger.record(Stage.TRANSMIT, true, true, -3);
    ledger.record(Stage.TRANSMIT, false, true, 10);
    assertEquals(1, ledger.negative());
    assertEquals(-3, ledger.firstNs(Stage.TRANSMIT));
    assertEquals(10, ledger.typicalNs(Stage.TRANSMIT, 2));
  }

  @Test
  void aTimeBeyondAnHourIsRecordedAsAnHour() {
    MessageLedger ledger = new MessageLedger(0, Stage.WAIT);
    ledger.record(Stage.WAIT, true, true, Long.MAX_VALUE);
    long hourNs = 3_600_000_000_000L;
    assertEquals(hourNs, ledger.typicalNs(Stage.WAIT, 2), hourNs / 1000);
  }

  @Test
  void theTraceIsRowsOfThreeLittleEndianNumbers() {
    MessageLedger ledger = new MessageLedger(6, Stage.WRITE);
    ledger.trace(1, 2, 3);
    ledger.trace(4, 5, 6);
    ledger.trace(7, 8, 9); // more than were announced
    ByteBuffer trace = ByteBuffer.wrap(ledger.traceBytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(48, trace.remaining());
    assertEquals(1, trace.getLong(0));
    assertEquals(6, trace.getLong(40));
  }

  @Test
  void theLoopsUsageIsADifference() {
    MessageLedger ledger = new MessageLedger(0, Stage.WRITE);
    ledger.begin();
    byte[] touched = new byte[64 << 20];
    ledger.end();
    assertTrue(ledger.usage().userNs() + ledger.usage().systemNs() < 60_000_000_000L);
    assertTrue(ledger.usage().minorFaults() >= 0 && touched.length > 0);
    assertTrue(ledger.clockPairNs() >= 0 && ledger.clockPairNs() < 1_000_000);
  }
}
