package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Track;
import java.util.List;
import org.junit.jupiter.api.Test;

class LadderTest {
  private static final Ladder ALL =
      Ladder.of(List.of("audio", "240p", "copy", "720p", "480p", "360p"));

  private static List<Track> source(int width, int height) {
    return List.of(MediaFixture.pictures(width, height), MediaFixture.sound());
  }

  @Test
  void rungsAreInTheirOrderWhateverIsWritten() {
    assertThat(ALL.rungs())
        .containsExactly(Rung.COPY, Rung.P720, Rung.P480, Rung.P360, Rung.P240, Rung.AUDIO);
  }

  @Test
  void neverAboveTheSourceNorAsLargeBesideACopyOfIt() {
    assertThat(ALL.rungsFor(source(854, 480)))
        .containsExactly(Rung.COPY, Rung.P360, Rung.P240, Rung.AUDIO);
    assertThat(ALL.rungsFor(source(1920, 1080))).containsAll(ALL.rungs());
  }

  @Test
  void withoutACopyARungMayBeAsLargeAsTheSource() {
    Ladder encoded = Ladder.of(List.of("720p", "480p", "240p"));

    assertThat(encoded.rungsFor(source(854, 480))).containsExactly(Rung.P480, Rung.P240);
  }

  @Test
  void anUprightPictureCountsByItsShorterSide() {
    assertThat(ALL.rungsFor(source(480, 854)))
        .containsExactly(Rung.COPY, Rung.P360, Rung.P240, Rung.AUDIO);
  }

  @Test
  void aSourceBelowAllRungsPassesThrough() {
    Ladder large = Ladder.of(List.of("720p", "480p"));

    assertThat(large.rungsFor(source(320, 180))).containsExactly(Rung.COPY);
    assertThat(large.transcodes(source(320, 180))).isFalse();
  }

  @Test
  void soundAloneHasNoPicturesAndPicturesAloneNoSound() {
    assertThat(ALL.rungsFor(List.of(MediaFixture.sound()))).containsExactly(Rung.COPY, Rung.AUDIO);
    assertThat(ALL.rungsFor(List.of(MediaFixture.pictures(640, 360))))
        .containsExactly(Rung.COPY, Rung.P240);
  }

  @Test
  void anUnknownWordIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Ladder.of(List.of("copy", "1440p")))
        .hasMessage("there is no rung '1440p'; rungs are copy, 720p, 480p, 360p, 240p, audio");
    assertThatThrownBy(() -> Ladder.of(List.of())).hasMessageStartingWith("names no rung");
  }

  @Test
  void manyPicturesASecondMayTakeMore() {
    assertThat(Rung.P720.bitRate(25)).isEqualTo(2_800_000);
    assertThat(Rung.P720.bitRate(59.94)).isEqualTo(4_200_000);
    assertThat(Rung.AUDIO.bitRate(59.94)).isEqualTo(128_000);
  }
}
