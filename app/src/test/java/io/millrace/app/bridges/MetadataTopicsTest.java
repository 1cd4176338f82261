package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.TopicMessage;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataTopicsTest {
  private static final String TOPIC = "public/streams/live/cam1/metadata";

  @Test
  void aMessageWithAMediaTimeIsOfThatMomentAndOneWithoutOfNow() {
    assertThat(request(Map.of("ce_mediatime", "12.25"), Optional.empty()).time())
        .isEqualTo(new CueTime.Media(12_250_000_000L));
    assertThat(request(Map.of(), Optional.empty()).time()).isEqualTo(new CueTime.NextCut());
    for (String wrong : new String[] {"noon", "-1", "1e12", ""}) {
      assertThat(MetadataTopics.request(TOPIC, message(Map.of("ce_mediatime", wrong)))).isEmpty();
    }
  }

  @Test
  void textGoesOnAsTextAndTheRestAsBytesOfTheTopic() {
    assertThat(
            request(
                    Map.of("content-type", "application/json; charset=utf-8", "ce_type", "goal"),
                    Optional.empty())
                .content())
        .isEqualTo(new TimedMetadata.Text("goal", "{}"));
    assertThat(request(Map.of(), Optional.empty()).content())
        .isEqualTo(new TimedMetadata.Text(TOPIC, "{}"));
    assertThat(request(Map.of("content-type", "application/cbor"), Optional.empty()).content())
        .isEqualTo(new TimedMetadata.Private(TOPIC, Buffer.buffer("{}")));
  }

  @Test
  void theSameMessageAgainHasTheSameIdAndAnotherOneAnother() {
    assertThat(request(Map.of(), Optional.of("a")).id())
        .isEqualTo(request(Map.of(), Optional.of("a")).id())
        .isNotEqualTo(request(Map.of(), Optional.of("b")).id());
    assertThat(request(Map.of(), Optional.of("a")).id().orElseThrow()).isBetween(0L, 0xFFFF_FFFFL);
    assertThat(request(Map.of(), Optional.empty()).id()).isEmpty();
  }

  private static MetadataRequest request(Map<String, String> headers, Optional<String> id) {
    return MetadataTopics.request(TOPIC, new TopicMessage(id, headers, Buffer.buffer("{}")))
        .orElseThrow();
  }

  private static TopicMessage message(Map<String, String> headers) {
    return new TopicMessage(Optional.empty(), headers, Buffer.buffer("{}"));
  }
}
