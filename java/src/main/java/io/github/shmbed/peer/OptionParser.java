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
import static io.github.shmbed.peer.CommandModel.MESSAGE_SIZE;
import static io.github.shmbed.peer.CommandModel.MODE;
import static io.github.shmbed.peer.CommandModel.NAME;
import static io.github.shmbed.peer.CommandModel.NO_RESERVE;
import static io.github.shmbed.peer.CommandModel.NO_VERIFY;
import static io.github.shmbed.peer.CommandModel.OUT;
import static io.github.shmbed.peer.CommandModel.PAYLOAD;
import static io.github.shmbed.peer.CommandModel.RATE;
import static io.github.shmbed.peer.CommandModel.REPEAT;
import static io.github.shmbed.peer.CommandModel.RESULT;
import static io.github.shmbed.peer.CommandModel.SEGMENT_SIZE;
import static io.github.shmbed.peer.CommandModel.SERVE;
import static io.github.shmbed.peer.CommandModel.SHAPE;
import static io.github.shmbed.peer.CommandModel.TRACE;
import static io.github.shmbed.peer.CommandModel.VALUES;
import static io.github.shmbed.peer.CommandModel.VERSION;
import static io.github.shmbed.peer.CommandModel.WARMUP;
import static io.github.shmbed.peer.CommandModel.WINDOW;

