package io.millrace.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.client.Gap;
import io.millrace.client.HistoryPage;
import io.millrace.client.Interest;
import io.millrace.client.Publication;
import io.millrace.client.Start;
import io.millrace.testkit.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final List<String> FRAMES =
      List.of(
          "{'type':'connected','id':'c','principal':'key:a','expires':5,'pingInterval':25000}",
          "{'type':'published','id':'1','time':7,'position':'p'}",
          "{'type':'subscribed','sub':'s','mayRepeat':true,'position':'p'}",
          "{'type':'message','sub':'s','topic':'a/b','time':7,'id':'m','headers':{'x':'y'}}",
          "{'type':'gap','sub':'s','reason':'not-kept','partition':2,'from':3,'to':4}",
          "{'type':'caught-up','sub':'s'}",
          "{'type':'ended','sub':'s','code':'too-slow','message':'why'}",
          "{'type':'history','id':'h','complete':true,'gaps':[{'reason':'retention'}],"
              + "'messages':[{'topic':'a/b','time':7}]}",
          "{'type':'error','id':'1','code':'bad-topic','message':'why'}",
          "{'type':'pong'}");

  private static byte[] cbor(String json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser from = new JsonFactory().createParser(json.replace('\'', '"'));
        JsonGenerator to = new CBORFactory().createGenerator(bytes)) {
      from.nextToken();
      to.copyCurrentStructure(from);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static ServerFrame read(String json) throws MalformedFrameException {
    return FrameReader.read(cbor(json));
  }

  @Test
  void readsEveryKindOfFrame() throws Exception {
    assertThat(read(FRAMES.get(0)))
        .isEqualTo(
            new ServerFrame.Connected("key:a", Optional.of(Instant.ofEpochMilli(5)), 25_000));
    assertThat(read(FRAMES.get(4)))
        .isEqualTo(new ServerFrame.GapTold("s", new Gap(Gap.Reason.NOT_KEPT, 2, 3, 4)));
    HistoryPage page = ((ServerFrame.History) read(FRAMES.get(7))).page();
    assertThat(page.isComplete()).isTrue();
    assertThat(page.messages().getFirst().topic()).isEqualTo("a/b");
    assertThat(page.gaps()).hasSize(1);
    assertThat(((ServerFrame.Delivered) read(FRAMES.get(3))).message().headers())
        .containsEntry("x", "y");
  }

  @Test
  void passesOverWhatItDoesNotKnow() throws Exception {
    assertThat(read("{'type':'new','x':[1,{'y':[]}],'z':null}"))
        .isEqualTo(new ServerFrame.Other("new"));
    assertThat(read("{'type':'caught-up','new':{'a':[{}]},'messages':3,'sub':'s'}"))
        .isEqualTo(new ServerFrame.CaughtUp("s", Optional.empty()));
    assertThatThrownBy(() -> read("{'type':'caught-up'}"))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageContaining("sub");
  }

  @Test
  void damagedFramesGiveAFrameOrItsOwnException() {
    Fuzz.Outcome outcome =
        Fuzz.of(
                Stream.concat(
                        FRAMES.stream().map(FrameReaderTest::cbor),
                        Stream.of(FrameWriter.publish("1", "m", Publication.text("a/b", "x"))))
                    .toList())
            .allowing(MalformedFrameException.class)
            .run(FrameReader::read);
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  @Test
  void writesAllThatAnInterestSays() throws Exception {
    byte[] frame =
        FrameWriter.subscribe(
            "s",
            Interest.in("a/#").withWhere("payload.t > 3"),
            Start.since(Instant.ofEpochMilli(9)));
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonParser from = new CBORFactory().createParser(frame);
        JsonGenerator to = new JsonFactory().createGenerator(json)) {
      from.nextToken();
      to.copyCurrentStructure(from);
    }
    assertThat(json)
        .hasToString(
            "{'type':'subscribe','sub':'s','policy':'pause','filter':'a/#','where':'payload.t > 3',"
                    .replace('\'', '"')
                + "\"start\":{\"since\":9}}");
  }

  @Test
  void waitsLongerWithEachAttemptUpToABoundAndNotAtTheSameTimeAsOthers() {
    Backoff backoff = new Backoff(Duration.ofMillis(400), Duration.ofSeconds(20));
    SplittableRandom random = new SplittableRandom(1);
    for (int attempt = 0; attempt < 70; attempt++) {
      long bound = (long) Math.min(20_000, 400 * Math.pow(2, attempt));
      assertThat(backoff.before(attempt, random).toMillis()).isBetween(bound / 2, bound);
    }
    assertThat(Stream.generate(() -> backoff.before(3, random)).limit(20).distinct().count())
        .isGreaterThan(15);
  }
}
