// SPDX-License-Identifier: Apache-2.0
// Words of a command line in, checked options out. Nothing is created before all of them are
// checked.
package io.github.shmbed.peer;

import static io.github.shmbed.peer.CommandModel.API;
import static io.github.shmbed.peer.CommandModel.CHANNEL;
import static io.github.shmbed.peer.CommandModel.CODEC;
import static io.github.shmbed.peer.CommandModel.COUNT;
import static io.github.shmbed.peer.CommandModel.DEADLINE_MS;
import static io.github.shmbed.peer.CommandModel.EXCLUSIVE;
import static io.github.shmbed.peer.CommandModel.HELP;
import static io.github.shmbed.peer.CommandModel.KEY;
import static io.github.shmbed.peer.CommandModel.KEY_FILE;
import static io.github.shmbed.peer.CommandModel.LAYOUT;
import static io.github.shmbed.peer.CommandModel.MODE;
import static io.github.shmbed.peer.CommandModel.NAME;
import static io.github.shmbed.peer.CommandModel.NO_RESERVE;
import static io.github.shmbed.peer.CommandModel.OUT;
import static io.github.shmbed.peer.CommandModel.PAYLOAD;
import static io.github.shmbed.peer.CommandModel.RESULT;
import static io.github.shmbed.peer.CommandModel.SEGMENT_SIZE;
import static io.github.shmbed.peer.CommandModel.SERVE;
import static io.github.shmbed.peer.CommandModel.VERSION;
import static io.github.shmbed.peer.CommandModel.WARMUP;

import io.github.shmbed.codec.RawCodec;
import io.github.shmbed.layout.ClassicLayout;
import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.segment.Limits;
import io.github.shmbed.segment.PosixName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Parses one role's command lines. One instance serves many lines; not thread-safe. */
final class OptionParser {
  private static final long MAX_KEY = 0xffffffffL;
  private static final long MAX_DEADLINE_MS = 86_400_000;
  private static final long MAX_COUNT = 1_000_000_000;

  private final Role role;
  private final CommandLine model;
  private ParseResult line;

  OptionParser(Role role) {
    this.role = role;
    this.model = CommandModel.of(role);
  }

  /** The role whose lines these are. */
  Role role() {
    return role;
  }

