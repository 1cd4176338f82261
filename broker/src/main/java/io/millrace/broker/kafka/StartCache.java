package io.millrace.broker.kafka;

import io.millrace.children.ChildCommand;
import io.millrace.children.ChildProcess;
import io.millrace.children.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child's start-up cache ({@code kafka.aot}), with what it was made of beside it. The
 * distribution carries one, made by the JDK that built it; under another JDK the JVM would ignore
 * it, so one is made then, of a run on a directory of its own, where the distribution can be
 * written, else in the data directory. A start without is slower, nothing else.
 */
final class StartCache {
  private static final Logger LOGGER = LoggerFactory.getLogger(StartCache.class);
  private static final String FILE = "kafka.aot";
  private static final String MAKING = "making-";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final KafkaProgram program;

  /** Where it may be, the better place first. */
  private final List<Path> places;

  /**
   * @param home of the embedded Kafka; where a cache goes that the distribution cannot take
   */
  StartCache(KafkaProgram program, Path home) {
    this.program = program;
    this.places = Stream.concat(program.home().stream(), Stream.of(home)).toList();
  }

  /** The one that this JVM will take. */
  Optional<Path> find() throws IOException {
    Optional<String> madeOf = program.madeOf();
    for (Path place : places) {
      Path cache = place.resolve(FILE);
      if (madeOf.isPresent()
          && Files.isRegularFile(cache)
          && Files.isRegularFile(notes(cache))
          && Files.readString(notes(cache)).equals(madeOf.get())) {
        return Optional.of(cache);
      }
    }
    return Optional.empty();
  }

  /** What the JVM is told of a cache; quietly, for without it all goes on as well. */
  static List<String> flags(Optional<Path> cache) {
    return cache
        .map(
            file ->
                List.of(
                    "-XX:AOTCache=" + file,
                    "-Xlog:aot=off",
                    "-Xlog:cds=off",
                    "-Xlog:class+path=off"))
        .orElse(List.of());
  }

  /**
   * Makes one unless there is one; blocks for some ten seconds.
   *
   * @return where it is; empty where there can be none, or its making failed (which is logged)
   */
  Optional<Path> make() throws IOException, InterruptedException {
    Optional<Path> found = find();
    Optional<String> madeOf = program.madeOf();
    if (found.isPresent() || madeOf.isEmpty()) {
      return found;
    }
    sweep(places.getLast());
    Path place = places.stream().filter(Files::isWritable).findFirst().orElse(places.getLast());
    // A home of its own, with its log and password, that is gone afterwards.
    Path scratch = Files.createTempDirectory(places.getLast(), MAKING);
    try {
      Path made = scratch.resolve(FILE);
      if (!run(new KafkaHome(scratch), made)) {
        return Optional.empty();
      }
      Path cache = place.resolve(FILE);
      Files.deleteIfExists(notes(cache));
      Path arriving = Files.createTempFile(place, FILE, ".new");
      Files.move(made, arriving, StandardCopyOption.REPLACE_EXISTING);
      Files.move(arriving, cache, StandardCopyOption.ATOMIC_MOVE);
      Files.writeString(notes(cache), madeOf.get());
      LOGGER.atInfo().addKeyValue("file", cache).log("made a start-up cache for Kafka");
      return Optional.of(cache);
    } finally {
      delete(scratch);
    }
  }

  private boolean run(KafkaHome home, Path made) throws IOException, InterruptedException {
    home.make();
    Path settings = home.writeSettings(home.log(), 0, Optional.empty());
    List<String> command = new ArrayList<>(List.of("nice", "-n", "10"));
    command.addAll(
        program.command(
            List.of("-XX:AOTCacheOutput=" + made),
            home.path(),
            List.of(settings.toString(), "--warm-up")));
    ChildOutput output = new ChildOutput();
    output.stopping();
    ChildProcess child =
        ChildProcess.start(
            new ChildCommand(
                "kafka-start-cache",
                command,
                home.log(),
                Map.of(),
                List.of(Signal.TERM),
                Optional.empty(),
                output::line));
    try {
      int status = child.exited().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (status == 0 && Files.isRegularFile(made)) {
        return true;
      }
      LOGGER
          .atWarn()
          .addKeyValue("reason", output.reason(ChildEnd.of(status)))
          .log("no start-up cache could be made for Kafka");
    } catch (TimeoutException | ExecutionException e) {
      LOGGER.atWarn().setCause(e).log("no start-up cache could be made for Kafka");
    } finally {
      child.stop(Duration.ZERO);
    }
    return false;
  }

  /** What a making that was cut short has left. */
  private static void sweep(Path home) throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.list(home)) {
      left = all.filter(path -> path.getFileName().toString().startsWith(MAKING)).toList();
    }
    for (Path path : left) {
      delete(path);
    }
  }

  private static Path notes(Path cache) {
    return cache.resolveSibling(FILE + ".made-of");
  }

  private static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
