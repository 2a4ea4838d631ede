// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The original programs' own command lines, as a person types them. */
public final class ClassicSeedCommands implements Case {
  private static final int MESSAGE = 1000;
  private static final Pattern LENGTH = Pattern.compile("msg length=(\\d+)");
  private static final Pattern SHA256 = Pattern.compile("msg sha256=([0-9a-f]{64})");

  @Override
  public String name() {
    return "classic-seed-commands";
  }

  @Override
  public String title() {
    return "the original command lines in fresh processes";
  }

  @Override
  public String description() {
    return "WRITER "
        + MESSAGE
        + "B, then READER, with no option, at the default name or key; System V ends with CLEANER.";
  }

  @Override
  public String expectation() {
    return "All exit 0; between the two the object holds the text and its NUL; the reader prints the text's length and SHA-256; nothing stays.";
  }

  @Override
  public String layout() {
    return "classic";
  }

  @Override
  public boolean usesDefaultNames() {
    return true;
  }

  @Override
  public boolean usesFreshProcesses() {
    return true;
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    byte[] text = Classic.text(MESSAGE);
    exchange.fresh(Role.WRITER, MESSAGE + "B");
    Classic.requireObject(exchange, text);
    String printed = exchange.fresh(Role.READER);
    requirePrinted(exchange, printed, LENGTH, Integer.toString(text.length));
    requirePrinted(exchange, printed, SHA256, sha256(text));
    if (exchange.reader().api() == Api.SYSV) {
      exchange.fresh(Role.CLEANER);
    }
  }

  private static void requirePrinted(
      Exchange exchange, String printed, Pattern pattern, String expected) throws CellFailure {
    Matcher matcher = pattern.matcher(printed);
    if (!matcher.find()) {
      throw new CellFailure(
          Outcome.ERROR, "reader " + exchange.reader().id() + ": printed no '" + pattern + "'");
    }
    exchange.requireEqual(
        "what the reader " + exchange.reader().id() + " printed for " + pattern,
        expected.getBytes(StandardCharsets.US_ASCII),
        matcher.group(1).getBytes(StandardCharsets.US_ASCII));
  }

  private static String sha256(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
