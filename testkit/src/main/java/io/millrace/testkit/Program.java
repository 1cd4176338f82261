package io.millrace.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A running program with its whole output kept. Both outputs are drained by threads of their own,
 * so a chatty program never blocks. Thread-safe; {@link #close} leaves no process behind.
 */
public final class Program implements AutoCloseable {
  /**
   * What a program that ended left: its exit code (128 + signal when killed), and what it wrote to
   * standard output and standard error.
   */
  public record Result(int exitCode, String text, String errors) {
    /**
     * This result.
     *
     * @throws AssertionError with the program's own words when the exit code is not 0
     */
    public Result orFail() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + ":\n" + errors);
      }
      return this;
    }
  }

  private final List<String> command;
  private final Process process;
  private final Capture output;
  private final Capture errors;

  private Program(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.output = new Capture(process.getInputStream());
    this.errors = new Capture(process.getErrorStream());
  }

  /** Starts a program with this process's environment and an empty standard input. */
  public static Program start(List<String> command) {
    return start(command, Map.of(), Path.of(""));
  }

  /**
   * Starts a program in a folder, with variables put over this process's environment.
   *
   * @throws UncheckedIOException when it can't be started
   */
  public static Program start(
      List<String> command, Map<String, String> environment, Path directory) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.directory(directory.toAbsolutePath().toFile());
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new Program(List.copyOf(command), process);
    } catch (IOException e) {
      throw new UncheckedIOException("can't start " + command.getFirst(), e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote to standard output so far. */
  public String outputSoFar() {
    return output.text();
  }

  /** What it wrote to standard error so far. */
  public String errorsSoFar() {
    return errors.text();
  }

  /**
   * Waits for its end.
   *
   * @throws AssertionError when it is still running at the deadline; it is killed then
   */
  public Result await(Duration deadline) {
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new AssertionError(
            "still running after " + deadline + ": " + command + "\n" + errors.text());
      }
      output.awaitEnd();
      errors.awaitEnd();
      return new Result(process.exitValue(), output.text(), errors.text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + command, e);
    }
  }

  /** Asks it to end (SIGTERM) and waits. */
  public Result stop(Duration deadline) {
    process.destroy();
    return await(deadline);
  }

  /** Ends it at once (SIGKILL); what it started lives on, as after a real kill. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Ends it and everything it started. */
  @Override
  public void close() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * The bytes of one output, collected until the stream's end by a thread of its own: reading a
   * pipe holds a virtual thread's carrier, and with a few programs there would be none left.
   */
  private static final class Capture {
    private static final long END_MILLIS = 5_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread reader;

    Capture(InputStream stream) {
      reader = Thread.ofPlatform().daemon().start(() -> drain(stream));
    }

    private void drain(InputStream stream) {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          bytes.write(buffer, 0, n);
        }
      } catch (IOException e) {
        // The pipe was closed under the reader: the program was killed, and nothing more comes.
        bytes.writeBytes("[output closed]".getBytes(StandardCharsets.UTF_8));
      }
    }

    /** Bounded: a grandchild that inherited the pipe may hold it open. */
    void awaitEnd() throws InterruptedException {
      reader.join(END_MILLIS);
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
