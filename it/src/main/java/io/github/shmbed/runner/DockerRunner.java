// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.github.shmbed.kernel.Proc;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.kernel.RunId;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;

/**
 * Peers in containers: one long-running container per image, which shares the host's IPC namespace;
 * programs are started in it by exec. Peers that peers.json keeps out of containers run on the
 * host.
 */
public final class DockerRunner implements Runner {
  private static final String RYUK_DISABLED = "TESTCONTAINERS_RYUK_DISABLED";

  private final Path home;
  private final Run run;
  private final HostRunner host;
  private final DockerClient client;
  private final Images images;
  private final Map<String, PeerContainer> containers = new LinkedHashMap<>();
  private boolean closed;

  /**
   * Connects to the engine and removes containers that dead runs left.
   *
   * @throws RunnerUnavailable when no engine answers
   */
  public DockerRunner(Path home, Run run) throws RunnerUnavailable {
    this.home = home;
    this.run = run;
    this.host = new HostRunner(home);
    this.client = connect();
    this.images =
        new Images(
            client, DockerClientFactory.instance().getTransportConfig().getDockerHost(), home);
    removeContainersOfDeadRuns();
    letTwoRemoveOneContainer();
  }

  /**
   * At Ctrl-C both this program and Testcontainers remove the containers; whoever comes second is
   * told so by the engine, and Testcontainers would print that with a stack trace.
   */
  private static void letTwoRemoveOneContainer() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          if (!(failure instanceof ConflictException || failure instanceof NotFoundException)) {
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            failure.printStackTrace();
          }
        });
  }

  private static DockerClient connect() throws RunnerUnavailable {
    if (System.getenv(RYUK_DISABLED) == null) {
      // Testcontainers reads it from the environment alone, and without Docker Hub tries for
      // minutes to pull Ryuk's image
      throw new RunnerUnavailable(
          RYUK_DISABLED
              + " is not set: start by ./shmbed or by Maven, which set it, or set it to true");
    }
    try {
      return DockerClientFactory.instance().client();
    } catch (RuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new RunnerUnavailable(
          "Docker does not answer ("
              + why
              + "): ./shmbed verify installs and starts it; without Docker:"
              + " ./shmbed matrix --runner host, or mvn verify -Dshmbed.runner=host",
          e);
    }
  }

  @Override
  public String name() {
    return "docker";
  }

  @Override
  public void prepare(List<Peer> peers) throws RunnerUnavailable {
    host.prepare(peers);
    images.build(peers.stream().filter(Peer::inContainer).map(Peer::image).distinct().toList());
  }

  @Override
  public PeerProcess serve(Peer peer, Role role) throws IOException {
    if (!peer.inContainer()) {
      return host.serve(peer, role);
    }
    List<String> command = new ArrayList<>(peer.command(role));
    command.add("--serve");
    return container(peer).serve(peer, command);
  }

  @Override
  public Finished run(Peer peer, List<String> command, Duration deadline) throws IOException {
    return peer.inContainer()
        ? container(peer).run(peer, command, deadline)
        : host.run(peer, command, deadline);
  }

  @Override
  public String commandLine(Peer peer, List<String> command) {
    return peer.inContainer()
        ? PeerContainer.commandLine(home, peer, command)
        : host.commandLine(peer, command);
  }

  @Override
  public Map<String, Object> environment() {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("dockerEngine", String.valueOf(client.versionCmd().exec().getVersion()));
    environment.put("images", images.ids());
    return environment;
  }

  @Override
  public void close() {
    host.close();
    synchronized (this) {
      closed = true;
      containers.values().forEach(PeerContainer::remove);
      containers.clear();
    }
  }

  /** The container of the peer's image; a new one when the last had to be removed. */
  private synchronized PeerContainer container(Peer peer) throws IOException {
    if (closed) {
      throw new IOException("the run has ended");
    }
    PeerContainer container = containers.get(peer.image());
    if (container == null || container.isRemoved()) {
      container = PeerContainer.start(client, home, run, images.id(peer.image()));
      containers.put(peer.image(), container);
    }
    return container;
  }

  /**
   * Where Ryuk cannot be had, nobody else does. Containers of runs that live, of others, and of
   * runs of which it cannot be told from here are left alone.
   */
  private void removeContainersOfDeadRuns() {
    for (Container container :
        client
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(List.of(Run.CONTAINER_LABEL, Run.VIEW_LABEL + "=" + Proc.view()))
            .exec()) {
      Optional<RunId> id = RunId.parse(container.getLabels().getOrDefault(Run.CONTAINER_LABEL, ""));
      if (id.isPresent() && !id.get().isLive()) {
        try {
          client.removeContainerCmd(container.getId()).withForce(true).exec();
        } catch (NotFoundException gone) {
          // another run was faster
        } catch (DockerException e) {
          System.err.println(
              "shmbed: cannot remove container "
                  + container.getId()
                  + " of a dead run: "
                  + e.getMessage());
        }
      }
    }
  }
}
