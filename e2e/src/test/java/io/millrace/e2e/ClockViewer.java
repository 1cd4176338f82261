package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What a viewer saw of a stream of {@link ClockEncoder}: each picture with the moment at which it
 * was shown and the one at which it was filmed.
 *
 * @param player its name
 * @param pictures in the order in which they were shown
 * @param moments at which something was done, in milliseconds since 1970, by its name
 * @param waits when the player had nothing to show, likewise
 * @param problems what ended the player, and what else went wrong
 * @param errors what the player got over by itself
 */
record ClockViewer(
    String player,
    List<Picture> pictures,
    Map<String, Long> moments,
    List<Long> waits,
    List<String> problems,
    List<String> errors) {
  /**
   * A picture that was shown.
   *
   * @param at milliseconds since 1970
   * @param delay milliseconds since it was filmed; -1 where its clock could not be read
   * @param lines of the rendition that it came from
   */
  record Picture(long at, long delay, int lines) {}

  /** Beyond the pictures themselves: starts of browser and player, changes of quality, seeks. */
  private static final Duration ROOM = Duration.ofMinutes(4);

  private static final String HLS_JS = "catalog/portal/node_modules/hls.js/dist/hls.min.js";

  /**
   * Has players watch, all at the same time.
   *
   * @param length from the first picture on
   * @param lines of the rendition that they stay with; 0 for their own choice
   * @param scenario what {@code glass.mjs} does behind that
   * @param players their addresses by their names, which begin with {@code hls.js} or {@code shaka}
   */
  static List<ClockViewer> watch(
      Duration length, int lines, String scenario, Map<String, URI> players) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Browser.executable());
    arguments.add(Clips.repositoryRoot().resolve(HLS_JS).toString());
    arguments.add(Long.toString(length.toSeconds()));
    arguments.add(Integer.toString(lines));
    arguments.add(scenario);
    players.forEach((name, address) -> arguments.add(name + "=" + address));
    try (Program program = Browser.start("glass.mjs", arguments)) {
      return program
          .await(length.plus(ROOM))
          .orFail()
          .text()
          .lines()
          .map(line -> of(Browser.json(line)))
          .toList();
    }
  }

  /** The part between two moments. */
  ClockViewer between(String first, String last) {
    long from = moment(first);
    long to = moment(last);
    return new ClockViewer(
        player,
        pictures.stream().filter(shown -> shown.at >= from && shown.at <= to).toList(),
        moments,
        waits.stream().filter(at -> at >= from && at <= to).toList(),
        problems,
        errors);
  }

  long moment(String name) {
    return Objects.requireNonNull(moments.get(name), () -> name + " is not in " + this);
  }

  /** What so many of a hundred pictures are at most behind the camera. */
  Duration delay(int percent) {
    List<Long> delays =
        pictures.stream().map(Picture::delay).filter(delay -> delay >= 0).sorted().toList();
    return Duration.ofMillis(
        delays.get(Math.min(delays.size() - 1, delays.size() * percent / 100)));
  }

  /** The longest time for which one picture was shown. */
  Duration standstill() {
    long longest = 0;
    for (int i = 1; i < pictures.size(); i++) {
      longest = Math.max(longest, pictures.get(i).at - pictures.get(i - 1).at);
    }
    return Duration.ofMillis(longest);
  }

  /** How many lines the pictures had, each change once. */
  List<Integer> lines() {
    List<Integer> changes = new ArrayList<>();
    for (Picture picture : pictures) {
      if (changes.isEmpty() || changes.getLast() != picture.lines) {
        changes.add(picture.lines);
      }
    }
    return changes;
  }

  /** How many of a hundred pictures had a clock that could be read. */
  int readable() {
    long read = pictures.stream().filter(shown -> shown.delay >= 0).count();
    return pictures.isEmpty() ? 0 : Math.toIntExact(100 * read / pictures.size());
  }

  @Override
  public String toString() {
    if (pictures.isEmpty()) {
      return "%s: nothing shown, %s, %s, %s".formatted(player, moments, problems, errors);
    }
    return String.format(
        Locale.ROOT,
        "%s: median %d ms, 95 %% %d ms, %d to %d ms, longest standstill %d ms, %d waits, %d"
            + " pictures, %d %% readable, lines %s, %s, %s, %s",
        player,
        delay(50).toMillis(),
        delay(95).toMillis(),
        delay(0).toMillis(),
        delay(100).toMillis(),
        standstill().toMillis(),
        waits.size(),
        pictures.size(),
        readable(),
        lines(),
        moments,
        problems,
        errors);
  }

  private static ClockViewer of(Map<?, ?> told) {
    List<Picture> pictures = new ArrayList<>();
    for (Object each : list(told, "pictures")) {
      Map<?, ?> picture = (Map<?, ?>) each;
      long delay = picture.get("delay") instanceof Number known ? known.longValue() : -1;
      pictures.add(new Picture(number(picture, "at"), delay, (int) number(picture, "lines")));
    }
    Map<String, Long> moments = new HashMap<>();
    for (Object each : list(told, "moments")) {
      Map<?, ?> moment = (Map<?, ?>) each;
      moments.put(String.valueOf(moment.get("what")), number(moment, "at"));
    }
    return new ClockViewer(
        String.valueOf(told.get("player")),
        pictures,
        moments,
        list(told, "waits").stream().map(at -> ((Number) at).longValue()).toList(),
        list(told, "problems").stream().map(String::valueOf).toList(),
        list(told, "errors").stream().map(String::valueOf).toList());
  }

  private static List<?> list(Map<?, ?> told, String name) {
    return (List<?>) Objects.requireNonNull(told.get(name));
  }

  private static long number(Map<?, ?> told, String name) {
    return ((Number) Objects.requireNonNull(told.get(name))).longValue();
  }
}
