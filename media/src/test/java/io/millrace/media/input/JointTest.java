package io.millrace.media.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointTest {
  private static final List<Sample> ENCODE = TwoInputs.encode(Seeds.random(1), 60, 50);

  /** Viewers would see nothing for as long. */
  @Test
  void anInputThatIsTooFarBehindBreaks() {
    TwoInputs inputs = new TwoInputs();
    inputs.send(ENCODE, 20_000, ENCODE, 5_000, 20_000);
    assertThat(inputs.switchAt(20_000).kind()).isEqualTo(Joint.Kind.BREAK);
  }

  @Test
  void withoutAKeyFrameInBetweenTheLastOneIsShownAgain() {
    List<Sample> other = TwoInputs.shifted(TwoInputs.encode(Seeds.random(2), 60, 50), 17);
    TwoInputs inputs = new TwoInputs();
    inputs.send(ENCODE, 21_000, other, 0, 21_100);

    Joint joint = inputs.switchAt(21_100);

    assertThat(joint.replayed().getFirst().sample().dts()).isEqualTo(20_017);
    assertThat(joint.replayed().getFirst().arrivedNanos()).isEqualTo(TwoInputs.nanos(20_983));
  }

  @Test
  void anInputWithoutAKeyFrameIsShownFromItsNextOne() {
    TwoInputs inputs = new TwoInputs();
    List<Sample> other = TwoInputs.shifted(ENCODE.subList(10, ENCODE.size()), 17);
    inputs.send(ENCODE, 1_000, other, 0, 1_100);

    Joint joint = inputs.switchAt(1_100);

    assertThat(joint.replayed()).isEmpty();
    Sample shown =
        other.stream()
            .filter(one -> one.dts() > 1_100)
            .filter(joint::takes)
            .findFirst()
            .orElseThrow();
    assertThat(shown.dts()).isEqualTo(2_017);
    assertThat(shown.sync()).isTrue();
  }

  @Test
  void withOtherTracksItBreaks() {
    TwoInputs inputs = new TwoInputs();
    inputs.backup.accept(new MediaEvent.TracksReady(TwoInputs.TRACKS.subList(0, 1)), 0);
    inputs.send(
        ENCODE,
        8_000,
        ENCODE.stream().filter(one -> one.track().equals(TwoInputs.VIDEO)).toList(),
        0,
        9_000);
    assertThat(inputs.switchAt(9_000).kind()).isEqualTo(Joint.Kind.BREAK);
  }

  /** What waits is bounded in bytes, and the oldest goes. */
  @Test
  void whatWaitsIsBounded() {
    TwoInputs inputs = new TwoInputs();
    for (int i = 0; i < 100; i++) {
      Sample big =
          new Sample(TwoInputs.VIDEO, i * 40L, 0, i == 0, Buffer.buffer(new byte[1 << 20]));
      inputs.backup.accept(new MediaEvent.SampleReady(big), TwoInputs.nanos(i * 40L));
    }
    assertThat(inputs.backup.waiting()).hasSize(31);
    assertThat(inputs.backup.waiting().getLast().sample().dts()).isEqualTo(99 * 40);
    assertThat(inputs.backup.isWarm()).isFalse();
  }

  /** A group of pictures that began before the input on air could have failed. */
  @Test
  void whatWaitsGoesBackFarEnoughAndNoFarther() {
    TwoInputs inputs = new TwoInputs();
    inputs.send(List.of(), 0, ENCODE, 0, 30_010);
    assertThat(inputs.backup.waiting().getFirst().sample().dts()).isEqualTo(26_000);
  }
}
