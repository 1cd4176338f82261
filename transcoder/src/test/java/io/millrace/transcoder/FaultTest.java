package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.testkit.Program;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.TranscoderState;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.protocol.Latency;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real program, treated badly. */
@Timeout(120)
class FaultTest {
  private static final Duration HANG = Duration.ofSeconds(2);
  private static final TranscodingConfig IMPATIENT =
      new TranscodingConfig(
          List.of("x264", "openh264"),
          Latency.LOW,
          OptionalInt.empty(),
          Duration.ofSeconds(60),
          HANG,
          true);

  private static SourceClip clip;

  @BeforeAll
  static void readClip() {
    clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(6)));
  }

  private static TranscodingNode node() throws Exception {
    return new TranscodingNode(IMPATIENT, "240p,audio");
  }

  @Test
  void killedInMidStreamItGoesOnBehindOneDiscontinuity() throws Exception {
    try (TranscodingNode node = node()) {
      node.feed(clip.events());
      node.awaitSamples(Rung.P240, 20);
      long pid = node.pid();

      Program.start(List.of("kill", "-9", Long.toString(pid))).await(Duration.ofSeconds(10));
      node.awaitOtherPid(pid);
      SourceClip rest = clip.later(Duration.ofSeconds(6));
      node.feed(rest.broadcast().subList(1, rest.broadcast().size()));
      node.awaitEnd();

      RungEvents pictures = node.rung(Rung.P240);
      assertThat(pictures.discontinuities()).isEqualTo(1);
      assertThat(node.rung(Rung.AUDIO).discontinuities()).isEqualTo(1);
      int at = indexOfDiscontinuity(pictures);
      assertThat(pictures.all().get(at + 1)).isInstanceOf(MediaEvent.TracksReady.class);
      Sample first = ((MediaEvent.SampleReady) pictures.all().get(at + 2)).sample();
      assertThat(first.sync()).isTrue();
      assertThat(((MediaEvent.Discontinuity) pictures.all().get(at)).mediaNanos())
          .isEqualTo(first.dts() * 1_000_000);
      assertThat(clip.later(Duration.ofSeconds(6)).pictures().stream().filter(Sample::sync))
          .extracting(Sample::dts)
          .contains(first.dts());
      assertThat(pictures.times().getLast()).isEqualTo(rest.lastShown());
    }
  }

  private static int indexOfDiscontinuity(RungEvents events) {
    for (int i = 0; i < events.all().size(); i++) {
      if (events.all().get(i) instanceof MediaEvent.Discontinuity) {
        return i;
      }
    }
    throw new AssertionError("no discontinuity");
  }

  @Test
  void oneThatDoesNotAnswerIsEndedAndStartedAgain() throws Exception {
    try (TranscodingNode node = node()) {
      node.feed(clip.events());
      node.awaitSamples(Rung.P240, 20);
      long pid = node.pid();

      Program.start(List.of("kill", "-STOP", Long.toString(pid))).await(Duration.ofSeconds(10));
      // Something that an answer is owed for.
      node.feed(clip.later(Duration.ofSeconds(6)).events());
      await().until(() -> node.state() instanceof TranscoderState.Restarting);
      assertThat(node.state().detail()).contains("did not answer");
      node.awaitOtherPid(pid);
      SourceClip rest = clip.later(Duration.ofSeconds(12));
      node.feed(rest.broadcast());
      node.awaitEnd();

      assertThat(node.rung(Rung.P240).discontinuities()).isEqualTo(1);
      assertThat(node.rung(Rung.P240).times().getLast()).isEqualTo(rest.lastShown());
    }
  }

  @Test
  void oneThatIsTooSlowGoesOnWithAKeyFrameBehindADiscontinuity() throws Exception {
    var slow =
        new TranscodingConfig(
            IMPATIENT.encoders(),
            Latency.LOW,
            OptionalInt.empty(),
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            true);
    try (TranscodingNode node = new TranscodingNode(slow, "240p")) {
      SourceClip source = clip.silent();
      node.feed(source.first(Duration.ofSeconds(2)).events());
      node.awaitSamples(Rung.P240, 20);
      String pid = Long.toString(node.pid());
      Program.start(List.of("kill", "-STOP", pid)).await(Duration.ofSeconds(10));
      SourceClip second = source.later(Duration.ofSeconds(2));
      node.feed(second.events().subList(1, second.events().size()));
      Program.start(List.of("kill", "-CONT", pid)).await(Duration.ofSeconds(10));
      node.awaitTaken();
      // No more than may wait.
      SourceClip rest = source.later(Duration.ofSeconds(8)).first(Duration.ofMillis(10_500));
      node.feed(rest.broadcast().subList(1, rest.broadcast().size()));
      node.awaitEnd();

      RungEvents pictures = node.rung(Rung.P240);
      assertThat(pictures.discontinuities()).isEqualTo(1);
      assertThat(pictures.times().getLast()).isEqualTo(rest.lastShown());
      assertThat(pictures.samples().size())
          .isLessThan(second.pictures().size() + rest.pictures().size())
          .isGreaterThan(rest.pictures().size());
    }
  }

  @Test
  void anIdleOneIsNotTakenForHanging() throws Exception {
    try (TranscodingNode node = node()) {
      node.feed(clip.events());
      node.awaitSamples(Rung.AUDIO, clip.sounds().size() - 10);
      long pid = node.pid();
      long until = System.nanoTime() + HANG.plusSeconds(1).toNanos();
      await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() > until);

      assertThat(node.pid()).isEqualTo(pid);
      assertThat(node.state()).isInstanceOf(TranscoderState.Running.class);
    }
  }

  @Test
  void accessUnitsThatAreBrokenAreLeftOut() throws Exception {
    Random random = new Random(7);
    List<MediaEvent> events = new ArrayList<>();
    int broken = 0;
    for (MediaEvent event : clip.broadcast()) {
      if (event instanceof MediaEvent.SampleReady(var sample)
          && !sample.sync()
          && random.nextInt(10) == 0) {
        broken++;
        events.add(new MediaEvent.SampleReady(scrambled(sample, random)));
      } else {
        events.add(event);
      }
    }
    try (TranscodingNode node = node()) {
      node.feed(events);
      node.awaitEnd();

      RungEvents pictures = node.rung(Rung.P240);
      assertThat(pictures.discontinuities()).isZero();
      assertThat(pictures.samples().size())
          .isBetween(clip.pictures().size() - broken * 3, clip.pictures().size());
      // Each key frame is where the source's is, to be decoded too.
      assertThat(pictures.samples().stream().filter(Sample::sync).map(Sample::dts))
          .containsAll(clip.pictures().stream().filter(Sample::sync).map(Sample::dts).toList());
    }
  }

  private static Sample scrambled(Sample sample, Random random) {
    byte[] bytes = sample.payload().getBytes();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return new Sample(
        sample.track(),
        sample.dts(),
        sample.compositionOffset(),
        sample.sync(),
        Buffer.buffer(bytes));
  }

  @Test
  void garbageIsRefusedInWordsAndTheNextTracksAreTried() throws Exception {
    Random random = new Random(3);
    try (TranscodingNode node = new TranscodingNode(IMPATIENT, "240p")) {
      List<MediaEvent> garbage = new ArrayList<>();
      garbage.add(new MediaEvent.TracksReady(clip.silent().tracks()));
      clip.pictures()
          .forEach(sample -> garbage.add(new MediaEvent.SampleReady(scrambled(sample, random))));
      node.feed(garbage);
      node.feed(garbage.subList(1, garbage.size()));
      await().until(() -> node.state() instanceof TranscoderState.Refused);

      assertThat(node.state().detail()).contains("no picture could be decoded");
      assertThat(node.rung(Rung.P240).samples()).isEmpty();
      await().until(() -> node.pid() < 0);
      node.feed(clip.later(Duration.ofSeconds(6)).broadcast());
      node.awaitEnd();
      assertThat(node.rung(Rung.P240).samples()).hasSameSizeAs(clip.pictures());
    }
  }

  @Test
  void itEndsWithTheConnection() throws Exception {
    TranscodingNode node = node();
    long pid;
    try (node) {
      node.feed(clip.events());
      node.awaitSamples(Rung.P240, 20);
      pid = node.pid();
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }
}
