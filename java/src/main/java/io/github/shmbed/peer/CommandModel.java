// SPDX-License-Identifier: Apache-2.0
// The command line as picocli's model: names and help texts. All values are text here; OptionParser
// checks them.
package io.github.shmbed.peer;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Builds the model of one role's command line. Built by calls, not annotations: reflection costs
 * start-up time.
 */
final class CommandModel {
  static final String API = "--api";
  static final String LAYOUT = "--layout";
  static final String NAME = "--name";
  static final String KEY_FILE = "--key-file";
  static final String KEY = "--key";
  static final String SEGMENT_SIZE = "--segment-size";
  static final String MODE = "--mode";
  static final String EXCLUSIVE = "--exclusive";
  static final String NO_RESERVE = "--no-reserve";
  static final String PAYLOAD = "--payload";
  static final String OUT = "--out";
  static final String RESULT = "--result";
  static final String DEADLINE_MS = "--deadline-ms";
  static final String CHANNEL = "--channel";
  static final String CODEC = "--codec";
  static final String SHAPE = "--shape";
  static final String VALUES = "--values";
  static final String COUNT = "--count";
  static final String WARMUP = "--warmup";
  static final String MESSAGE_SIZE = "--message-size";
  static final String WINDOW = "--window";
  static final String TRACE = "--trace";
  static final String RATE = "--rate";
  static final String NO_VERIFY = "--no-verify";
  static final String REPEAT = "--repeat";
  static final String SERVE = "--serve";
  static final String HELP = "--help";
  static final String VERSION = "--version";

  private static final int HELP_WIDTH = 100;

  private CommandModel() {}

  static CommandLine of(Role role) {
    CommandSpec spec = CommandSpec.create().name("./shmbed " + role.word());
    addApi(spec, role);
    if (role == Role.WRITER) {
      addWriterOptions(spec);
    }
    if (role != Role.CLEANER) {
      addExchangeOptions(spec, role);
    }
    addCommonOptions(spec);
    describe(spec, role);
    CommandLine line = new CommandLine(spec);
    line.setOverwrittenOptionsAllowed(true); // the last one counts
    line.setExpandAtFiles(false);
    line.setUsageHelpWidth(HELP_WIDTH);
    return line;
  }

  private static void addApi(CommandSpec spec, Role role) {
    value(spec, API, "posix|sysv", "API family: shm_open(3) or shmget(2). Default: posix");
    value(
        spec,
        KEY_FILE,
        "PATH",
        "System V: the key is ftok(PATH, 0), see ftok(3).",
        "Default: shmkey.txt here, else the one in peers/c/sysv/");
    value(spec, KEY, "N", "System V: the key itself, decimal or 0x.., 1 to 0xffffffff");
    if (role != Role.CLEANER) {
      value(
          spec,
          NAME,
          "/NAME",
          "POSIX: the segment's name, see shm_overview(7).",
          "Default: /shm_posix; os: /OS; framed: /shmbed");
    }
  }

