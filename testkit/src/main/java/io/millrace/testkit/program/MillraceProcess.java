package io.millrace.testkit.program;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The packaged program, run as a user runs it: the distribution's start script, settings by
 * environment, judged from outside. {@link #close} leaves no process behind.
 */
public final class MillraceProcess implements AutoCloseable {
  /** The key that may publish any stream of the app {@code live}. */
  public static final String PUBLISH_KEY = "e2e-publish-key-0123456789";

  public static final String ADMIN_PASSWORD = "e2e-Admin-password-1";

  /** The setting that names the roles. */
  public static final String ROLES = "MILLRACE_ROLES";

  private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(10);
  private static final Duration START_DEADLINE = Duration.ofSeconds(60);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(REQUEST_DEADLINE).build();

  private final Program program;
  private final Ports ports;
  private final Path data;

  private MillraceProcess(Program program, Ports ports, Path data) {
    this.program = program;
    this.ports = ports;
    this.data = data;
  }

  /** Starts {@code serve} and waits until it is ready. */
  public static MillraceProcess serve(Path data, Ports ports, Map<String, String> settings) {
    MillraceProcess server = start(data, ports, settings, List.of("serve"));
    server.awaitReady();
    return server;
  }

  /**
   * Starts a command without waiting for anything.
   *
   * @param data the data directory, given by {@code --data}
   * @param settings environment variables, over the ports and keys of these tests, and over the
   *     roles: those of the media side, unless {@link #ROLES} says otherwise (nothing for all), or
   *     the command names a file of settings
   * @param command the command and its options
   */
  public static MillraceProcess start(
      Path data, Ports ports, Map<String, String> settings, List<String> command) {
    List<String> words = new ArrayList<>();
    words.add(executable().toString());
    words.addAll(command);
    words.add("--data");
    words.add(data.toString());
    return new MillraceProcess(
        Program.start(words, environment(ports, settings, words), Path.of("")), ports, data);
  }

  /** Runs a command that ends by itself, as {@code config check}. */
  public static Program.Result run(
      Duration deadline, Map<String, String> settings, List<String> command) {
    List<String> words = new ArrayList<>();
    words.add(executable().toString());
    words.addAll(command);
    try (Program program =
        Program.start(words, environment(Ports.free(), settings, words), Path.of(""))) {
      return program.await(deadline);
    }
  }

  /**
   * The start script of the built distribution, or of the one that {@code
   * -Dmillrace.distribution=FOLDER} names.
   *
   * @throws IllegalStateException when nothing was built
   */
  public static Path executable() {
    String named = System.getProperty("millrace.distribution");
    if (named != null) {
      return Path.of(named).resolve("bin/millrace");
    }
    Path target = Clips.repositoryRoot().resolve("app/target");
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(target, "millrace-*")) {
      for (Path folder : folders) {
        if (Files.isExecutable(folder.resolve("bin/millrace"))) {
          return folder.resolve("bin/millrace");
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("no distribution in " + target + "; build app first", e);
    }
    throw new IllegalStateException("no distribution in " + target + "; build app first");
  }

  /**
   * Waits until every role is ready.
   *
   * @throws AssertionError with what it wrote when it ends or takes too long
   */
  public void awaitReady() {
    try {
      Awaitility.await("ready")
          .pollInterval(Duration.ofMillis(20))
          .atMost(START_DEADLINE)
          .failFast(this::mustLive)
          .until(this::isReady);
    } catch (ConditionTimeoutException e) {
      String health = fetch(management("/health/ready")).map(Answer::body).orElse("no answer");
      throw new AssertionError("not ready in " + START_DEADLINE + ": " + health + "\n" + log(), e);
    }
  }

  private void mustLive() {
    if (!program.isAlive()) {
      throw new AssertionError("it ended before it was ready:\n" + log());
    }
  }

  public boolean isReady() {
    return fetch(management("/health/ready")).map(answer -> answer.status() == 200).orElse(false);
  }

  public Ports ports() {
    return ports;
  }

  public Path data() {
    return data;
  }

  /** The program itself: its outputs, its end. */
  public Program program() {
    return program;
  }

  /** Everything it wrote to the console so far. */
  public String log() {
    return program.outputSoFar() + program.errorsSoFar();
  }

  /** An address on the public listener. */
  public URI http(String path) {
    return URI.create("http://127.0.0.1:" + ports.http() + path);
  }

  /** An address on the operators' port. */
  public URI management(String path) {
    return URI.create("http://127.0.0.1:" + ports.management() + path);
  }

  /** The playlist of a stream of the app {@code live}. */
  public URI playlist(String stream) {
    return http("/play/live/" + stream + "/index.m3u8");
  }

  /** Where an encoder publishes a stream of the app {@code live}. */
  public String rtmp(String stream) {
    return rtmp(ports.rtmp(), stream, PUBLISH_KEY);
  }

  /** The same through another port or with another key. */
  public static String rtmp(int port, String stream, String key) {
    return "rtmp://127.0.0.1:" + port + "/live/" + stream + "?key=" + key;
  }

  /** What an address answers; empty when nobody answers. */
  public Optional<Answer> fetch(URI address) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(address).timeout(REQUEST_DEADLINE).build(),
              HttpResponse.BodyHandlers.ofString());
      String type = response.headers().firstValue("content-type").orElse("");
      return Optional.of(new Answer(response.statusCode(), type, response.body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The sum of a counter over all its labels, 0 when it was never counted. */
  public double counter(String name) {
    String text = fetch(management("/metrics")).map(Answer::body).orElse("");
    return text.lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** This process and everything it started that lives. */
  public List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>();
    ProcessHandle.of(program.pid())
        .ifPresent(
            handle -> {
              all.add(handle);
              handle.descendants().forEach(all::add);
            });
    return all;
  }

  /** Those of {@link #processes} that transcode. */
  public List<ProcessHandle> transcoders() {
    return processes().stream().filter(MillraceProcess::isTranscoder).toList();
  }

  /** And not what watches over one, whose command line names it too. */
  private static boolean isTranscoder(ProcessHandle process) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    return process.info().command().filter(command -> command.endsWith("/java")).isPresent()
        && List.of(arguments).contains("io.millrace.transcoder.Main");
  }

  /** Every living process that works in a data directory: by its command line or its folder. */
  public static List<String> processesUsing(Path data) {
    List<String> users = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            Path.of("/proc"), entry -> entry.getFileName().toString().matches("\\d+"))) {
      for (Path entry : entries) {
        String commandLine = commandLine(entry);
        boolean mentions = commandLine.contains(data.toString()) || worksIn(entry, data);
        if (mentions && !entry.getFileName().toString().equals(Long.toString(self))) {
          users.add(entry.getFileName() + " " + commandLine);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return users;
  }

  /** As a power cut would: nothing of its own can run any more. What it started is not touched. */
  public void killHard() {
    program.kill();
    program.await(Duration.ofSeconds(10));
  }

  /** Asks it to stop and waits for its end. */
  public Program.Result stop() {
    return program.stop(Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    if (program.isAlive()) {
      try {
        stop();
      } finally {
        program.close();
      }
    }
  }

  private static Map<String, String> environment(
      Ports ports, Map<String, String> settings, List<String> command) {
    Map<String, String> environment = new HashMap<>(ports.environment());
    environment.put("MILLRACE_HTTP_HOST", "127.0.0.1");
    environment.put("MILLRACE_ACCESS_PUBLISH_KEY", PUBLISH_KEY);
    environment.put("MILLRACE_ACCESS_ADMIN_PASSWORD", ADMIN_PASSWORD);
    environment.put("MILLRACE_JAVA_HOME", System.getProperty("java.home"));
    if (!command.contains("--config")) {
      // Most tests are about media, and their machine is busy enough.
      environment.put(ROLES, "origin,edge,catalog");
    }
    environment.putAll(settings);
    if (environment.getOrDefault(ROLES, "").isEmpty()) {
      environment.remove(ROLES);
    }
    return environment;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean worksIn(Path process, Path data) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).startsWith(data);
    } catch (IOException e) {
      return false;
    }
  }
}
