package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.walk.Discontinuities.Verdict;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiscontinuitiesTest {
  private static final URI VIDEO = URI.create("http://host/video/index.m3u8");
  private static final URI AUDIO = URI.create("http://host/audio/index.m3u8");
  private static final Set<URI> BOTH = Set.of(VIDEO, AUDIO);
  private static final Violation NEEDLESS = new Violation(Rule.D2, "audio", "nothing changes");
  private static final Verdict NOTHING_CHANGES = new Verdict.Needless(NEEDLESS);

  private final Discontinuities discontinuities = new Discontinuities();

  /** HLS D2, D4: the picture has changed, so the sound has the discontinuity too. */
  @Test
  void whatOnePlaylistNeedsIsNeedlessInNone() {
    assertThat(discontinuities.shown(AUDIO, 1, NOTHING_CHANGES, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 1, Verdict.NEEDED, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 2, Verdict.NEEDED, BOTH)).isEmpty();
    assertThat(discontinuities.shown(AUDIO, 2, NOTHING_CHANGES, BOTH)).isEmpty();
    assertThat(discontinuities.unfinished(Set.of())).isEmpty();
  }

  /** HLS D2. */
  @Test
  void whatNobodyNeedsIsSaidOnceAllHaveBeenSeen() {
    Violation other = new Violation(Rule.D2, "video", "nothing changes");
    assertThat(discontinuities.shown(AUDIO, 7, NOTHING_CHANGES, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 7, new Verdict.Needless(other), BOTH))
        .containsExactlyInAnyOrder(NEEDLESS, other);
    assertThat(discontinuities.shown(AUDIO, 8, NOTHING_CHANGES, Set.of(AUDIO)))
        .isEqualTo(List.of(NEEDLESS));
    assertThat(discontinuities.uncompared(BOTH)).isEmpty();
  }

  /** HLS D2: beside a gap, or where a segment could not be fetched. */
  @Test
  void whoCannotTellLeavesItToTheOthersAndIsNamed() {
    assertThat(discontinuities.shown(AUDIO, 3, Verdict.UNKNOWN, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 3, NOTHING_CHANGES, BOTH)).containsExactly(NEEDLESS);
    assertThat(discontinuities.shown(AUDIO, 4, Verdict.UNKNOWN, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 4, Verdict.NEEDED, BOTH)).isEmpty();
    assertThat(discontinuities.shown(AUDIO, 5, Verdict.UNKNOWN, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 5, Verdict.UNKNOWN, BOTH)).isEmpty();

    assertThat(discontinuities.uncompared(BOTH))
        .containsExactlyInAnyOrder(
            AUDIO + ": at 3 of the discontinuities there was no media to compare (D2)",
            VIDEO + ": at 1 of the discontinuities there was no media to compare (D2)");
  }

  /** HLS D2. */
  @Test
  void aPlaylistThatNeverAnswersSilencesNoOther() {
    assertThat(discontinuities.shown(VIDEO, 6, NOTHING_CHANGES, BOTH)).isEmpty();
    assertThat(discontinuities.shown(VIDEO, 7, Verdict.NEEDED, BOTH)).isEmpty();

    assertThat(discontinuities.unfinished(BOTH)).as("it may answer yet").isEmpty();
    assertThat(discontinuities.unfinished(Set.of(VIDEO))).containsExactly(NEEDLESS);
    assertThat(discontinuities.uncompared(BOTH))
        .containsExactly(
            AUDIO + ": at 2 of the discontinuities there was no media to compare (D2)");
  }
}
