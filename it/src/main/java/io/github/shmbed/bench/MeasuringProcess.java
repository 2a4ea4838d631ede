// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that measures: a request is one line, its words separated by tabs; the answer is one
 * JSON object on a line. It stays while a bench runs, so that starting it is in no number. One
 * caller at a time.
 */
public final class MeasuringProcess implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String END = new String("end of output");

  private final String name;
  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final StringBuffer complaints = new StringBuffer();

  /**
   * Starts it.
   *
   * @param name what messages call it
   */
  public MeasuringProcess(String name, List<String> command) throws IOException {
    this.name = name;
    process = new ProcessBuilder(command).start();
    listen(process.getInputStream(), answers::add, () -> answers.add(END));
    listen(process.getErrorStream(), line -> complaints.append(' ').append(line), () -> {});
  }

  /**
   * Asks and waits.
   *
   * @return the answer's object
   * @throws Unsupported when the answer says so
   * @throws IOException when the answer is an error, when there is none within a minute, or when
   *     the program has ended
   */
  public Map<String, Object> ask(Object... words) throws IOException, Unsupported {
    String request = String.join("\t", Arrays.stream(words).map(String::valueOf).toList());
    process.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    String line = next(request);
    Map<String, Object> answer = Json.parseObject(line);
    if (answer.containsKey("unsupported")) {
      throw new Unsupported(Json.text(answer, "unsupported"));
    }
    if (answer.containsKey("error")) {
      throw failed(request, Json.text(answer, "error"));
    }
    return answer;
  }

  /**
   * The samples of an answer by their names, with the answer's counters: what {@link #ask} gives to
   * a series.
   */
  public static Map<String, Measurement> measurements(Map<String, Object> answer) {
    Map<String, Measurement> byStage = new LinkedHashMap<>();
    Json.object(answer, "samplesNs")
        .forEach(
            (stage, samples) ->
                byStage.put(
                    stage,
                    new Measurement(
                        ((List<?>) samples)
                            .stream()
                                .mapToDouble(sample -> ((Number) sample).doubleValue())
                                .toArray(),
                        Json.integer(answer, "operations", 1),
                        Json.integer(answer, "cpuNs", -1),
                        Json.integer(answer, "minorFaults", -1),
                        Json.integer(answer, "majorFaults", -1))));
    return byStage;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /**
   * Ends it: by the end of its input, so that it can clean up; by force when that takes more than
   * five seconds.
   */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException gone) {
      // it has ended already
    }
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String next(String request) throws IOException {
    String line;
    try {
      line = answers.poll(DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(name + ": interrupted", e);
    }
    if (line == null) {
      process.destroyForcibly();
      throw failed(request, "no answer within " + DEADLINE.toSeconds() + " s");
    }
    if (line == END) {
      answers.add(END);
      throw failed(request, "it has ended" + complaints);
    }
    return line;
  }

  private IOException failed(String request, String why) {
    return new IOException(name + ": " + request.replace('\t', ' ') + ": " + why);
  }

  private static void listen(
      InputStream stream, java.util.function.Consumer<String> line, Runnable end) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(line);
              } catch (IOException | UncheckedIOException closed) {
                // it was ended by force
              }
              end.run();
            },
            "shmbed-measuring");
    thread.setDaemon(true);
    thread.start();
  }
}
