package io.millrace.broker.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.Refusal;
import io.millrace.broker.position.Position;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class BatchAnswerTest {
  @Test
  void saysOfEachMessageInTheBatchsOrderWhatBecameOfIt() {
    BatchAnswer answer = new BatchAnswer(3);
    answer.refused(1, new Refusal(Refusal.Code.BAD_TOPIC, "no \"topic\"\n\u00e4"));
    answer.published(2, null, 7);
    assertThat(answer.isWhole()).isFalse();
    Position position = new Position.OfTopic(-1, 1, 3, 77, 1_790_000_000_000L);
    answer.published(0, position, 1_790_000_000_000L);

    assertThat(answer.isWhole()).isTrue();
    assertThat(answer.isGood()).isFalse();
    assertThat(new JsonObject(Buffer.buffer(answer.toJson())))
        .isEqualTo(
            new JsonObject()
                .put(
                    "results",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("time", 1_790_000_000_000L)
                                .put("position", position.token()))
                        .add(
                            new JsonObject()
                                .put(
                                    "error",
                                    new JsonObject()
                                        .put("code", Refusal.Code.BAD_TOPIC.word())
                                        .put("message", "no \"topic\"\n\u00e4")))
                        .add(new JsonObject().put("time", 7))));
  }

  @Test
  void isGoodWhereAllWerePublished() {
    BatchAnswer answer = new BatchAnswer(1);
    answer.published(0, null, 7);

    assertThat(answer.isGood()).isTrue();
    assertThat(new String(answer.toJson(), UTF_8)).isEqualTo("{\"results\":[{\"time\":7}]}");
  }
}
