package io.millrace.media.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.TrackId;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whenever one of two inputs fails, and however late the other one comes. */
class JointPropertyTest {
  @Test
  void oneEncodeThatComesTwiceGoesOnAsIfNothingHadHappened() {
    Seeds.forEach(
        300,
        random -> {
          List<Sample> encode = TwoInputs.encode(random, 30, 10 + random.nextInt(100));
          long dies = 8_000L + random.nextInt(10_000);
          long late = random.nextInt(3_400) - 900L;
          long switched = dies + random.nextInt(1_600);
          TwoInputs inputs = new TwoInputs();
          inputs.send(encode, dies, encode, late, switched);

          Joint joint = inputs.switchAt(switched);

          assertThat(joint.kind()).isEqualTo(Joint.Kind.EXACT);
          List<Sample> shown = new ArrayList<>();
          encode.stream().filter(one -> one.dts() < dies).forEach(shown::add);
          joint.replayed().forEach(one -> shown.add(one.sample()));
          encode.stream()
              .filter(one -> one.dts() + late >= switched)
              .filter(joint::takes)
              .forEach(shown::add);
          for (TrackId track : List.of(TwoInputs.VIDEO, TwoInputs.AUDIO)) {
            assertThat(of(track, shown)).isEqualTo(of(track, encode.stream()));
          }
        });
  }

  @Test
  void twoEncodersOfOneClockGoOnAtAKeyFrameWithoutAHoleInTheSound() {
    Seeds.forEach(
        100,
        random -> {
          List<Sample> one = TwoInputs.encode(random, 20, 25);
          List<Sample> other = TwoInputs.encode(random, 20, 25);
          long dies = 8_000L + random.nextInt(5_000);
          long switched = dies + 1_500;
          TwoInputs inputs = new TwoInputs();
          inputs.send(one, dies, other, random.nextInt(300), switched);

          Joint joint = inputs.switchAt(switched);

          assertThat(joint.kind()).isEqualTo(Joint.Kind.AT_KEY_FRAME);
          List<Sample> video = of(TwoInputs.VIDEO, replayed(joint));
          List<Sample> audio = of(TwoInputs.AUDIO, replayed(joint));
          assertThat(video.getFirst().sync()).isTrue();
          assertThat(video.getFirst().dts()).isBetween(dies, dies + 1_000);
          assertThat(audio.getFirst().dts()).isBetween(dies, dies + 20);
        });
  }

  @Test
  void anyOtherInputBreaksOnceAtAKeyFrame() {
    Seeds.forEach(
        100,
        random -> {
          List<Sample> one = TwoInputs.encode(random, 20, 25);
          List<Sample> other = TwoInputs.shifted(TwoInputs.encode(random, 20, 25), 17);
          long dies = 8_000L + random.nextInt(5_000);
          TwoInputs inputs = new TwoInputs();
          inputs.send(one, dies, other, 0, dies + 1_500);

          Joint joint = inputs.switchAt(dies + 1_500);

          assertThat(joint.kind()).isEqualTo(Joint.Kind.BREAK);
          Sample first = joint.replayed().getFirst().sample();
          assertThat(first.track()).isEqualTo(TwoInputs.VIDEO);
          assertThat(first.sync()).isTrue();
          // Nothing is shown twice, and less than a group of pictures is not shown.
          assertThat(first.dts()).isBetween(dies - 40, dies + 1_000);
        });
  }

  private static Stream<Sample> replayed(Joint joint) {
    return joint.replayed().stream().map(Backlog.Waiting::sample);
  }

  private static List<Sample> of(TrackId track, List<Sample> samples) {
    return of(track, samples.stream());
  }

  private static List<Sample> of(TrackId track, Stream<Sample> samples) {
    return samples.filter(one -> one.track().equals(track)).toList();
  }
}
