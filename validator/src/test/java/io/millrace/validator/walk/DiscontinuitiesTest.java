package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiscontinuitiesTest {
  private static final URI VIDEO = URI.create("http://host/video/index.m3u8");
  private static final URI AUDIO = URI.create("http://host/audio/index.m3u8");
  private static final Set<URI> BOTH = Set.of(VIDEO, AUDIO);
  private static final Violation NEEDLESS = new Violation(Rule.D2, "audio", "nothing changes");

  private final Discontinuities discontinuities = new Discontinuities();

  /** HLS D2, D4: the picture has changed, so the sound has the discontinuity too. */
  @Test
  void whatOnePlaylistNeedsIsNeedlessInNone() {
    assertThat(discontinuities.compared(AUDIO, 1, Optional.of(NEEDLESS), BOTH)).isEmpty();
    assertThat(discontinuities.compared(VIDEO, 1, Optional.empty(), BOTH)).isEmpty();
    assertThat(discontinuities.compared(VIDEO, 2, Optional.empty(), BOTH)).isEmpty();
    assertThat(discontinuities.compared(AUDIO, 2, Optional.of(NEEDLESS), BOTH)).isEmpty();
  }

  /** HLS D2. */
  @Test
  void whatNobodyNeedsIsSaidOnceAllHaveBeenSeen() {
    Violation other = new Violation(Rule.D2, "video", "nothing changes");
    assertThat(discontinuities.compared(AUDIO, 7, Optional.of(NEEDLESS), BOTH)).isEmpty();
    assertThat(discontinuities.compared(VIDEO, 7, Optional.of(other), BOTH))
        .containsExactlyInAnyOrder(NEEDLESS, other);
    assertThat(discontinuities.compared(AUDIO, 8, Optional.of(NEEDLESS), Set.of(AUDIO)))
        .isEqualTo(List.of(NEEDLESS));
  }
}
