package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who gets a picture when one stream's makes the child die, by a child that does as it is told. */
class PictureQueueTest {
  private static final WireTrack TRACK =
      WireTrack.video(1, 90_000, Codec.VP9, 640, 360, 25_000, ByteBuffer.allocate(0));
  private static final int DEADLY = 66;

  private final TranscodingMetrics metrics = new TranscodingMetrics(new PrometheusRegistry());
  private final List<FakeRun> started = new ArrayList<>();
  private final Map<String, List<PictureOutcome>> heard = new HashMap<>();
  private long nowNanos = 7_000_000_000L;
  private final PictureQueue queue =
      new PictureQueue(
          listener -> {
            FakeRun run = new FakeRun(listener);
            started.add(run);
            return run;
          },
          metrics,
          Duration.ofSeconds(10),
          () -> nowNanos);

  /** Remembers what it is told. */
  private static final class FakeRun implements PictureRun {
    private final Child.Listener listener;
    private Frame.@Nullable KeyFrame asked;
    private boolean stopped;
    private boolean dead;
    private boolean greeted;

    FakeRun(Child.Listener listener) {
      this.listener = listener;
    }

    @Override
    public void send(Frame frame) {
      if (frame instanceof Frame.KeyFrame key) {
        asked = key;
      }
    }

    @Override
    public void stop(Duration grace) {
      stopped = true;
    }

    @Override
    public long pid() {
      return 1;
    }

    void hello() {
      greeted = true;
      listener.frame(new Frame.Hello(Frame.VERSION, "test", List.of()));
    }

    /** Makes what it is asked for, or dies of it. */
    boolean work() {
      Frame.KeyFrame key = asked;
      if (key == null) {
        return false;
      }
      asked = null;
      if (key.sample().payload().get(0) == DEADLY) {
        dead = true;
        listener.ended("signal 11");
        return false;
      }
      listener.frame(new Frame.Still(key.number(), 0, 2, 2, ByteBuffer.wrap(new byte[] {1})));
      return true;
    }
  }

  private void ask(String source, int payload) {
    queue.ask(
        source,
        number ->
            new Frame.KeyFrame(
                number,
                120,
                TRACK,
                new WireSample(1, 0, 0, true, ByteBuffer.wrap(new byte[] {(byte) payload}))),
        outcome -> heard.computeIfAbsent(source, _ -> new ArrayList<>()).add(outcome));
  }

  private void after(Duration time) {
    nowNanos += time.toNanos();
    queue.watch();
  }

  /** Runs of the program as they come, for so long. */
  private void goOn(Duration time) {
    for (long i = 0; i < time.toMillis(); i += 200) {
      after(Duration.ofMillis(200));
      FakeRun run = started.getLast();
      if (!run.greeted && !run.dead) {
        run.hello();
      }
      while (run.work()) {
        // All that there is.
      }
    }
  }

  private List<PictureOutcome> of(String source) {
    return heard.getOrDefault(source, List.of());
  }

  @Test
  void aPictureThatKillsWhoeverDecodesItCostsOnlyItsOwnStream() {
    ask("bad", DEADLY);
    ask("good", 1);
    goOn(Duration.ofSeconds(3));
    assertThat(of("good")).hasExactlyElementsOfTypes(PictureOutcome.Made.class);
    assertThat(of("bad")).hasExactlyElementsOfTypes(PictureOutcome.Broken.class);
    assertThat(started).as("runs that died of it").filteredOn(run -> run.dead).hasSize(2);
  }

  @Test
  void aStreamThatGoesOnKillingIsRefusedForLongerAndLonger() {
    for (int second = 0; second < 120; second += 2) {
      ask("bad", DEADLY);
      ask("good", 1);
      goOn(Duration.ofSeconds(2));
    }
    assertThat(of("good")).hasSize(60).hasOnlyElementsOfType(PictureOutcome.Made.class);
    // After 10, 20, 40 and 80 seconds.
    assertThat(of("bad").stream().filter(PictureOutcome.Broken.class::isInstance)).hasSize(4);
    assertThat(started.size()).isLessThan(12);
  }

  @Test
  void whoDiesOfSomethingElseMakesThePictureInItsNextRun() {
    ask("good", 1);
    started.getLast().hello();
    started.getLast().listener.ended("killed");
    assertThat(of("good")).isEmpty();
    goOn(Duration.ofSeconds(1));
    assertThat(of("good")).hasExactlyElementsOfTypes(PictureOutcome.Made.class);
  }

  @Test
  void deathsBetweenWhichPicturesAreMadeCostNoLongerPausesThanTheFirst() {
    for (int death = 0; death < 10; death++) {
      ask("good", 1);
      goOn(Duration.ofSeconds(1));
      assertThat(of("good")).as("behind death " + death).hasSize(death + 1);
      started.getLast().listener.ended("killed");
    }
    assertThat(of("good")).hasOnlyElementsOfType(PictureOutcome.Made.class);
  }

  @Test
  void aPictureThatHangsIsBrokenAndTheOthersAreMade() {
    ask("first", 1);
    started.getLast().hello();
    started.getLast().work();
    ask("hangs", 2);
    after(Duration.ofMillis(2_900));
    ask("good", 1);
    assertThat(started.getLast().stopped).isFalse();
    after(Duration.ofMillis(200));
    assertThat(started.getLast().stopped).isTrue();
    started.getLast().listener.ended("stopped");
    assertThat(of("hangs")).hasExactlyElementsOfTypes(PictureOutcome.Broken.class);
    goOn(Duration.ofSeconds(1));
    assertThat(of("good")).hasExactlyElementsOfTypes(PictureOutcome.Made.class);
    ask("hangs", 1);
    assertThat(of("hangs").getLast()).isInstanceOf(PictureOutcome.Later.class);
  }

  @Test
  void whatComesWhileAnIdleChildEndsSlowlyIsMadeByTheNextWithoutAPause() {
    ask("good", 1);
    started.getLast().hello();
    started.getLast().work();
    after(Duration.ofSeconds(61));
    FakeRun idle = started.getLast();
    assertThat(idle.stopped).isTrue();
    ask("good", 1);
    after(Duration.ofMillis(500));
    after(Duration.ofMillis(500));
    idle.listener.ended("stopped");
    assertThat(started).hasSize(2);
    started.getLast().hello();
    started.getLast().work();
    assertThat(of("good")).hasSize(2).hasOnlyElementsOfType(PictureOutcome.Made.class);
  }

  @Test
  void aProgramThatCannotStartIsTriedMoreAndMoreSeldom() {
    for (int second = 0; second < 60; second++) {
      ask("good", 1);
      for (int i = 0; i < 5; i++) {
        FakeRun last = started.getLast();
        if (!last.stopped) {
          last.stopped = true;
          last.listener.ended("no jar");
        }
        after(Duration.ofMillis(200));
      }
    }
    assertThat(started.size()).isBetween(5, 15);
    assertThat(of("good")).hasSizeGreaterThan(50).hasOnlyElementsOfType(PictureOutcome.Later.class);
  }
}
