package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.ts.TransportFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What segments take that are not written yet, of a publisher whose timestamps stand still and who
 * sends faster than the wall clock goes on.
 */
class SegmentMemoryTest {
  private static final int SAMPLES = 1_000_000;
  private static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);
  private static final Track AUDIO = RandomBroadcast.audio(Timescale.VIDEO, 48_000);
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));

  enum Container {
    CMAF,
    TS
  }

  private long segments;
  private long framesOut;
  private long bytesOut;
  private long largest;
  private long discontinuities;

  /** As what repairs timestamps makes them of samples that all have the same: a tick apart. */
  @ParameterizedTest
  @EnumSource
  void picturesOfOneTimeAreCutWhenTheyTakeTooMuch(Container container) {
    Segmenter segmenter = segmenter(container);
    announce(segmenter, VIDEO);
    Buffer picture = picture(1_000);
    long most = 0;
    for (int i = 0; i < SAMPLES; i++) {
      send(segmenter, VIDEO, i, i == 0, picture);
      most = Math.max(most, (i + 1 - framesOut) * 1_000);
    }

    assertThat(most).isBetween(CutRules.MOST_BYTES / 2, CutRules.MOST_BYTES);
    assertThat(segments).isGreaterThan(10);
    assertThat(segmenter.overfull()).isEqualTo(segments);
    assertThat(discontinuities).isZero();
    segmenter.flush();
    assertThat(framesOut).isEqualTo(SAMPLES);
    assertThat(segmenter.dropped()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void samplesWithoutContentTakeMemoryToo(Container container) {
    Segmenter segmenter = segmenter(container);
    announce(segmenter, VIDEO);
    Buffer picture = picture(10);
    long most = 0;
    for (int i = 0; i < SAMPLES; i++) {
      send(segmenter, VIDEO, i, i == 0, picture);
      most = Math.max(most, i + 1 - framesOut);
    }

    assertThat(most).isBetween(100_000L, 300_000L);
  }

  @ParameterizedTest
  @EnumSource
  void soundOfOneTimeWaitsForNoPicturesWhenItTakesTooMuch(Container container) {
    Segmenter segmenter = segmenter(container);
    announce(segmenter, VIDEO, AUDIO);
    Buffer frame = Buffer.buffer(new byte[1_000]);
    long most = 0;
    for (int i = 0; i < SAMPLES; i++) {
      send(segmenter, AUDIO, i, true, frame);
      most = Math.max(most, (i + 1) * 1_000L - bytesOut);
    }

    assertThat(most).isBetween(CutRules.MOST_BYTES, 2 * CutRules.MOST_BYTES + 2_000);
  }

  /** Pictures that stand still beside sound that goes on a little faster. */
  @ParameterizedTest
  @EnumSource
  void picturesAndSoundOfOneTimeStayBelowTheBoundTogether(Container container) {
    Segmenter segmenter = segmenter(container);
    announce(segmenter, VIDEO, AUDIO);
    Buffer picture = picture(1_000);
    Buffer frame = Buffer.buffer(new byte[1_000]);
    long most = 0;
    long sent = 0;
    for (int i = 0; i < SAMPLES / 3; i++) {
      send(segmenter, VIDEO, i, i == 0, picture);
      send(segmenter, AUDIO, 2L * i, true, frame);
      send(segmenter, AUDIO, 2L * i + 1, true, frame);
      sent += 3_000;
      most = Math.max(most, sent - bytesOut);
    }

    assertThat(most).isBetween(1L, 2 * CutRules.MOST_BYTES + 6_000);
  }

  /** 80 Mbit/s in groups of 10 s. */
  @Test
  void aGroupThatTakesTooMuchIsCutInsideAndIsNoBreak() {
    Segmenter segmenter = segmenter(Container.CMAF);
    announce(segmenter, VIDEO);
    Buffer picture = picture(400_000);
    for (int i = 0; i < 750; i++) {
      send(segmenter, VIDEO, 3_600L * i, i % 250 == 0, picture);
    }

    assertThat(segments).isBetween(4L, 6L);
    assertThat(largest).isBetween(30L << 20, CutRules.MOST_BYTES + (1 << 20));
    assertThat(discontinuities).isZero();
    segmenter.flush();
    assertThat(framesOut).isEqualTo(750);
  }

  private Segmenter segmenter(Container container) {
    SegmentFormat format =
        switch (container) {
          case CMAF -> new CmafFormat(RULES, this::count);
          case TS -> new TransportFormat(Set.of(), this::count);
        };
    return new Segmenter(RULES, format);
  }

  private void count(CutSegment segment) {
    segments++;
    framesOut += segment.frames();
    bytesOut += segment.bytes().length();
    largest = Math.max(largest, segment.bytes().length());
    discontinuities += segment.discontinuity() ? 1 : 0;
  }

  private void announce(Segmenter segmenter, Track... tracks) {
    segmenter.accept(new MediaEvent.TracksReady(List.of(tracks)), Instant.EPOCH);
  }

  private void send(Segmenter segmenter, Track track, long dts, boolean sync, Buffer payload) {
    segmenter.accept(
        new MediaEvent.SampleReady(new Sample(track.id(), dts, 0, sync, payload)), Instant.EPOCH);
  }

  /** One NAL unit behind its length. */
  private static Buffer picture(int bytes) {
    Buffer picture = Buffer.buffer().appendInt(bytes - 4).appendByte((byte) 0x65);
    return picture.appendBytes(new byte[bytes - picture.length()]);
  }
}
