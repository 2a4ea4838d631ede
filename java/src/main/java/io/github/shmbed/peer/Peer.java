// SPDX-License-Identifier: Apache-2.0
// One command line in, one result out; the same for a fresh process and for a line of --serve.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.MemoryFault;
import java.io.IOException;
import java.io.OutputStream;

/** Runs commands of one role. */
final class Peer {
  private static final long NS_PER_MS = 1_000_000;

  private final OptionParser parser;

  Peer(Role role) {
    parser = new OptionParser(role);
  }

  Role role() {
    return parser.role();
  }

  String help() {
    return parser.help();
  }

  /**
   * Runs one command line.
   *
   * @param stdout gets the text of the layout os; null for nowhere
   */
  Result run(String[] words, OutputStream stdout) {
    Options options;
    try {
      options = parser.parse(words);
    } catch (UsageException wrong) {
      return refused(words, ExitCode.USAGE, wrong);
    } catch (UnsupportedException missing) {
      return refused(words, ExitCode.UNSUPPORTED, missing);
    }
    Result result = new Result(parser.role(), options.api(), options);
    long deadlineNs = Ledger.nowNs() + options.deadlineMs() * NS_PER_MS;
    SegmentStages stages = SegmentStages.of(result);
    try {
      exchange(result, stages, deadlineNs, options.resultOnStdout() ? null : stdout);
      result.finish();
    } catch (NativeCallException failed) {
      result.fail(Failure.of(failed, result.stage()));
    } catch (LayoutException broken) {
      result.fail(Failure.of(broken));
    } catch (IOException failed) {
      result.fail(Failure.of(failed));
    } catch (OutOfMemoryError full) {
      result.fail(Failure.outOfMemory());
    } catch (InternalError fault) {
      if (!MemoryFault.isOne(fault)) {
        throw fault;
      }
      NativeCallException late = MemoryFault.of("access shared memory", object(result), fault);
      result.fail(Failure.of(late, null));
    } finally {
      stages.undo(); // nothing, unless the command failed after it had created a segment
      Undo.done();
    }
    return result;
  }

  private void exchange(Result result, SegmentStages stages, long deadlineNs, OutputStream stdout)
      throws IOException {
    boolean writer = parser.role() == Role.WRITER;
    if (parser.role() == Role.CLEANER) {
      ((SysvStages) stages).clean(); // the parser lets no other family through
    } else if (result.options().isFramed() && writer) {
      new FramedWriter(result, stages, deadlineNs).run();
    } else if (result.options().isFramed()) {
      new FramedReader(result, stages, deadlineNs).run();
    } else if (writer) {
      new ClassicExchange(result, stages).write();
    } else {
      new ClassicExchange(result, stages).read(stdout);
    }
  }

  private static String object(Result result) {
    return result.options().isPosix() ? result.options().name() : "segment";
  }

  /** The answer to a line that is not even a command. */
  Result refuse(String[] before, UsageException why) {
    return refused(before, ExitCode.USAGE, why);
  }

  /**
   * A refused line has no options, but its peer id needs the API family: the last one that was
   * named.
   */
  private Result refused(String[] words, int exit, RuntimeException why) {
    String api = LooseWords.last(words, CommandModel.API);
    Result result = new Result(parser.role(), Options.SYSV.equals(api) ? api : Options.POSIX, null);
    result.refuse(exit, why.getMessage());
    return result;
  }
}
