package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * hls.js, as the portal carries it, and Shaka Player, side by side in one page of Chromium, each
 * with every stream.
 */
final class BrowserPlayers implements AutoCloseable {
  private static final String HLS_JS = "catalog/portal/node_modules/hls.js/dist/hls.min.js";

  private static final List<String> PLAYERS = List.of("hls.js", "shaka");
  private static final Duration END = Duration.ofSeconds(20);

  private final Program program;

  /** A text without tags and when it is shown, in seconds of whatever timeline. */
  record Cue(double from, double to, String text) {}

  /**
   * What one player has seen so far.
   *
   * @param seconds where it stands on its own timeline
   * @param date the encoder's wall clock at that place, as the playlist says; {@link Instant#EPOCH}
   *     while it is not known
   * @param behind how far that was behind this machine's clock when it was told
   * @param widths of the pictures in order, each size once; heights may be one off, because Shaka
   *     writes the headers of MPEG-TS anew
   * @param standstills how long the picture stood still, each time
   * @param jumps by how much the player went ahead without playing, each time it had played before
   * @param holes how long the stretches are that it never had, of what it has passed
   * @param frames decoded pictures, and how many of them were dropped
   * @param cues of the text that it shows, in the order in which they came: of hls.js the first
   *     text, of Shaka the CTA-708 captions that it reads out of the picture itself
   * @param problems what has ended it
   * @param everything all of it in the script's words
   */
  record Seen(
      double seconds,
      Instant date,
      Duration behind,
      List<Integer> widths,
      List<Duration> standstills,
      List<Duration> jumps,
      List<Duration> holes,
      boolean ended,
      int frames,
      int dropped,
      List<Cue> cues,
      List<String> problems,
      String everything) {
    private static final Seen NOTHING =
        new Seen(
            0,
            Instant.EPOCH,
            Duration.ZERO,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false,
            0,
            0,
            List.of(),
            List.of(),
            "nothing");

    /** The longest of some stretches. */
    static Duration longest(List<Duration> stretches) {
      return stretches.stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    private static Seen of(Map<?, ?> told, String everything) {
      return new Seen(
          number(told, "time"),
          Instant.ofEpochMilli((long) number(told, "date")),
          Duration.ofMillis((long) number(told, "behind")),
          list(told, "sizes").stream().map(size -> (int) number(size, "width")).toList(),
          list(told, "standstills").stream()
              .map(still -> Duration.ofMillis((long) number(still, "millis")))
              .toList(),
          list(told, "jumps").stream().map(Seen::stretch).toList(),
          list(told, "holes").stream().map(Seen::stretch).toList(),
          Boolean.TRUE.equals(told.get("ended")),
          (int) number(told, "frames"),
          (int) number(told, "dropped"),
          list(told, "cues").stream()
              .map(
                  cue ->
                      new Cue(
                          number(cue, "from"),
                          number(cue, "to"),
                          String.valueOf(cue.get("text")).replaceAll("<[^>]*>", "")))
              .toList(),
          ((List<?>) Objects.requireNonNull(told.get("problems")))
              .stream().map(String::valueOf).toList(),
          everything);
    }

    private static List<Map<?, ?>> list(Map<?, ?> told, String name) {
      List<Map<?, ?>> objects = new ArrayList<>();
      for (Object object : (List<?>) Objects.requireNonNull(told.get(name))) {
        objects.add((Map<?, ?>) object);
      }
      return objects;
    }

    private static Duration stretch(Map<?, ?> told) {
      return Duration.ofMillis(Math.round((number(told, "to") - number(told, "from")) * 1000));
    }

    private static double number(Map<?, ?> told, String name) {
      return ((Number) Objects.requireNonNull(told.get(name))).doubleValue();
    }
  }

  private BrowserPlayers(Program program) {
    this.program = program;
  }

  /** Starts all players; without Chromium or Node the test is skipped. */
  static BrowserPlayers play(MillraceProcess server, String... streams) {
    Map<String, URI> playlists = new LinkedHashMap<>();
    for (String stream : streams) {
      playlists.put(stream, server.playlist(stream));
    }
    return play(playlists);
  }

  /** The same for any playlists, by what they are to be called. */
  static BrowserPlayers play(Map<String, URI> playlists) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Browser.executable());
    arguments.add(Clips.repositoryRoot().resolve(HLS_JS).toString());
    playlists.forEach((name, playlist) -> arguments.add(name + "=" + playlist));
    return new BrowserPlayers(Browser.start("play.mjs", arguments));
  }

  /** What the players of a stream have seen until now, by the player's name. */
  Map<String, Seen> of(String stream) {
    Map<String, String> latest = new HashMap<>();
    // The last line may not be whole yet; a line's end is.
    String output = program.outputSoFar();
    output
        .substring(0, output.lastIndexOf('\n') + 1)
        .lines()
        .forEach(line -> latest.put(line.substring(0, line.indexOf(",\"time\"")), line));
    Map<String, Seen> players = new HashMap<>();
    for (String player : PLAYERS) {
      String line = latest.get("{\"player\":\"" + player + "\",\"stream\":\"" + stream + "\"");
      players.put(player, line == null ? Seen.NOTHING : Seen.of(Browser.json(line), line));
    }
    return players;
  }

  /** Fails with the script's own words once it has ended before its streams. */
  void mustLive() {
    if (!program.isAlive()) {
      throw new AssertionError("the browser has ended: " + program.errorsSoFar());
    }
  }

  @Override
  public void close() {
    // Chromium's profile goes with it.
    program.stop(END);
    program.close();
  }
}
