package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.testkit.rtmp.Amf;
import io.millrace.testkit.rtmp.Bytes;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every encoder's way of speaking, with the real clip, over a real socket. */
class DialectTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final String NAME = "demo" + IngestHarness.QUERY;

  private static IngestHarness ingest;
  private static List<FlvClip.Tag> clip;

  @BeforeAll
  static void start() {
    ingest =
        new IngestHarness(
            Map.of("endGrace", "20ms", "lossGrace", "20ms", "takeoverSilence", "10s"));
    clip = FlvClip.bigBuckBunny().first(Duration.ofSeconds(2));
  }

  @AfterAll
  static void stop() {
    ingest.close();
  }

  @BeforeEach
  void nobodyIsOnAir() {
    soon().until(() -> ingest.streams.statuses().isEmpty());
    ingest.events.clear();
    ingest.attempts.clear();
  }

  // RTMP R1, R2, R5, R6, R7, R16, R18, R19, R20, R21
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void publishesAndPublishesAgainOnTheSameConnection(Dialect dialect) {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), dialect)) {
      for (int time = 1; time <= 2; time++) {
        ingest.events.clear();
        if (time == 1) {
          encoder.publish("live", NAME);
        } else {
          encoder.forget();
          encoder.command(0, "createStream", 30, (Object) null).awaitResult(30);
          encoder.command(1, "publish", 31, null, NAME, "live").awaitStatus();
        }
        encoder.media(clip, 0).unpublish(NAME);
        awaitEnds(1);
        assertThat(payloads(Message.VIDEO)).isEqualTo(sent(Message.VIDEO));
        assertThat(payloads(Message.AUDIO)).isEqualTo(sent(Message.AUDIO));
      }
      assertThat(ingest.attempts).hasSize(2);
      assertThat(ingest.attempts).allMatch(one -> one.stream().toString().equals("live/demo"));
      assertThat(ingest.attempts).allMatch(one -> one.key().equals(Optional.of(IngestHarness.KEY)));
    }
  }

  // RTMP R11, R12, R13
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void goesOnOverBothWrapsOfTheTimestamp(Dialect dialect) {
    for (long start : new long[] {0xFFFFFF - 1000, 0xFFFFFFFFL - 1000, 0x7FFFFFFFL - 1000}) {
      nobodyIsOnAir();
      try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), dialect)) {
        encoder.publish("live", NAME).media(clip, start).unpublish(NAME);
        awaitEnds(1);
      }
      assertThat(payloads(Message.VIDEO)).isEqualTo(sent(Message.VIDEO));
      assertThat(payloads(Message.AUDIO)).isEqualTo(sent(Message.AUDIO));
      assertThat(ingest.events()).noneMatch(MediaEvent.Discontinuity.class::isInstance);
      List<SampleReady> video = ingest.samples(1);
      long length = video.getLast().sample().dts() - video.getFirst().sample().dts();
      assertThat(length).isBetween(90L * 1900, 90L * 2000);
    }
  }

  // RTMP R5, R9
  @Test
  void chunkSizesChangeWithinInterleavedMessages() {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.FLASH)) {
      encoder.publish("live", NAME);
      List<FlvClip.Tag> headers = clip.stream().filter(FlvClip.Tag::isHeader).toList();
      encoder.media(headers, 0);
      AtomicInteger size = new AtomicInteger(100);
      IntSupplier sizes = () -> size.updateAndGet(last -> last * 3 % 8191 + 1);
      List<Message> waiting = new ArrayList<>();
      for (FlvClip.Tag tag : clip) {
        if (tag.isHeader() || tag.type() == Message.DATA) {
          continue;
        }
        Message message = encoder.message(tag, 0);
        if (waiting.stream().anyMatch(one -> one.chunkStream() == message.chunkStream())) {
          encoder.interleave(waiting, sizes);
          waiting.clear();
        }
        waiting.add(message);
      }
      encoder.interleave(waiting, sizes).unpublish(NAME);
      awaitEnds(1);
      assertThat(payloads(Message.VIDEO)).isEqualTo(sent(Message.VIDEO));
      assertThat(payloads(Message.AUDIO)).isEqualTo(sent(Message.AUDIO));
    }
  }

  // RTMP R16
  @Test
  void acknowledgesByThePeersWindow() {
    try (FakeEncoder encoder =
        FakeEncoder.open(ingest.server.rtmpPort(), Dialect.GSTREAMER_RTMP2SINK)) {
      encoder.publish("live", NAME).window(10_000).media(clip, 0).unpublish(NAME);
      List<Long> told =
          encoder.await(
              () ->
                  Optional.of(acknowledged(encoder))
                      .filter(all -> !all.isEmpty())
                      .filter(all -> encoder.sentBytes() - all.getLast() < 10_000),
              "an acknowledgement of the last full window");
      assertThat(told).isSorted();
      assertThat(told.getLast()).isLessThanOrEqualTo(encoder.sentBytes());
    }
  }

  private static List<Long> acknowledged(FakeEncoder encoder) {
    return encoder.messages().stream()
        .filter(message -> message.type() == Message.ACKNOWLEDGEMENT)
        .map(message -> Integer.toUnsignedLong(ByteBuffer.wrap(message.payload()).getInt()))
        .toList();
  }

  // RTMP R16
  @Test
  void pingsAreAnsweredAndUnknownEventsAreNot() {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS)) {
      encoder.publish("live", NAME);
      int told = events(encoder).size();
      for (int event : new int[] {3, 31, 32, 1000}) {
        encoder.send(
            Message.control(Message.USER_CONTROL, new Bytes().u16(event).u32(1).toArray()));
      }
      byte[] ping = new Bytes().u16(6).u32(0x01020304).toArray();
      encoder.send(Message.control(Message.USER_CONTROL, ping));
      byte[] pong = new Bytes().u16(7).u32(0x01020304).toArray();
      encoder.await(
          () -> events(encoder).stream().filter(ByteBuffer.wrap(pong)::equals).findFirst(),
          "a pong");
      assertThat(events(encoder)).hasSize(told + 1);
    }
  }

  private static List<ByteBuffer> events(FakeEncoder encoder) {
    return encoder.messages().stream()
        .filter(message -> message.type() == Message.USER_CONTROL)
        .map(message -> ByteBuffer.wrap(message.payload()))
        .toList();
  }

  // RTMP R19
  @Test
  void anEncoderIsToldOfItsStreamAndGetsNoDataMessage() {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.FMLE)) {
      encoder.publish("live", NAME).media(clip, 0);
      assertThat(encoder.awaitCommand("onFCPublish").info("code"))
          .isEqualTo("NetStream.Publish.Start");
      assertThat(encoder.messages()).extracting(Message::type).doesNotContain(Message.DATA);
    }
  }

  // RTMP R21
  @ParameterizedTest
  @ValueSource(strings = {"deleteStream", "closeStream", "fin", "reset"})
  void everyEndEndsThePublicationOnce(String end) {
    FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS);
    encoder.publish("live", NAME).media(clip, 0);
    soon().until(() -> ingest.samples(1).size() == sent(Message.VIDEO).size());
    switch (end) {
      case "fin" -> encoder.close();
      case "reset" -> encoder.reset();
      default -> encoder.command(1, end, 9, null, 1);
    }
    awaitEnds(1);
    encoder.close();
    soon().until(() -> connections() == 0);
    assertThat(ingest.events()).filteredOn(MediaEvent.Ended.class::isInstance).hasSize(1);
  }

  // RTMP R22
  @Test
  void aPublisherWhoseConnectionIsCutComesBackAtOnce() {
    FakeEncoder first = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS);
    first.publish("live", NAME).media(clip, 0);
    first.reset();
    try (FakeEncoder second = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS)) {
      second.publish("live", NAME).media(clip, 0).unpublish(NAME);
    }
  }

  // RTMP R23
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aWrongKeyIsRefusedWithWords(Dialect dialect) {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), dialect)) {
      assertThatThrownBy(() -> encoder.publish("live", "demo?key=wrong"))
          .hasMessage("the publish key of live/demo is not right");
      FakeEncoder.Answer answer = encoder.awaitCommand("onStatus");
      assertThat(answer.info("level")).isEqualTo("error");
      assertThat(answer.info("code")).isEqualTo("NetStream.Publish.Denied");
      encoder.awaitClosed();
    }
  }

  // RTMP R18, R20
  @Test
  void theKeyMayStandInTheAppOrTheAddress() {
    String query = NAME.substring(NAME.indexOf('?'));
    for (Dialect dialect : new Dialect[] {Dialect.LARIX, Dialect.VMIX}) {
      nobodyIsOnAir();
      try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), dialect)) {
        encoder.publish("live" + query, "demo").unpublish("demo");
      }
      assertThat(ingest.attempts.getLast().key()).contains(IngestHarness.KEY);
    }
  }

  // RTMP R23
  @Test
  void anUnsupportedCodecIsTheReasonOfTheEnd() {
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS)) {
      encoder.publish("live", NAME).media(clip, 0);
      encoder.media(List.of(new FlvClip.Tag(Message.VIDEO, 2000, new byte[] {0x22, 0, 0})), 0);
      FakeEncoder.Answer answer =
          encoder.awaitAnswer(one -> one.info("level").equals("error"), "words");
      assertThat(answer.info("description")).contains("is not supported");
      encoder.awaitClosed();
    }
    awaitEnds(1);
    assertThat(ingest.events().getLast()).isEqualTo(new MediaEvent.Ended(EndReason.UNSUPPORTED));
  }

  // RTMP R24
  @Test
  void unknownMessagesAreSkippedAndCounted() {
    double before = ingest.metrics.skipped.labelValues("rtmp").get();
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.FFMPEG)) {
      encoder.publish("live", NAME).media(clip.subList(0, 20), 0);
      encoder.send(new Message(9, 99, 1, 0, new byte[500]));
      encoder.send(new Message(9, Message.COMMAND, 1, 0, new byte[] {0x7F, 1, 2, 3}));
      encoder.send(new Message(9, Message.COMMAND, 1, 0, Amf.amf0("whatIsThis", 4.0)));
      encoder.media(clip.subList(20, clip.size()), 0).unpublish(NAME);
    }
    awaitEnds(1);
    assertThat(payloads(Message.VIDEO)).isEqualTo(sent(Message.VIDEO));
    soon().until(() -> ingest.metrics.skipped.labelValues("rtmp").get() == before + 3);
  }

  /** Looked at often: what is waited for takes a few milliseconds, a hundred times. */
  private static ConditionFactory soon() {
    return await().pollInterval(Duration.ofMillis(5)).atMost(DEADLINE);
  }

  private void awaitEnds(int count) {
    soon()
        .until(
            () ->
                ingest.events().stream().filter(MediaEvent.Ended.class::isInstance).count()
                    == count);
  }

  private static double connections() {
    return ingest.metrics.connections.labelValues("rtmp").get();
  }

  /** What came of one kind, without FLV's own bytes. */
  private static List<ByteBuffer> payloads(int type) {
    return ingest.samples(type == Message.VIDEO ? 1 : 2).stream()
        .map(ready -> ByteBuffer.wrap(ready.sample().payload().getBytes()))
        .toList();
  }

  private static List<ByteBuffer> sent(int type) {
    int own = type == Message.VIDEO ? 5 : 2;
    return clip.stream()
        .filter(tag -> tag.type() == type && !tag.isHeader())
        .map(tag -> ByteBuffer.wrap(tag.payload(), own, tag.payload().length - own).slice())
        .toList();
  }
}