import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.codec.Codecs;
import io.github.shmbed.codec.RawCodec;
import io.github.shmbed.codec.Shape;
import io.github.shmbed.layout.ClassicLayout;
import io.github.shmbed.layout.FramedLayout;
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
  private static final long MAX_TRACE_ROWS = 50_000_000;
  private static final long MAX_RATE = 10_000_000;
  private static final long MAX_COUNT = 1_000_000_000;
  private static final long MAX_REPEAT = 1_000_000;

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
    Options options = options(api, posix);
    if (options.repeat() != 1 && !options.layout().equals(ClassicLayout.NAME)) {
      throw new UsageException("--repeat: for --layout classic only");
    }
    if (options.isFramed()) {
      checkFramed(options);
    } else {
      checkNotFramed(options);
    }
    checkSupported(options);
    return options;
  }

  private Options options(String api, boolean posix) {
    String layout = text(LAYOUT, ClassicLayout.NAME);
    LayoutDefaults defaults = LayoutDefaults.of(layout);
    String segmentSize = text(SEGMENT_SIZE, null);
    String messageSize = text(MESSAGE_SIZE, null);
    String mode = text(MODE, null);
    String key = text(KEY, null);
    return new Options(
        role,
        api,
        layout,
        posix ? name(text(NAME, defaults.name())) : null,
        key == null ? 0 : (int) Numbers.decimalOrHex(KEY, key, 1, MAX_KEY),
        path(KEY_FILE),
        segmentSize == null
            ? defaults.sizeBytes()
            : Numbers.size(SEGMENT_SIZE, segmentSize, 1, Limits.MAX_SIZE_BYTES),
        mode == null ? defaults.mode() : Numbers.mode(MODE, mode),
        line.hasMatchedOption(EXCLUSIVE),
        !line.hasMatchedOption(NO_RESERVE),
        textBytes(),
        path(PAYLOAD),
        path(OUT),
        text(RESULT, null),
        Numbers.decimal(DEADLINE_MS, text(DEADLINE_MS, "10000"), 1, MAX_DEADLINE_MS),
        text(CHANNEL, null),
        text(CODEC, RawCodec.NAME),
        Shape.of(text(SHAPE, null)),
        path(VALUES),
        Numbers.decimal(COUNT, text(COUNT, "1"), 1, MAX_COUNT),
        Numbers.decimal(WARMUP, text(WARMUP, "0"), 0, MAX_COUNT),
        messageSize == null
            ? -1
            : Numbers.size(MESSAGE_SIZE, messageSize, 0, Limits.MAX_SIZE_BYTES),
        (int) Numbers.decimal(WINDOW, text(WINDOW, "1"), 1, FramedLayout.MAX_WINDOW),
        Numbers.decimal(RATE, text(RATE, "0"), 0, MAX_RATE),
        !line.hasMatchedOption(NO_VERIFY),
        path(TRACE),
        Numbers.decimal(REPEAT, text(REPEAT, "1"), 1, MAX_REPEAT));
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

  private void checkFramed(Options options) {
    if (role == Role.CLEANER) {
      return;
    }
    if (options.textBytes() >= 0) {
      throw new UsageException("MSG_SIZE: the framed layout takes --payload FILE");
    }
    boolean shaped = line.hasMatchedOption(SHAPE);
    if (shaped && options.messageSizeBytes() >= 0) {
      throw new UsageException("--message-size: not with --shape, which says it");
    }
    if (!shaped && (namesAnotherCodec(options) || options.values() != null)) {
      throw new UsageException("--codec, --values: they need --shape");
    }
    if (role == Role.WRITER && options.payload() == null) {
      throw new UsageException("--payload: missing; the framed layout needs it");
    }
    if (role == Role.READER && options.rate() != 0) {
      throw new UsageException("--rate: the writer's option");
    }
    if (options.trace() != null && options.count() > MAX_TRACE_ROWS) {
      throw new UsageException("--trace: not with more than " + MAX_TRACE_ROWS + " messages");
    }
    if (options.channel() == null) {
      throw new UsageException("--channel: missing; the framed layout needs it");
    }
    ChannelKind kind = ChannelKind.of(options.channel());
    String wrong = kind == null ? null : kind.check(options.channel());
    if (wrong != null) {
      throw new UsageException("--channel " + options.channel() + ": " + wrong);
    }
  }

  private void checkNotFramed(Options options) {
    boolean os = options.layout().equals(OsLayout.NAME);
    boolean framedOnly =
        options.channel() != null
            || options.count() != 1
            || options.warmup() != 0
            || options.messageSizeBytes() >= 0
            || options.window() != 1
            || options.rate() != 0
            || !options.verify()
            || options.trace() != null
            || line.hasMatchedOption(SHAPE)
            || options.values() != null
            || namesAnotherCodec(options);
    if (framedOnly) {
      throw new UsageException(
          "--channel, --count, --warmup, --message-size, --window, --rate, --no-verify, --trace,"
              + " --shape, --codec, --values: for --layout framed only");
    }
    if (os && options.textBytes() >= 0) {
      throw new UsageException(
          "MSG_SIZE: the layout os has a text of its own; or use --payload FILE");
    }
    if (options.textBytes() >= 0 && options.payload() != null) {
      throw new UsageException("MSG_SIZE and --payload exclude each other");
    }
    boolean needsText = role == Role.WRITER && options.layout().equals(ClassicLayout.NAME);
    if (needsText && options.textBytes() < 0 && options.payload() == null) {
      throw new UsageException("MSG_SIZE: missing; say for example 1000B, or --payload FILE");
    }
  }

  /** Whether it is a codec that there is, but not the one for messages that are bytes. */
  private static boolean namesAnotherCodec(Options options) {
    return Codecs.NAMES.contains(options.codec()) && !options.codec().equals(RawCodec.NAME);
  }

  /** Last of the checks: a usage error outranks it. */
  private void checkSupported(Options options) {
    boolean os = options.layout().equals(OsLayout.NAME) && options.isPosix();
    if (!options.layout().equals(ClassicLayout.NAME) && !os && !options.isFramed()) {
      throw unsupported(
          "layout " + options.layout(),
          options.isPosix() ? "classic, os and framed" : "classic and framed");
    }
    if (!Codecs.NAMES.contains(options.codec())) {
      throw unsupported("codec " + options.codec(), String.join(", ", Codecs.NAMES));
    }
    if (line.hasMatchedOption(SHAPE) && options.shape() == null) {
      throw unsupported("shape " + text(SHAPE, null), "record, telemetry, tensor");
    }
    if (options.shape() != null) {
      checkLibrary(options.codec());
    }
    if (options.channel() != null && ChannelKind.of(options.channel()) == null) {
      throw unsupported("channel " + options.channel(), "those that --help lists");
    }
  }

  private static void checkLibrary(String codec) {
    try {
      Codecs.make(codec);
    } catch (NoClassDefFoundError missing) {
      throw new UnsupportedException(
          "codec "
              + codec
              + ": class "
              + missing.getMessage()
              + " is not on the class path: ./shmbed setup puts it into java/target/lib");
    }
  }

  private UnsupportedException unsupported(String what, String has) {
    return new UnsupportedException(what + ": java-" + text(API, Options.POSIX) + " has " + has);
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
