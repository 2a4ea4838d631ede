// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.Volume;
import io.github.shmbed.kernel.Proc;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.registry.Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One running container of a peer image. It gets what the exchange needs and no more: the host's
 * IPC namespace, the run's directory, the folder of the key file; no network, no capability, no new
 * privileges, this user's ids.
 */
final class PeerContainer {
  /** Where the images hold the tree. */
  private static final String TREE = "/opt/shmbed";

  /**
   * The images look for the key file here; a folder, since a file that is replaced would keep its
   * old inode in a bind of its own.
   */
  private static final String KEY_FOLDER = TREE + "/key";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  private final DockerClient client;
  private final GenericContainer<?> container;
  private volatile boolean removed;

  private PeerContainer(DockerClient client, GenericContainer<?> container) {
    this.client = client;
    this.container = container;
  }

  static PeerContainer start(DockerClient client, Path home, Run run, String imageId)
      throws IOException {
    Bind runDirectory =
        new Bind(run.directory().toString(), new Volume(run.directory().toString()), AccessMode.rw);
    Bind keyFolder =
        new Bind(home.resolve("peers/c/sysv").toString(), new Volume(KEY_FOLDER), AccessMode.ro);
    GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(imageId));
    container.withCommand("sleep", "infinity");
    container.withLabel(Run.CONTAINER_LABEL, run.id().toString());
    container.withLabel(Run.VIEW_LABEL, Proc.view());
    container.withStartupTimeout(START_TIMEOUT);
    container.withImagePullPolicy(name -> false);
    container.withCreateContainerCmdModifier(
        create -> {
          create.withUser(Proc.uid() + ":" + Proc.gid());
          create
              .getHostConfig()
              .withIpcMode("host")
              .withNetworkMode("none")
              .withInit(true)
              .withCapDrop(Capability.ALL)
              .withSecurityOpts(List.of("no-new-privileges"))
              .withBinds(runDirectory, keyFolder);
        });
    try {
      container.start();
    } catch (RuntimeException e) {
      throw new IOException("container of " + imageId + " does not start: " + rootCause(e), e);
    }
    return new PeerContainer(client, container);
  }

  /** The program's line for a shell, in a container of its own. */
  static String commandLine(Path home, Peer peer, List<String> command) {
    return "docker run --rm --ipc=host --network=none --user "
        + Proc.uid()
        + ":"
        + Proc.gid()
        + " -v "
        + home.resolve("peers/c/sysv")
        + ":"
        + KEY_FOLDER
        + ":ro -w "
        + directory(peer)
        + " "
        + Images.tag(peer.image())
        + " "
        + String.join(" ", command);
  }

  boolean isRemoved() {
    return removed;
  }

  /** Removes the container and all that runs in it. Calling it twice does no harm. */
  void remove() {
    removed = true;
    try {
      client
          .removeContainerCmd(container.getContainerId())
          .withForce(true)
          .withRemoveVolumes(true)
          .exec();
    } catch (NotFoundException | ConflictException gone) {
      // removed before, or Testcontainers does it this moment
    } catch (DockerException e) {
      System.err.println(
          "shmbed: container "
              + container.getContainerId()
              + " stays ("
              + e.getMessage()
              + "); ./shmbed clean --yes removes it");
    }
  }

  PeerProcess serve(Peer peer, List<String> command) throws IOException {
    try {
      String exec = create(peer, command, true);
      ContainerProcess process = new ContainerProcess(exec);
      client.execStartCmd(exec).withStdIn(process.stdin).withTty(false).exec(process.output);
      return process;
    } catch (DockerException e) {
      throw new IOException(
          "peer " + peer.id() + ": exec of " + command.get(0) + ": " + e.getMessage(), e);
    }
  }

  Finished run(Peer peer, List<String> command, Duration deadline) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    try {
      String exec = create(peer, command, false);
      boolean ended =
          client
              .execStartCmd(exec)
              .exec(
                  new ResultCallback.Adapter<Frame>() {
                    @Override
                    public void onNext(Frame frame) {
                      (frame.getStreamType() == StreamType.STDERR ? stderr : stdout)
                          .writeBytes(frame.getPayload());
                    }
                  })
              .awaitCompletion(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        remove();
        return new Finished(Optional.empty(), stdout.toByteArray(), stderr.toByteArray(), 0);
      }
      InspectExecResponse inspect = client.inspectExecCmd(exec).exec();
      return new Finished(
          Optional.of(status(inspect)), stdout.toByteArray(), stderr.toByteArray(), pid(inspect));
    } catch (DockerException e) {
      throw new IOException(
          "peer " + peer.id() + ": exec of " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    }
  }

  private String create(Peer peer, List<String> command, boolean withStdin) {
    return client
        .execCreateCmd(container.getContainerId())
        .withCmd(command.toArray(new String[0]))
        .withWorkingDir(directory(peer))
        .withAttachStdin(withStdin)
        .withAttachStdout(true)
        .withAttachStderr(true)
        .exec()
        .getId();
  }

  private static String directory(Peer peer) {
    return Path.of(TREE).resolve(peer.directory()).normalize().toString();
  }

  private static ExitStatus status(InspectExecResponse inspect) {
    Long code = inspect.getExitCodeLong();
    // an exec whose container was killed has no code
    return new ExitStatus(code == null ? 137 : code.intValue());
  }

  private static long pid(InspectExecResponse inspect) {
    Long pid = inspect.getPidLong();
    return pid == null ? 0 : pid;
  }

  private static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).strip();
  }

  /** A program that serves in this container. */
  private final class ContainerProcess extends PeerProcess {
    private final String exec;
    private final Lines stdin = new Lines();
    private long hostPid = -1;

    private final ResultCallback.Adapter<Frame> output =
        new ResultCallback.Adapter<>() {
          @Override
          public void onNext(Frame frame) {
            byte[] payload = frame.getPayload();
            if (frame.getStreamType() == StreamType.STDERR) {
              deliverStderr(payload, payload.length);
            } else {
              deliver(payload, payload.length);
            }
          }

          @Override
          public void onError(Throwable failure) {
            super.onError(failure);
            ended();
          }

          @Override
          public void onComplete() {
            super.onComplete();
            ended();
          }
        };

    ContainerProcess(String exec) {
      this.exec = exec;
    }

    /**
     * As the engine knows it; 0 before it has started, and where that process cannot be seen from
     * here (a virtual machine in between).
     */
    @Override
    public synchronized long pid() {
      if (hostPid < 0) {
        long pid = PeerContainer.pid(client.inspectExecCmd(exec).exec());
        if (pid == 0) {
          return 0;
        }
        hostPid = Proc.startTicks(pid) >= 0 ? pid : 0;
      }
      return hostPid;
    }

    /**
     * Docker cannot kill one exec, so the container goes with all its programs; those are started
     * again when they are needed.
     */
    @Override
    public void kill() {
      if (isUsable()) {
        remove();
      }
    }

    @Override
    protected void send(byte[] bytes) {
      stdin.lines.add(bytes);
    }

    @Override
    protected ExitStatus exitStatus() {
      try {
        return status(client.inspectExecCmd(exec).exec());
      } catch (NotFoundException removedMeanwhile) {
        return new ExitStatus(137);
      }
    }

    private void ended() {
      stdin.lines.add(Lines.END);
      deliverEnd();
    }
  }

  /** Standard input of an exec: blocks until there is a line. */
  private static final class Lines extends InputStream {
    private static final byte[] END = new byte[0];
    private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();
    private byte[] current = END;
    private int position;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (ended || length == 0) {
        return ended ? -1 : 0;
      }
      if (position == current.length) {
        try {
          current = lines.take();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
        position = 0;
        if (current == END) {
          ended = true;
          return -1;
        }
      }
      int count = Math.min(length, current.length - position);
      System.arraycopy(current, position, buffer, offset, count);
      position += count;
      return count;
    }
  }
}
