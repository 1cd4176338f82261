package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.PacedEncoder;
import io.millrace.validator.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streams of all usual rates at once, each from an encoder on a bad line that changes its codec,
 * goes away and comes back: the validator follows them all and finds nothing. {@code
 * -Dmillrace.soak=PT30M} runs it for longer, in rounds of two minutes.
 */
@Order(1)
class SoakIT {
  private static final Duration ROUND = Duration.ofMinutes(2);
  private static final Duration LENGTH =
      Duration.parse(System.getProperty("millrace.soak", ROUND.toString()));

  /** Behind the start of a round. */
  private static final Duration CHANGE = Duration.ofSeconds(28);

  private static final Duration INTERRUPTION = Duration.ofSeconds(52);
  private static final Duration RETURN = Duration.ofSeconds(61);
  private static final Duration RECONNECT = Duration.ofSeconds(88);

  /** Not all streams have their troubles at once. */
  private static final Duration STAGGER = Duration.ofMillis(1500);

  private static final Duration LET_IN_AGAIN = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(30);

  /** What an encoder sends. */
  private enum Source {
    FILM(0, "24000/1001", 44_100),
    PAL(1, "25", 48_000),
    NTSC(2, "30000/1001", 44_100),
    DOUBLE_PAL(3, "50", 48_000),
    DOUBLE_NTSC(4, "60000/1001", 44_100),
    VARIABLE(5, "30", 48_000);

    final int number;
    final String rate;
    final int soundRate;

    Source(int number, String rate, int soundRate) {
      this.number = number;
      this.rate = rate;
      this.soundRate = soundRate;
    }

    String stream() {
      return "soak-" + number;
    }

    /** Half a minute with a key frame every two seconds; of both codecs as many pictures. */
    FlvClip clip(String... encoder) {
      List<String> arguments = new ArrayList<>();
      arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=d=24:s=320x180:r=" + rate));
      arguments.addAll(List.of("-f", "lavfi", "-i", "sine=d=24:f=440:r=" + soundRate));
      if (this == VARIABLE) {
        // Two of three pictures, in no order, but none that is a key frame is left out.
        String kept = "select='not(mod(n\\,60))+gt(random(1)\\,0.33)'";
        arguments.addAll(List.of("-vf", kept, "-fps_mode", "vfr"));
      }
      arguments.addAll(List.of("-pix_fmt", "yuv420p"));
      arguments.addAll(List.of(encoder));
      arguments.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*2)"));
      arguments.addAll(List.of("-ac", "2", "-c:a", "aac"));
      return FlvClip.of(arguments.toArray(String[]::new));
    }

    FlvClip avc() {
      return clip("-c:v", "libx264", "-preset", "ultrafast", "-g", "600", "-sc_threshold", "0");
    }

    FlvClip hevc() {
      String shape = "keyint=600:min-keyint=1:scenecut=0:bframes=0:open-gop=0:log-level=error";
      return clip("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", shape);
    }
  }

  private record Clips(FlvClip avc, FlvClip hevc) {}

  @Test
  void jitterAChangeOfCodecAnInterruptionAndAReconnectBreakNoRule(@TempDir Path folder)
      throws Exception {
    Map<Source, Clips> clips = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      clips.put(source, new Clips(source.avc(), source.hevc()));
    }
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_LOW_LATENCY", "true",
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        ExecutorService broadcasters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> all = new ArrayList<>();
      for (Source source : Source.values()) {
        Callable<Void> broadcast =
            () -> {
              new Broadcaster(server, source, clips.get(source)).broadcast();
              return null;
            };
        all.add(broadcasters.submit(broadcast));
      }
      assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(LENGTH.plus(END)));
    }
  }

  /** One encoder and its troubles. */
  private static final class Broadcaster {
    private final MillraceProcess server;
    private final Source source;
    private final Clips clips;
    private final String name;
    private int connections;
    private long from;

    Broadcaster(MillraceProcess server, Source source, Clips clips) {
      this.server = server;
      this.source = source;
      this.clips = clips;
      this.name = source.stream() + "?key=" + MillraceProcess.PUBLISH_KEY;
    }

    void broadcast() {
      from = System.nanoTime();
      PacedEncoder encoder = connect();
      try (UnderValidation watched = Waiting.watch(server, source.stream())) {
        // A part is as late as its media.
        watched.excusing(Rule.L6);
        long rounds = Math.max(1, LENGTH.dividedBy(ROUND));
        for (long round = 0; round < rounds; round++) {
          encoder = round(encoder, ROUND.multipliedBy(round));
        }
        encoder.unpublish();
        Waiting.within(END).until(watched.walker()::ended);
      } finally {
        encoder.close();
      }
    }

    private PacedEncoder round(PacedEncoder first, Duration start) {
      Duration late = start.plus(STAGGER.multipliedBy(source.number));
      sendUntil(first, late.plus(CHANGE));
      first.changeTo(clips.hevc());
      sendUntil(first, late.plus(INTERRUPTION));
      first.kill();
      Awaitility.await().atMost(ROUND).until(() -> isPast(late.plus(RETURN)));
      PacedEncoder second = connect();
      sendUntil(second, late.plus(RECONNECT));
      second.kill();
      PacedEncoder third = connect();
      sendUntil(third, start.plus(ROUND));
      return third;
    }

    private PacedEncoder connect() {
      long seed = source.number * 1_000L + connections++;
      return Awaitility.await()
          .atMost(LET_IN_AGAIN)
          .ignoreExceptions()
          .until(
              () -> PacedEncoder.publishJittery(server.ports().rtmp(), name, clips.avc(), seed),
              encoder -> true);
    }

    private void sendUntil(PacedEncoder encoder, Duration moment) {
      Awaitility.await()
          .atMost(ROUND.plusMinutes(1))
          .failFast("the server has cut the encoder off", encoder::isBroken)
          .until(() -> isPast(moment));
    }

    private boolean isPast(Duration moment) {
      return System.nanoTime() - from >= moment.toNanos();
    }
  }
}
