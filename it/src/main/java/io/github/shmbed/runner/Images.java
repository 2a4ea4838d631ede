// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The peers' images: built from docker/NAME.Dockerfile with the tree as context, on a base image
 * that can be had.
 */
final class Images {
  static final String HUB_BASE = "debian:bookworm-slim";
  static final String LOCAL_BASE = "shmbed/base:bookworm";
  private static final int PULL_SECONDS = 120;

  private final DockerClient client;
  private final URI engine;
  private final Path home;
  private final Map<String, Object> ids = new LinkedHashMap<>();

  Images(DockerClient client, URI engine, Path home) {
    this.client = client;
    this.engine = engine;
    this.home = home;
  }

  /** The image of a name in peers.json. */
  static String tag(String name) {
    return "shmbed/peer-" + name;
  }

  /** Ids of what was built, by tag. */
  Map<String, Object> ids() {
    return ids;
  }

  /**
   * The id of an image that {@link #build} made. Containers are made from it, not from the tag: a
   * build in another checkout may have moved the tag since.
   */
  String id(String name) {
    return String.valueOf(ids.get(tag(name)));
  }

  /** Builds these images; what is built already takes a fraction of a second. */
  void build(List<String> names) throws RunnerUnavailable {
    if (names.isEmpty()) {
      return;
    }
    String base = baseImage();
    ids.put(base, client.inspectImageCmd(base).exec().getId());
    for (String name : names) {
      if (!isPresent(tag(name))) {
        System.err.println(
            "shmbed: building image " + tag(name) + " (the first time takes a minute)");
      }
      ids.put(tag(name), build(name, base));
    }
  }

  /**
   * Builds one image; returns its id, which is the last thing that a quiet build prints.
   *
   * <p>By Docker's own client: the Java one does not understand all of .dockerignore. Both talk to
   * the same engine.
   */
  private String build(String name, String base) throws RunnerUnavailable {
    List<String> command =
        List.of(
            "docker",
            "build",
            "--quiet",
            "--build-arg",
            "BASE_IMAGE=" + base,
            "--tag",
            tag(name) + ":latest",
            "--file",
            "docker/" + name + ".Dockerfile",
            ".");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    builder.environment().put("DOCKER_HOST", engine.toString());
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new RunnerUnavailable(
            "image "
                + tag(name)
                + " cannot be built ("
                + String.join(" ", command)
                + "): "
                + lastLine(said));
      }
      String id = lastLine(said);
      if (!id.startsWith("sha256:")) {
        throw new RunnerUnavailable(String.join(" ", command) + " printed no image id but: " + id);
      }
      return id;
    } catch (IOException e) {
      throw new RunnerUnavailable(
          "image "
              + tag(name)
              + " cannot be built: no docker client (./shmbed verify installs it): "
              + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunnerUnavailable("interrupted while building " + tag(name), e);
    }
  }

  /**
   * What was asked for by -Dshmbed.baseImage or SHMBED_BASE_IMAGE, else Docker Hub's, else the
   * local stand-in.
   */
  private String baseImage() throws RunnerUnavailable {
    String asked =
        System.getProperty(
            "shmbed.baseImage", System.getenv().getOrDefault("SHMBED_BASE_IMAGE", HUB_BASE));
    if (isPresent(asked)) {
      return asked;
    }
    if (asked.equals(HUB_BASE) && isPresent(LOCAL_BASE)) {
      return LOCAL_BASE;
    }
    try {
      client
          .pullImageCmd(asked)
          .exec(new PullImageResultCallback())
          .awaitCompletion(PULL_SECONDS, TimeUnit.SECONDS);
    } catch (DockerClientException | DockerException e) {
      throw new RunnerUnavailable(
          "no base image: "
              + asked
              + " cannot be pulled ("
              + firstLine(e)
              + "): ./shmbed verify makes "
              + LOCAL_BASE
              + " without Docker Hub",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunnerUnavailable("interrupted while pulling " + asked, e);
    }
    if (!isPresent(asked)) {
      throw new RunnerUnavailable(
          "no base image: "
              + asked
              + " was not pulled within "
              + PULL_SECONDS
              + " s: ./shmbed verify makes "
              + LOCAL_BASE
              + " without Docker Hub");
    }
    return asked;
  }

  private boolean isPresent(String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException absent) {
      return false;
    }
  }

  private static String lastLine(String text) {
    return text.strip().lines().reduce((first, second) -> second).orElse("no output");
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
