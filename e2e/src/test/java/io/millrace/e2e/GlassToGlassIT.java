package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * From the camera's lens to the viewer's screen: hls.js and Shaka Player show pictures in which a
 * clock is burnt, and the page compares it with its own. {@code -Dmillrace.glass=PT60S} has each
 * player watch alone and for longer, and writes what was measured; then the bounds are those of a
 * quiet machine.
 */
@Isolated("encodes and decodes video, and a delay must be the server's")
class GlassToGlassIT {
  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final Duration LENGTH =
      Duration.parse(System.getProperty("millrace.glass", SHORT.toString()));
  private static final boolean IS_MEASURED = LENGTH.compareTo(SHORT) > 0;

  private static final int OWN_CHOICE = 0;
  private static final String NOTHING_MORE = "none";
  private static final String STREAM = "clock";

  /** Of pictures, in the middle. */
  private static final Duration PASSED_THROUGH = Duration.ofSeconds(IS_MEASURED ? 2 : 4);

  private static final Duration ENCODED_AGAIN = Duration.ofSeconds(IS_MEASURED ? 3 : 5);

  /** A picture that stands still for longer is a stall that viewers complain about. */
  private static final Duration STALL = Duration.ofMillis(IS_MEASURED ? 500 : 2000);

  /**
   * Most of them, since the encoder's blocks are large; none is read wrongly, which a sum tells.
   */
  private static final int MOST = 90;

  /** Parts are listed for three target durations of three seconds. */
  private static final Duration LOST = Duration.ofSeconds(7);

  private static final int TOP = 480;
  private static final int MIDDLE = 360;
  private static final Duration BACK = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void aStreamThatIsPassedThroughIsSeenTwoSecondsAfterItWasFilmed() {
    try (MillraceProcess server = server("copy");
        ClockEncoder camera = ClockEncoder.publish(server.rtmp(STREAM))) {
      untilPlayable(server, camera);
      for (ClockViewer viewer : watch(server, OWN_CHOICE)) {
        sawAll(viewer, PASSED_THROUGH);
        assertThat(viewer.lines()).as(viewer.toString()).containsExactly(TOP);
      }
    }
  }

  @Test
  void aLadderIsChangedAndSoughtInWithoutAStall() {
    try (MillraceProcess server = server("copy,360p,240p");
        ClockEncoder camera = ClockEncoder.publish(server.rtmp(STREAM))) {
      untilPlayable(server, camera);
      if (IS_MEASURED) {
        watch(server, TOP).forEach(viewer -> sawAll(viewer, ENCODED_AGAIN));
      }
      watch(server, MIDDLE)
          .forEach(
              viewer -> {
                sawAll(viewer, ENCODED_AGAIN);
                assertThat(viewer.pictures().getLast().lines()).isEqualTo(MIDDLE);
              });
      Map<String, URI> switching = addresses(server);
      // In low latency it takes the time that it waits for a part for the network's, and never
      // finds out.
      switching.put("shaka-plain", switching.remove("shaka"));
      for (ClockViewer viewer : moved("switch", switching)) {
        wentDownAndUp(viewer.between("slow", "switched"));
      }
      for (ClockViewer viewer : moved("seek", addresses(server))) {
        wentBackAndReturned(viewer);
      }
    }
  }

  private static List<ClockViewer> moved(String how, Map<String, URI> players) {
    List<ClockViewer> viewers =
        notLost(() -> ClockViewer.watch(Duration.ZERO, OWN_CHOICE, how, players));
    for (ClockViewer viewer : viewers) {
      System.out.println(how + ": " + viewer);
      assertThat(viewer.problems()).as(viewer.toString()).isEmpty();
    }
    return viewers;
  }

  private static void wentDownAndUp(ClockViewer viewer) {
    String words = viewer.toString();
    assertThat(viewer.lines()).as(words).startsWith(TOP).endsWith(TOP).hasSizeGreaterThan(2);
    assertThat(viewer.standstill()).as(words).isLessThan(STALL);
  }

  private static void wentBackAndReturned(ClockViewer viewer) {
    ClockViewer back = viewer.between("there", "forward");
    assertThat(back.delay(0)).as(back.toString()).isGreaterThanOrEqualTo(BACK);
    assertThat(back.standstill()).as(back.toString()).isLessThan(STALL);
    ClockViewer live = viewer.between("live", "end");
    assertThat(live.delay(50)).as(live.toString()).isLessThan(ENCODED_AGAIN);
    assertThat(live.standstill()).as(live.toString()).isLessThan(STALL);
  }

  private static void sawAll(ClockViewer whole, Duration median) {
    ClockViewer viewer = whole.between("settled", "played");
    String words = viewer.toString();
    System.out.println(words);
    assertThat(viewer.problems()).as(words).isEmpty();
    assertThat(viewer.readable()).as(words).isGreaterThan(MOST);
    assertThat(viewer.delay(50)).as(words).isPositive().isLessThanOrEqualTo(median);
    assertThat(viewer.standstill()).as(words).isLessThan(STALL);
    if (IS_MEASURED) {
      assertThat(viewer.waits()).as(words).isEmpty();
    }
  }

  /** All at once, or, where it is measured, one after the other. */
  private static List<ClockViewer> watch(MillraceProcess server, int lines) {
    if (!IS_MEASURED) {
      return notLost(() -> ClockViewer.watch(LENGTH, lines, NOTHING_MORE, addresses(server)));
    }
    Map<String, URI> players = addresses(server);
    players.put("shaka-dash", server.http("/play/live/" + STREAM + "/low-latency.mpd"));
    return players.entrySet().stream()
        .flatMap(
            player ->
                ClockViewer.watch(
                    LENGTH, lines, NOTHING_MORE, Map.of(player.getKey(), player.getValue()))
                    .stream())
        .toList();
  }

  /**
   * What they saw, or what they saw the second time: once in a while hls.js takes a segment's sound
   * for loaded without its last part, and stands still until no part of it is listed any more.
   */
  private static List<ClockViewer> notLost(Supplier<List<ClockViewer>> watched) {
    List<ClockViewer> viewers = watched.get();
    boolean isLost =
        viewers.stream()
            .anyMatch(
                viewer ->
                    viewer.player().equals("hls.js") && viewer.standstill().compareTo(LOST) > 0);
    return isLost && !IS_MEASURED ? watched.get() : viewers;
  }

  private static Map<String, URI> addresses(MillraceProcess server) {
    Map<String, URI> addresses = new LinkedHashMap<>();
    addresses.put("hls.js", server.playlist(STREAM));
    addresses.put("shaka", server.playlist(STREAM));
    return addresses;
  }

  private static void untilPlayable(MillraceProcess server, ClockEncoder camera) {
    camera.mustLive();
    Waiting.untilPlayable(server, STREAM);
  }

  private MillraceProcess server(String ladder) {
    return MillraceProcess.serve(
        folder.resolve(ladder.replace(',', '-')),
        Ports.free(),
        Map.of("MILLRACE_PACKAGER_LADDER", ladder, "MILLRACE_PACKAGER_WINDOW", "3m"));
  }
}