  private static void addWriterOptions(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MSG_SIZE")
            .arity("0..1")
            .type(String.class)
            .description("<n>B, such as 1000B: a text of n-1 times 'a', and the NUL that ends it")
            .build());
    value(
        spec,
        PAYLOAD,
        "FILE",
        "Write this file's bytes. classic, os: no NUL in it; one is appended");
    flag(spec, EXCLUSIVE, "A segment that is already there is an error (EEXIST), not used again");
    flag(
        spec,
        NO_RESERVE,
        "Leave out posix_fallocate(3): a full /dev/shm is then a SIGBUS, not ENOSPC");
  }

  private static void addExchangeOptions(CommandSpec spec, Role role) {
    value(
        spec,
        SEGMENT_SIZE,
        "N",
        "Bytes, 1 to 2^46; suffix K, M, G. Default: 8388608; os: 4096; framed: as needed");
    value(spec, MODE, "M", "Permission bits in octal, exact. Default: 0600; os: 0666");
    if (role == Role.READER) {
      value(spec, OUT, "FILE", "Put the bytes that were read there, mode 0600");
      value(spec, VALUES, "FILE", "With --shape: put the values that were decoded there");
    }
    value(
        spec,
        CHANNEL,
        "SPEC",
        "framed: unix:PATH, unix-whole:PATH, unix-seqpacket:PATH, fifo:PATH, posix-mq:/NAME,",
        "posix-sem:/NAME, sysv-msg:KEY, futex, eventfd:PATH, skmsg:PATH, skmsg-pin:PATH, spin",
        "or rtering[:WORDS]");
    value(spec, SHAPE, "S", "framed: messages are values: record, telemetry or tensor");
    value(spec, COUNT, "N", "framed: measured messages. Default: 1");
    value(spec, WARMUP, "N", "framed: messages before them. Default: 0");
    value(spec, MESSAGE_SIZE, "N", "framed: bytes per message. Default: the payload file's size");
    value(spec, WINDOW, "N", "framed: messages on the way at most, 1 to 8. Default: 1");
    value(spec, RATE, "N", "framed, writer: messages per second; 0 is a closed loop. Default: 0");
    flag(spec, NO_VERIFY, "framed: no CRC32C and no SHA-256, for measuring only");
    value(spec, TRACE, "FILE", "framed: put the time stamps of each measured message there");
    value(
        spec,
        REPEAT,
        "N",
        "classic: the flow N times, for measuring; the stages are medians. Default: 1");
  }

  private static void addCommonOptions(CommandSpec spec) {
    value(
        spec,
        LAYOUT,
        "L",
        "classic: a text and a NUL. os: the same in the object OS (POSIX).",
        "framed: any bytes, many messages, over a channel. Default: classic");
    value(
        spec,
        CODEC,
        "C",
        "raw: bytes as they are. With --shape also: struct, json, msgpack, cbor, protobuf,",
        "flatbuffers");
    value(
        spec,
        DEADLINE_MS,
        "N",
        "Every wait ends N ms after the start, 1 to 86400000. Default: 10000");
    value(spec, RESULT, "FILE", "Write the result as one JSON object, mode 0600; '-' is stdout");
    flag(
        spec,
        SERVE,
        "Stay: one command line per line of stdin, one result per line of stdout; quit ends it");
    spec.addOption(OptionSpec.builder("-h", HELP).usageHelp(true).description("This text").build());
    spec.addOption(
        OptionSpec.builder(VERSION).versionHelp(true).description("The version").build());
  }

  private static void value(CommandSpec spec, String name, String label, String... description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  private static void flag(CommandSpec spec, String name, String description) {
    spec.addOption(
        OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build());
  }

  private static void describe(CommandSpec spec, Role role) {
    CommandLine.Model.UsageMessageSpec usage = spec.usageMessage();
    usage.optionListHeading("%nOptions:%n");
    usage.parameterListHeading("%nMessage:%n");
    usage.sortOptions(false);
    usage.footerHeading("%nExamples:%n");
    switch (role) {
      case WRITER:
        usage.description(
            "Creates a shared memory segment, or uses it again, and writes a message into it.");
        usage.footer(
            "  ./shmbed writer 1000B                       then, to read it: peers/c/posix/shm_reader.exe",
            "  ./shmbed writer --payload notes.txt         a text of your own",
            "  ./shmbed writer 1000B --api sysv            System V: shmget(2), shmat(2)",
            "  ./shmbed writer 1000B --result -            times and SHA-256 as JSON",
            "  ./shmbed writer --layout framed --channel futex --payload photo.jpg --count 1000",
            "",
            EXITS);
        break;
      case READER:
        usage.description(
            "Reads the message from a shared memory segment. POSIX: removes the segment then.");
        usage.footer(
            "  ./shmbed reader                             what ./shmbed writer 1000B or shm_writer.exe wrote",
            "  ./shmbed reader --out message.txt           keep what was read",
            "  ./shmbed reader --layout os                 prints the text of the object OS",
            "  ./shmbed reader --api sysv                  System V; ./shmbed cleaner --api sysv removes",
            "  ./shmbed reader --layout framed --channel futex --count 1000 --out photos",
            "",
            EXITS);
        break;
      default:
        usage.description(
            "Removes the System V segment (shmctl(2), IPC_RMID). POSIX readers remove theirs themselves.");
        usage.footer(
            "  ./shmbed cleaner --api sysv                 the segment of the default key file",
            "  ./shmbed cleaner --api sysv --key 0xa1b2    the segment of this key, as ipcs -m shows it",
            "",
            EXITS);
    }
  }

  private static final String EXITS =
      "Exit: 0 done, 1 failed, 64 usage, 77 unsupported. All of it: peers/CONTRACT.md.";
}
