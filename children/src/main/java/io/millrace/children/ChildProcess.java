package io.millrace.children;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that runs for the server and ends with it. It runs in a session of its own, so a Ctrl-C
 * at the console reaches the server alone, beside a watcher that reads a pipe from the server:
 *
 * <pre>
 *   server ──pipe──> watcher (/bin/sh) ──signals──> child ──> its own children (same process group)
 * </pre>
 *
 * When the pipe ends, because {@link #stop} closed it or because the server is gone ({@code kill
 * -9} included), the watcher sends the stop signals 0.7 s apart and then kills the group: all is
 * over within 2 s. Programs that leave the group (PostgreSQL's workers) must watch their own
 * parent, as PostgreSQL's do.
 *
 * <p>Whether an unexpected end is followed by a new start is for the owner to say ({@link
 * #exited}). Thread-safe.
 */
public final class ChildProcess {
  /** Longer lines of output are cut, in characters. */
  public static final int LONGEST_LINE = 4096;

  private static final Logger LOGGER = LoggerFactory.getLogger(ChildProcess.class);
  private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");
  private static final String GUARD = guard();

  private final ChildCommand command;
  private final Process process;
  private final OutputStream pipe;
  private final CompletableFuture<Integer> exited;

  private ChildProcess(ChildCommand command, Process process) {
    this.command = command;
    this.process = process;
    this.pipe = process.getOutputStream();
    this.exited =
        process
            .onExit()
            .thenApply(
                ended -> {
                  forget();
                  return ended.exitValue();
                });
  }

  /**
   * Starts a child.
   *
   * @throws IOException when there is no {@code setsid} or {@code /bin/sh}, or the pid file cannot
   *     be written. A program that cannot be run is seen as an exit with 126 or 127
   */
  public static ChildProcess start(ChildCommand command) throws IOException {
    List<String> line = new ArrayList<>(List.of("setsid", "/bin/sh", "-c", GUARD));
    line.add(command.stop().stream().map(Signal::name).collect(Collectors.joining(" ")));
    line.addAll(command.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(command.directory().toFile()).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(INHERITED);
    environment.putAll(command.environment());
    Process process = builder.start();
    ChildProcess child = new ChildProcess(command, process);
    try {
      child.remember();
    } catch (IOException e) {
      child.closePipe();
      throw e;
    }
    Thread.ofPlatform()
        .daemon()
        .name("child-" + command.name() + "-output")
        .start(() -> readLines(process.getInputStream(), command.output()));
    return child;
  }

  /** The child's own process id. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Completes with the exit status (128 and the signal's number when a signal ended it), on a
   * thread of the JDK's: hop to your own context.
   */
  public CompletableFuture<Integer> exited() {
    return exited;
  }

  /** Sends a signal; a child that has ended gets none. */
  public void signal(Signal signal) {
    try {
      synchronized (pipe) {
        pipe.write((signal.name() + "\n").getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
      }
    } catch (IOException e) {
      LOGGER
          .atDebug()
          .addKeyValue("child", command.name())
          .addKeyValue("signal", signal)
          .log("not signalled, it has ended");
    }
  }

  /**
   * Stops the child: its first stop signal, then as long as {@code grace} to end by itself, then
   * what happens when the server dies. Blocks the caller, for 2 s more than {@code grace} at most.
   *
   * @return its exit status
   * @throws IOException when it could not be ended (it hangs in the kernel)
   */
  public int stop(Duration grace) throws IOException {
    signal(command.stop().getFirst());
    try {
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        LOGGER
            .atWarn()
            .addKeyValue("child", command.name())
            .addKeyValue("graceMillis", grace.toMillis())
            .log("child did not stop in time, ending it");
      }
      closePipe();
      return exited.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      closePipe();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping " + command.name(), e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(command.name() + " (process " + pid() + ") cannot be ended", e);
    }
  }

  private void closePipe() {
    try {
      synchronized (pipe) {
        pipe.close();
      }
    } catch (IOException e) {
      LOGGER.atDebug().addKeyValue("child", command.name()).log("pipe was closed before");
    }
  }

  private void remember() throws IOException {
    if (command.pidFile().isPresent()) {
      var identity = ProcessIdentity.of(pid());
      if (identity.isPresent()) {
        identity.get().write(command.pidFile().get());
      }
    }
  }

  private void forget() {
    command
        .pidFile()
        .ifPresent(
            file -> {
              try {
                if (ProcessIdentity.read(file).filter(was -> was.pid() == pid()).isPresent()) {
                  Files.deleteIfExists(file);
                }
              } catch (IOException e) {
                LOGGER.atWarn().addKeyValue("file", file).log("pid file cannot be deleted");
              }
            });
  }

  private static void readLines(InputStream from, Consumer<String> to) {
    StringBuilder line = new StringBuilder();
    try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          to.accept(line.toString());
          line.setLength(0);
        } else if (line.length() < LONGEST_LINE) {
          line.append((char) c);
        }
      }
    } catch (IOException e) {
      LOGGER.atTrace().log("a child's output has ended");
    }
    if (!line.isEmpty()) {
      to.accept(line.toString());
    }
  }

  private static String guard() {
    try (InputStream script = ChildProcess.class.getResourceAsStream("guard.sh")) {
      if (script == null) {
        throw new IllegalStateException("guard.sh is not in the jar");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
