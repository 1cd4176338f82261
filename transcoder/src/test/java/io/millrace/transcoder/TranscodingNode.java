package io.millrace.transcoder;

import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.testkit.Clips;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.Still;
import io.millrace.transcoding.TranscoderProgram;
import io.millrace.transcoding.TranscoderState;
import io.millrace.transcoding.Transcoders;
import io.millrace.transcoding.Transcoding;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.TranscodingWish;
import io.millrace.transcoding.protocol.Latency;
import io.millrace.transcoding.protocol.StillWish;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What a server has around the transcoding of one broadcast: everything but the server. */
final class TranscodingNode implements AutoCloseable {
  static final TranscodingConfig CONFIG =
      new TranscodingConfig(
          List.of("x264", "openh264"),
          Latency.NORMAL,
          OptionalInt.empty(),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          true);

  private final TempFolder folder = TempFolder.create("millrace-transcoder-");
  private final Vertx vertx = Vertx.vertx();
  private final DataDirectory data;
  private final Context context;
  private final Transcoding transcoding;

  /** Guarded by itself. */
  private final Map<Rung, List<MediaEvent>> rungs = new EnumMap<>(Rung.class);

  private final List<Still> stills = new ArrayList<>();

  TranscodingNode(TranscodingConfig config, String ladder, StillWish... stillWishes)
      throws Exception {
    Files.createDirectories(sharedNatives());
    Files.createDirectories(folder.path().resolve("transcoder"));
    Files.createSymbolicLink(folder.path().resolve("transcoder/natives"), sharedNatives());
    data = DataDirectory.open(folder.path());
    var all =
        new Transcoders(
            vertx, program(), config, data, Clock.systemUTC(), new PrometheusRegistry());
    context = vertx.getOrCreateContext();
    var wish =
        new TranscodingWish(
            Ladder.of(Arrays.asList(ladder.split(","))),
            Duration.ofSeconds(2),
            List.of(stillWishes));
    transcoding = onContext(() -> all.start("live/test", context, wish, new Collector()));
  }

  /** Unpacked once for all tests. */
  static Path sharedNatives() {
    return Path.of("target", "natives").toAbsolutePath();
  }

  /** The program as it is built here. */
  static TranscoderProgram program() throws IOException {
    Path target = Clips.repositoryRoot().resolve("transcoder/target");
    List<Path> classPath = new ArrayList<>(List.of(target.resolve("classes")));
    String others = Files.readString(target.resolve("child.class-path")).strip();
    Arrays.stream(others.split(File.pathSeparator)).map(Path::of).forEach(classPath::add);
    return new TranscoderProgram(classPath);
  }

  private final class Collector implements RungListener {
    @Override
    public void event(Rung rung, MediaEvent event) {
      synchronized (rungs) {
        rungs.computeIfAbsent(rung, _ -> new ArrayList<>()).add(event);
      }
    }

    @Override
    public void still(Still still) {
      synchronized (rungs) {
        stills.add(still);
      }
    }
  }

  private interface Action<T> {
    T run() throws Exception;
  }

  private <T> T onContext(Action<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          try {
            result.complete(action.run());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, TimeUnit.SECONDS);
  }

  /** The source says this, as fast as it is taken. */
  void feed(List<MediaEvent> events) throws Exception {
    onContext(
        () -> {
          events.forEach(transcoding::accept);
          return true;
        });
  }

  /** The same, where segments start with some of the pictures. */
  void feed(List<MediaEvent> events, Predicate<Sample> starts) throws Exception {
    onContext(
        () -> {
          for (MediaEvent event : events) {
            if (event instanceof MediaEvent.SampleReady(var sample) && starts.test(sample)) {
              transcoding.startSegment();
            }
            transcoding.accept(event);
          }
          return true;
        });
  }

  /** Waits until every rung that has begun has ended. */
  void awaitEnd() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> state() instanceof TranscoderState.Stopped && !started().isEmpty());
  }

  void awaitSamples(Rung rung, int count) {
    await().until(() -> rung(rung).samples().size() >= count);
  }

  /** Waits until the transcoder owes nothing: no more comes of what it has. */
  void awaitTaken() {
    int[] before = {-1};
    await()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              int now = started().stream().mapToInt(rung -> rung(rung).samples().size()).sum();
              boolean still = now == before[0];
              before[0] = now;
              return still;
            });
  }

  RungEvents rung(Rung rung) {
    synchronized (rungs) {
      return new RungEvents(List.copyOf(rungs.getOrDefault(rung, List.of())));
    }
  }

  /** The rungs that something came of. */
  List<Rung> started() {
    synchronized (rungs) {
      return List.copyOf(rungs.keySet());
    }
  }

  List<Still> stills() {
    synchronized (rungs) {
      return List.copyOf(stills);
    }
  }

  TranscoderState state() {
    return transcoding.state();
  }

  long pid() throws Exception {
    return onContext(transcoding::pid);
  }

  /** Waits for a child that is not this one. */
  long awaitOtherPid(long before) throws Exception {
    await().until(() -> pid() > 0 && pid() != before);
    return pid();
  }

  Path folder() {
    return folder.path();
  }

  @Override
  public void close() {
    context.runOnContext(_ -> transcoding.close());
    await().until(() -> pid() < 0);
    vertx.close().await();
    try {
      data.close();
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
