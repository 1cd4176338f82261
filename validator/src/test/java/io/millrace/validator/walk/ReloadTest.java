package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReloadTest {
  private static final URI PLAYLIST = URI.create("http://host/index.m3u8?token=x");
  private static final Optional<MediaPlaylist> LIST =
      Optional.of(PlaylistReader.readMedia(LiveList.at(42)));

  private final Reload reload = new Reload(PLAYLIST, WalkOptions.defaults());

  @Test
  void waitsForTheNextPartAndAsksOnAtOnce() {
    Reload.Ask first = reload.next(Optional.empty());
    assertThat(first.uri()).isEqualTo(PLAYLIST);
    assertThat(first.awaited()).isEmpty();
    Reload.Ask next = reload.next(LIST);
    assertThat(next.uri()).hasToString(PLAYLIST + "&_HLS_msn=10&_HLS_part=2");
    assertThat(next.awaited()).contains(new EdgePosition(10, 2));
    assertThat(next.deadline()).isGreaterThan(Duration.ofSeconds(6));
    assertThat(reload.pause(LIST)).isZero();
  }

  @Test
  void waitsForTheNextSegmentWhereThereAreNoParts() {
    String plain = LiveList.at(40).replaceAll("(?m)^#EXT-X-(PART|PRELOAD).*\n", "");
    Reload.Ask next = reload.next(Optional.of(PlaylistReader.readMedia(plain)));
    assertThat(next.uri()).hasToString(PLAYLIST + "&_HLS_msn=10");
    assertThat(next.awaited()).contains(EdgePosition.whole(10));
  }

  @Test
  void asksPlainlyWhereRequestsAreNotHeld() {
    String plain = LiveList.at(42).replace("CAN-BLOCK-RELOAD=YES,", "");
    Optional<MediaPlaylist> list = Optional.of(PlaylistReader.readMedia(plain));
    assertThat(reload.next(list).awaited()).isEmpty();
    assertThat(reload.pause(list)).isEqualTo(Duration.ofSeconds(1));
  }

  /** HLS L14: a stream that is gone refuses everything, so a refusal alone says nothing. */
  @Test
  void aRefusalIsSaidWhenThePlaylistIsStillThere() {
    Reload.Ask next = reload.next(LIST);
    reload.refused(next, answer(404, 0), LIST);
    assertThat(reload.pause(LIST)).isPositive();
    Reload.Ask again = reload.next(LIST);
    assertThat(again.awaited()).isEmpty();
    assertThat(reload.answered(again, answer(200, 0), LIST.get()))
        .extracting(Violation::rule)
        .containsExactly(Rule.L14);
    assertThat(reload.next(LIST).awaited()).isPresent();
  }

  /** HLS L18. */
  @Test
  void l18NoticesAServerThatGivesUpEarlyOrHoldsForEver() {
    reload.refused(reload.next(LIST), answer(503, 3), LIST);
    assertThat(rules(reload.answered(reload.next(LIST), answer(200, 0), LIST.get())))
        .containsExactly(Rule.L18);
    reload.refused(reload.next(LIST), answer(503, 6.2), LIST);
    assertThat(reload.answered(reload.next(LIST), answer(200, 0), LIST.get())).isEmpty();
    long sent = System.nanoTime() - Duration.ofSeconds(9).toNanos();
    assertThat(rules(reload.silent(reload.next(LIST), sent, LIST))).containsExactly(Rule.L18);
  }

  /** HLS L19. */
  @Test
  void l19NoticesARequestThatWasHeldThroughTheEnd() {
    long sent = System.nanoTime() - Duration.ofSeconds(9).toNanos();
    reload.silent(reload.next(LIST), sent, LIST);
    MediaPlaylist ended = PlaylistReader.readMedia(LiveList.at(42) + "#EXT-X-ENDLIST\n");
    assertThat(rules(reload.answered(reload.next(LIST), answer(200, 0), ended)))
        .containsExactly(Rule.L19);
  }

  /** HLS L14: what waits for nothing is not asked without a pause. */
  @Test
  void anAnswerWithoutThePartIsFollowedByAPause() {
    assertThat(rules(reload.answered(reload.next(LIST), answer(200, 0), LIST.get())))
        .containsExactly(Rule.L14);
    assertThat(reload.pause(LIST)).isPositive();
    assertThat(reload.next(LIST).awaited()).isEmpty();
  }

  private static List<Rule> rules(List<Violation> violations) {
    return violations.stream().map(Violation::rule).toList();
  }

  private static Fetcher.Answer answer(int status, double heldSeconds) {
    long held = (long) (heldSeconds * 1e9);
    HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);
    return new Fetcher.Answer(PLAYLIST, status, none, new byte[0], 0, held, held, Instant.EPOCH);
  }
}
