package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.catalog.StreamCues;
import io.millrace.catalog.StreamCues.Action;
import io.millrace.http.FieldProblem;
import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.Cues;
import io.millrace.packager.Told;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CueBridgeTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.500Z");

  private final Kept cues = new Kept();
  private final CueBridge bridge = new CueBridge(cues);

  @Test
  void readsWhatIsAskedForAndTellsHowItStands() {
    StreamCues.Done made =
        (StreamCues.Done)
            ask(
                Action.MAKE,
                """
                {"id": "ad", "kind": "range", "class": "com.example", "at": "2026-11-23T13:00:00.5+01:00",
                 "duration": 12.5, "autoReturn": false,
                 "attributes": {"X-A": "text", "X-B": 1.50, "X-C": {"hex": "0aFF"}}}
                """);

    CueRequest asked = cues.asked.getFirst();
    assertThat(asked.kind()).isEqualTo(Kind.RANGE);
    assertThat(asked.start()).isEqualTo(new CueTime.At(NOON));
    assertThat(asked.planned()).contains(Duration.ofMillis(12_500));
    assertThat(asked.autoReturn()).isFalse();
    assertThat(asked.attributes())
        .containsEntry("X-A", new CueAttribute.Text("text"))
        .containsEntry("X-C", new CueAttribute.Bytes(Buffer.buffer(new byte[] {10, -1})));
    assertThat(((CueAttribute.Decimal) asked.attributes().get("X-B")).value())
        .isEqualByComparingTo(BigDecimal.valueOf(1.5));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.body().encode())
        .isEqualTo(
            "{\"id\":\"ad\",\"kind\":\"range\",\"class\":\"com.example\",\"state\":\"on\","
                + "\"autoReturn\":false,\"at\":\"2026-11-23T12:00:00.500Z\",\"mediaTime\":2.5,"
                + "\"duration\":12.5,\"attributes\":{\"X-A\":\"text\",\"X-B\":1.5,"
                + "\"X-C\":{\"hex\":\"0aff\"}}}");
  }

  @Test
  void aRequestOfNothingIsASpliceOfNow() {
    ask(Action.MAKE, "{}");

    assertThat(cues.asked.getFirst().kind()).isEqualTo(Kind.SPLICE);
    assertThat(cues.asked.getFirst().start()).isEqualTo(new CueTime.NextCut());
    assertThat(cues.asked.getFirst().id()).isNotEmpty();
  }

  @Test
  void namesEachFieldThatCannotBeUsed() {
    StreamCues.Refused refused =
        (StreamCues.Refused)
            ask(
                Action.MAKE,
                """
                {"id": 7, "kind": "break", "at": "noon", "duration": -1, "autoReturn": "yes",
                 "scte35": "0xF", "attributes": {"X-A": true}, "colour": "red"}
                """);

    assertThat(refused.problem().status()).isEqualTo(400);
    assertThat(refused.fields())
        .extracting(FieldProblem::field)
        .containsExactlyInAnyOrder(
            "colour", "duration", "id", "kind", "at", "autoReturn", "scte35", "attributes.X-A");
    assertThat(fields(ask(Action.MAKE, "{\"at\": \"2026-11-23T12:00:00Z\", \"mediaTime\": 1}")))
        .containsExactly("at");
    assertThat(fields(ask(Action.END_AT, "{}"))).containsExactly("endAt");
  }

  @Test
  void whatABroadcastRefusesHasTheNameOfItsFieldAndAStatus() {
    cues.refuses(CueReply.Reason.UNUSABLE, "start: the media is 2.000 s past it");
    assertThat(((StreamCues.Refused) ask(Action.MAKE, "{}")).fields())
        .containsExactly(new FieldProblem("at", "the media is 2.000 s past it"));
    List<Integer> statuses = new ArrayList<>();
    for (CueReply.Reason reason : CueReply.Reason.values()) {
      cues.refuses(reason, "words");
      statuses.add(((StreamCues.Refused) ask(Action.MAKE, "{}")).problem().status());
    }
    assertThat(statuses).containsExactly(404, 503, 404, 409, 400, 409, 503);
  }

  @Test
  void readsTimedMetadataOfEachKind() {
    assertThat(((StreamCues.Done) ask(Action.TELL, "{\"id\": 4, \"text\": \"goal\"}")).body())
        .isEqualTo(new JsonObject().put("id", 4L).put("at", NOON.toString()).put("mediaTime", 2.5));
    ask(Action.TELL, "{\"owner\": \"com.example\", \"data\": \"AQ==\", \"mediaTime\": 3}");
    ask(Action.TELL, "{\"id3\": \"AQ==\", \"duration\": 2}");
    ask(Action.TELL, "{\"scheme\": \"urn:x\", \"value\": \"1\", \"data\": \"AQ==\"}");

    Buffer one = Buffer.buffer(new byte[] {1});
    assertThat(cues.told)
        .extracting(MetadataRequest::content)
        .containsExactly(
            new TimedMetadata.Text("", "goal"),
            new TimedMetadata.Private("com.example", one),
            new TimedMetadata.Id3(one),
            new TimedMetadata.Event("urn:x", "1", one));
    assertThat(cues.told.get(1).time()).isEqualTo(new CueTime.Media(3_000_000_000L));
    assertThat(cues.told.get(2).duration()).contains(Duration.ofSeconds(2));
    assertThat(fields(ask(Action.TELL, "{}"))).containsExactly("text");
    assertThat(fields(ask(Action.TELL, "{\"text\": \"a\", \"id3\": \"AQ==\"}")))
        .containsExactly("text");
    assertThat(fields(ask(Action.TELL, "{\"id\": \"x\", \"id3\": \"-\"}")))
        .containsExactly("id", "id3");
  }

  @Test
  void endsAtATimeOrNow() {
    ask(Action.END_AT, "{\"endMediaTime\": 7.25}");
    ask(Action.END, "{}");

    assertThat(cues.ended)
        .containsExactly(new CueTime.Media(7_250_000_000L), new CueTime.NextCut());
  }

  private StreamCues.Answer ask(Action action, String body) {
    return bridge.ask(action, "live", "cam1", "ad", new JsonObject(body)).await();
  }

  private static List<String> fields(StreamCues.Answer answer) {
    return ((StreamCues.Refused) answer).fields().stream().map(FieldProblem::field).toList();
  }

  /** Keeps what it is asked, and answers that it is so, or that it cannot be. */
  private static final class Kept implements Cues {
    final List<CueRequest> asked = new ArrayList<>();
    final List<CueTime> ended = new ArrayList<>();
    final List<MetadataRequest> told = new ArrayList<>();
    private Optional<CueReply.Refused<Cue>> refusal = Optional.empty();

    void refuses(CueReply.Reason reason, String words) {
      refusal = Optional.of(new CueReply.Refused<>(reason, words));
    }

    @Override
    public Future<CueReply<Cue>> announce(StreamKey stream, CueRequest request) {
      asked.add(request);
      Cue cue =
          new Cue(
              request.id(),
              request.kind(),
              request.cueClass(),
              Cue.State.ON,
              OptionalLong.of(2_500_000_000L),
              Optional.of(NOON),
              request.planned(),
              request.autoReturn(),
              OptionalLong.empty(),
              Optional.empty(),
              request.section(),
              request.attributes());
      return Future.succeededFuture(
          refusal.<CueReply<Cue>>map(its -> its).orElseGet(() -> new CueReply.Done<>(cue, true)));
    }

    @Override
    public Future<CueReply<Optional<Cue>>> end(StreamKey stream, String id, CueTime time) {
      ended.add(time);
      return Future.succeededFuture(new CueReply.Done<>(Optional.empty(), true));
    }

    @Override
    public Future<CueReply<Told>> tell(StreamKey stream, MetadataRequest request) {
      told.add(request);
      return Future.succeededFuture(
          new CueReply.Done<>(
              new Told(request.id().orElse(9), Duration.ofMillis(2_500), NOON), true));
    }

    @Override
    public Future<CueReply<List<Cue>>> list(StreamKey stream) {
      return Future.succeededFuture(new CueReply.Done<>(List.of(), false));
    }
  }
}
