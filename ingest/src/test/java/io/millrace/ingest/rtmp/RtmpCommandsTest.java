package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is answered to commands, control messages and what nobody knows. */
class RtmpCommandsTest extends ScriptedSession {
  // RTMP R18
  @Test
  void connectIsAnsweredWithWhatCanBeSent() {
    take(script().connect("live").bytes);
    RtmpCommand result = sent("_result").getFirst();
    assertThat(result.transaction()).isEqualTo(AmfValue.of(1));
    assertThat(result.object().properties()).containsKeys("fmsVer", "capabilities", "fourCcList");
    AmfValue.AmfObject status = (AmfValue.AmfObject) result.arguments().getFirst();
    assertThat(status.string("code")).contains("NetConnection.Connect.Success");
    assertThat(status.properties()).containsEntry("objectEncoding", AmfValue.of(0));
  }

  // RTMP R18
  @Test
  void commandsOfTypeSeventeenAreTaken() {
    Buffer payload = Buffer.buffer().appendByte((byte) 0);
    payload.appendBuffer(
        Amf0.write(AmfValue.of("connect"), AmfValue.of(1), AmfValue.object("app", "live")));
    take(script().message(RtmpMessage.COMMAND_AMF3, 0, 0, payload).bytes);
    assertThat(sent("_result")).hasSize(1);
  }

  // RTMP R18
  @Test
  void connectTellsWhatEnhancedRtmpIsForwarded() {
    take(script().command(0, "connect", 1, AmfValue.object("app", "live", "capsEx", 15)).bytes);
    AmfValue.AmfObject server = sent("_result").getFirst().object();
    for (String fourCc : List.of("avc1", "hvc1", "av01", "vp09")) {
      assertThat(property(server, "videoFourCcInfoMap").number(fourCc)).hasValue(4);
      assertThat(server.properties().get("fourCcList").toString()).contains(fourCc);
    }
    for (String fourCc : List.of("mp4a", "Opus", "fLaC", "ac-3", "ec-3")) {
      assertThat(property(server, "audioFourCcInfoMap").number(fourCc)).hasValue(4);
    }
    assertThat(server.number("capsEx")).hasValue(15);
  }

  // RTMP R18
  @Test
  void aClientThatAsksForAmf3MayUseIt() {
    take(
        script()
            .command(0, "connect", 1, AmfValue.object("app", "live", "objectEncoding", 3))
            .bytes);
    AmfValue.AmfObject status =
        (AmfValue.AmfObject) sent("_result").getFirst().arguments().getFirst();
    assertThat(status.number("objectEncoding")).hasValue(3);
  }

  // RTMP R19
  @Test
  void commandsInAnyOrderWithAnyTransactionAreAnswered() {
    take(
        script()
            .command(0, "createStream", 0, AmfValue.object())
            .command(0, "_checkbw", -3.5, AmfValue.NULL)
            .command(0, "FCPublish", 1e12, AmfValue.NULL, AmfValue.of("demo"))
            .command(0, "getStreamLength", 9)
            .command(0, "releaseStream", 8, AmfValue.NULL, AmfValue.NULL)
            .command(0, "FCUnpublish", 7, AmfValue.NULL)
            .connect("live")
            .bytes);
    assertThat(sent("_result"))
        .extracting(RtmpCommand::transaction)
        .containsExactly(
            AmfValue.of(0),
            AmfValue.of(-3.5),
            AmfValue.of(1e12),
            AmfValue.of(9),
            AmfValue.of(8),
            AmfValue.of(7),
            AmfValue.of(1));
    assertThat(actions).noneMatch(Close.class::isInstance);
  }

  // RTMP R16
  @Test
  void acknowledgesToAPeerThatToldItsWindowAndAnswersPings() {
    ClientScript script = script();
    script.message(RtmpMessage.USER_CONTROL, 0, 0, SampleMedia.hex("0006 01020304"));
    script.message(RtmpMessage.USER_CONTROL, 0, 0, SampleMedia.hex("001f 00"));
    take(script.bytes);
    assertThat(messages()).extracting(RtmpMessage::type).containsExactly(RtmpMessage.USER_CONTROL);
    assertThat(messages().getFirst().payload()).isEqualTo(SampleMedia.hex("0007 01020304"));
    Buffer window =
        new ClientScript()
            .message(RtmpMessage.WINDOW_ACK_SIZE, 0, 0, Buffer.buffer().appendInt(1000))
            .bytes;
    actions.clear();
    take(window);
    assertThat(messages())
        .containsExactly(
            RtmpMessage.control(
                RtmpMessage.ACKNOWLEDGEMENT, script.bytes.length() + window.length()));
  }

  // RTMP R16
  @Test
  void aBandwidthIsAnsweredWithAWindow() {
    take(
        script()
            .message(RtmpMessage.SET_PEER_BANDWIDTH, 0, 0, SampleMedia.hex("000f4240 02"))
            .message(RtmpMessage.ACKNOWLEDGEMENT, 0, 0, SampleMedia.hex("00"))
            .message(RtmpMessage.WINDOW_ACK_SIZE, 0, 0, SampleMedia.hex("00"))
            .bytes);
    assertThat(messages())
        .extracting(RtmpMessage::type)
        .containsExactly(RtmpMessage.WINDOW_ACK_SIZE);
  }

  // RTMP R24
  @Test
  void unknownMessagesAndCommandsAreSkippedAndCounted() {
    ClientScript script = script();
    script.message(99, 0, 0, Buffer.buffer("who knows"));
    script.command(0, "FCSubscribe", 2, AmfValue.NULL);
    script.message(RtmpMessage.COMMAND_AMF0, 0, 0, Buffer.buffer());
    take(script.bytes);
    assertThat(session.skipped()).isEqualTo(3);
    assertThat(actions.stream().filter(Close.class::isInstance)).isEmpty();
  }

  @Test
  void playIsRefusedWithWords() {
    take(script().connect("live").command(1, "play", 4, AmfValue.NULL, AmfValue.of("demo")).bytes);
    assertThat(closed().reason()).isEqualTo(CloseReason.PLAY);
    assertThat(closed().message()).contains("over HTTP");
  }

  private static AmfValue.AmfObject property(AmfValue.AmfObject object, String name) {
    return (AmfValue.AmfObject) object.properties().get(name);
  }
}