  /** The help text. */
  String help() {
    return model.getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /**
   * Parses and checks one line.
   *
   * @throws UsageException for what is wrong
   * @throws UnsupportedException for what is right but not here. A usage error outranks it: the
   *     line is wrong then, whatever this peer can do
   */
  Options parse(String[] words) {
    try {
      line = model.parseArgs(words);
    } catch (ParameterException wrong) {
      throw new UsageException(firstLine(wrong.getMessage()));
    }
    if (line.hasMatchedOption(HELP)
        || line.hasMatchedOption(VERSION)
        || line.hasMatchedOption(SERVE)) {
      throw new UsageException(
          "--help, --version and --serve: not beside other words of a command");
    }
    String api = text(API, Options.POSIX);
    if (!api.equals(Options.POSIX) && !api.equals(Options.SYSV)) {
      throw new UsageException("--api " + api + ": must be posix or sysv");
    }
    boolean posix = api.equals(Options.POSIX);
    checkFamily(posix);
    String layout = text(LAYOUT, ClassicLayout.NAME);
    Options options = options(api, posix, layout, layout.equals(OsLayout.NAME));
    checkSupported(options);
    checkMessage(options);
    return options;
  }

  private Options options(String api, boolean posix, String layout, boolean os) {
    String segmentSize = text(SEGMENT_SIZE, null);
    String mode = text(MODE, null);
    String key = text(KEY, null);
    return new Options(
        role,
        api,
        layout,
        posix
            ? name(
                text(NAME, os ? OsLayout.DEFAULT_SEGMENT_NAME : ClassicLayout.DEFAULT_SEGMENT_NAME))
            : null,
        key == null ? 0 : (int) Numbers.decimalOrHex(KEY, key, 1, MAX_KEY),
        path(KEY_FILE),
        segmentSize == null
            ? os ? OsLayout.DEFAULT_SIZE_BYTES : ClassicLayout.DEFAULT_SIZE_BYTES
            : Numbers.size(SEGMENT_SIZE, segmentSize, 1, Limits.MAX_SIZE_BYTES),
        mode == null
            ? os ? OsLayout.DEFAULT_MODE : ClassicLayout.DEFAULT_MODE
            : Numbers.mode(MODE, mode),
        line.hasMatchedOption(EXCLUSIVE),
        !line.hasMatchedOption(NO_RESERVE),
        textBytes(),
        path(PAYLOAD),
        path(OUT),
        text(RESULT, null),
        Numbers.decimal(DEADLINE_MS, text(DEADLINE_MS, "10000"), 1, MAX_DEADLINE_MS),
        text(CHANNEL, null),
        text(CODEC, RawCodec.NAME),
        Numbers.decimal(COUNT, text(COUNT, "1"), 1, MAX_COUNT),
        Numbers.decimal(WARMUP, text(WARMUP, "0"), 0, MAX_COUNT));
  }

  private void checkFamily(boolean posix) {
    if (posix && (line.hasMatchedOption(KEY) || line.hasMatchedOption(KEY_FILE))) {
      throw new UsageException(
          "--key, --key-file: POSIX segments have names: use --name, or --api sysv");
    }
    if (!posix && line.hasMatchedOption(NAME)) {
      throw new UsageException("--name: System V segments have keys: use --key or --key-file");
    }
    if (line.hasMatchedOption(KEY) && line.hasMatchedOption(KEY_FILE)) {
      throw new UsageException("--key and --key-file exclude each other");
    }
    if (posix && role == Role.CLEANER) {
      throw new UsageException(
          "--api posix: the POSIX reader removes its segment itself; say --api sysv, or see ./shmbed clean");
    }
  }

  private void checkSupported(Options options) {
    boolean classic = options.layout().equals(ClassicLayout.NAME);
    boolean os = options.layout().equals(OsLayout.NAME) && options.isPosix();
    if (!classic && !os) {
      throw new UnsupportedException(
          "layout "
              + options.layout()
              + ": java-"
              + options.api()
              + " has classic"
              + (options.isPosix() ? " and os" : ""));
    }
    if (!options.codec().equals(RawCodec.NAME)) {
      throw new UnsupportedException(
          "codec " + options.codec() + ": java-" + options.api() + " has raw");
    }
    if (options.channel() != null) {
      throw new UsageException("--channel: for --layout framed only");
    }
    if (options.count() != 1 || options.warmup() != 0) {
      throw new UsageException("--count, --warmup: for --layout framed only");
    }
  }

  private void checkMessage(Options options) {
    if (role != Role.WRITER) {
      return;
    }
    boolean os = options.layout().equals(OsLayout.NAME);
    if (os && options.textBytes() >= 0) {
      throw new UsageException(
          "MSG_SIZE: the layout os has a text of its own; or use --payload FILE");
    }
    if (options.textBytes() >= 0 && options.payload() != null) {
      throw new UsageException("MSG_SIZE and --payload exclude each other");
    }
    if (!os && options.textBytes() < 0 && options.payload() == null) {
      throw new UsageException("MSG_SIZE: missing; say for example 1000B, or --payload FILE");
    }
  }

  /** MSG_SIZE counts the NUL; -1 if it was not given. */
  private long textBytes() {
    List<String> words =
        line.matchedPositionals().isEmpty() ? null : line.matchedPositional(0).stringValues();
    if (words == null || words.isEmpty()) {
      return -1;
    }
    String text = words.get(0);
    if (!text.endsWith("B")) {
      throw new UsageException(
          "MSG_SIZE '" + text + "': must be a number of bytes and B, such as 1000B");
    }
    String number = text.substring(0, text.length() - 1);
    return Numbers.decimal("MSG_SIZE", number, 1, Limits.MAX_SIZE_BYTES) - 1;
  }

  private String text(String option, String otherwise) {
    return line.matchedOptionValue(option, otherwise);
  }

  private static String name(String name) {
    try {
      return PosixName.normalise(name);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(NAME + ": " + wrong.getMessage());
    }
  }

  private Path path(String option) {
    String text = text(option, null);
    if (text == null) {
      return null;
    }
    if (text.isEmpty()) {
      throw new UsageException(option + ": the path is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException wrong) {
      throw new UsageException(
          option + ": " + wrong.getReason() + "; start the JVM with LC_ALL=C.UTF-8");
    }
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
