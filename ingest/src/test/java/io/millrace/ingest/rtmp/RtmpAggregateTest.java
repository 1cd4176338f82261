package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RtmpAggregateTest {
  // RTMP R24
  @Test
  void timesAreMovedSoThatTheFirstIsTheAggregatesOwn() {
    Buffer bytes =
        SampleMedia.hex(
            "09 000001 000064 00 000000 aa 0000000c"
                + "08 000002 00006e 00 000000 bbcc 0000000d"
                + "12 000001 00005a 00 000000 05 0000000c");
    List<RtmpMessage> messages =
        RtmpAggregate.messages(new RtmpMessage(RtmpMessage.AGGREGATE, 7, 5000, bytes));
    assertThat(messages)
        .containsExactly(
            new RtmpMessage(RtmpMessage.VIDEO, 7, 5000, SampleMedia.hex("aa")),
            new RtmpMessage(RtmpMessage.AUDIO, 7, 5010, SampleMedia.hex("bbcc")),
            new RtmpMessage(RtmpMessage.DATA_AMF0, 7, 4990, SampleMedia.hex("05")));
  }

  // RTMP R13
  @Test
  void timesOfThirtyTwoBitsWrap() {
    Buffer bytes =
        SampleMedia.hex(
            "09 000001 fffff0 ff 000000 aa 0000000c" + "09 000001 000010 00 000000 bb 0000000c");
    List<RtmpMessage> messages =
        RtmpAggregate.messages(new RtmpMessage(RtmpMessage.AGGREGATE, 1, 0xFFFFFFF8L, bytes));
    assertThat(messages).extracting(RtmpMessage::timestamp).containsExactly(0xFFFFFFF8L, 0x18L);
  }

  // RTMP R24
  @Test
  void whatIsCutIsLeftOut() {
    Buffer bytes =
        SampleMedia.hex("09 000001 000000 00 000000 aa" + "0000000c 09 7fffff 000000 00 000000 aa");
    assertThat(RtmpAggregate.messages(new RtmpMessage(22, 1, 0, bytes))).hasSize(1);
    assertThat(RtmpAggregate.messages(new RtmpMessage(22, 1, 0, bytes.slice(0, 12)))).hasSize(1);
    assertThat(RtmpAggregate.messages(new RtmpMessage(22, 1, 0, bytes.slice(0, 9)))).isEmpty();
  }
}
