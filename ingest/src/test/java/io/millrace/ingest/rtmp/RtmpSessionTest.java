package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.millrace.ingest.rtmp.RtmpAction.Send;
import io.millrace.ingest.rtmp.RtmpAction.Unpublished;
import io.millrace.ingest.rtmp.RtmpSession.Phase;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** From the first publish to the last word. */
class RtmpSessionTest extends ScriptedSession {
  // RTMP R18, R19, R20
  @Test
  void publishesInTheOrderOfObs() {
    take(script().connect("live").publishLikeObs("demo?key=k").bytes);
    assertThat(session.phase()).isEqualTo(Phase.DECIDING);
    assertThat(decided().getFirst().address())
        .isEqualTo(PublishAddress.parse("live", "", "demo?key=k"));
    assertThat(sent("_result")).hasSize(5);
    assertThat(sent("onFCPublish")).hasSize(1);
    actions.addAll(session.accept());
    assertThat(sent("onStatus").getFirst().arguments().getFirst())
        .isEqualTo(
            AmfValue.object(
                "level",
                "status",
                "code",
                "NetStream.Publish.Start",
                "description",
                "demo is being published"));
    take(new ClientScript().chunkSize(4096).media(3).bytes);
    assertThat(media()).hasSize(1 + 6);
  }

  // RTMP R20
  @Test
  void publishesWithoutAnyFlashCommand() {
    take(
        script()
            .connect("live")
            .command(5, "publish", 0, AmfValue.NULL, AmfValue.of("demo"))
            .media(1)
            .bytes);
    assertThat(decided()).hasSize(1);
    actions.addAll(session.accept());
    assertThat(media()).isNotEmpty();
  }

  @Test
  void bytesWaitWhileNobodyHasDecided() {
    ClientScript script = script().connect("live").publishLikeObs("demo").media(50);
    take(script.bytes);
    assertThat(session.waitingBytes()).isPositive();
    assertThat(media()).isEmpty();
    actions.addAll(session.accept());
    assertThat(session.waitingBytes()).isZero();
    assertThat(media()).hasSize(101);
  }

  // RTMP R19
  @Test
  void noDataMessageIsSentToAPublisher() {
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    assertThat(messages())
        .extracting(RtmpMessage::type)
        .doesNotContain(RtmpMessage.DATA_AMF0, RtmpMessage.DATA_AMF3);
  }

  // RTMP R21
  @Test
  void endsOncePerPublicationAndPublishesAgain() {
    take(script().connect("live").publishLikeObs("demo").media(2).bytes);
    actions.addAll(session.accept());
    ClientScript again = new ClientScript().chunkSize(4096).unpublish("demo");
    again.command(1, "closeStream", 9, AmfValue.NULL);
    take(again.bytes);
    assertThat(actions.stream().filter(Unpublished.class::isInstance)).hasSize(1);
    assertThat(session.phase()).isEqualTo(Phase.COMMANDS);
    take(new ClientScript().publishLikeObs("other").bytes);
    assertThat(decided()).hasSize(2);
    actions.addAll(session.accept());
    take(new ClientScript().chunkSize(4096).media(1).bytes);
    assertThat(media()).hasSize(5 + 3);
  }

  // RTMP R19
  @Test
  void aStreamThatWasMadeAndNotUsedMayBeDeleted() {
    take(
        script()
            .connect("live")
            .command(0, "createStream", 2, AmfValue.NULL)
            .command(0, "createStream", 3, AmfValue.NULL)
            .command(2, "publish", 4, AmfValue.NULL, AmfValue.of("demo"))
            .bytes);
    actions.addAll(session.accept());
    take(new ClientScript().command(0, "deleteStream", 5, AmfValue.NULL, AmfValue.of(1)).bytes);
    assertThat(session.phase()).isEqualTo(Phase.PUBLISHING);
    take(new ClientScript().command(0, "deleteStream", 6, AmfValue.NULL, AmfValue.of(2)).bytes);
    assertThat(session.phase()).isEqualTo(Phase.COMMANDS);
  }

  // RTMP R23
  @Test
  void aRefusalIsSaidAndThenTheConnectionCloses() {
    take(script().connect("live").publishLikeObs("demo").media(2).bytes);
    actions.clear();
    actions.addAll(session.close(CloseReason.REFUSED, "no"));
    assertThat(sent("onStatus").getFirst().arguments().getFirst())
        .isEqualTo(
            AmfValue.object(
                "level", "error", "code", "NetStream.Publish.Denied", "description", "no"));
    assertThat(actions.getLast()).isEqualTo(new Close(CloseReason.REFUSED, "no"));
    assertThat(session.receive(Buffer.buffer("anything"))).isEmpty();
    assertThat(session.close(CloseReason.BUSY, "twice")).isEmpty();
  }

  @Test
  void aNameThatIsNotAllowedIsRefusedWithWords() {
    take(script().connect("live").publishLikeObs("schöner Strom").bytes);
    assertThat(decided()).isEmpty();
    assertThat(closed().reason()).isEqualTo(CloseReason.BAD_NAME);
    assertThat(closed().message()).contains("a stream's name has").contains("'schöner Strom'");
  }

  @Test
  void anUnsupportedCodecIsRefusedWithoutStartingAStream() {
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    ClientScript hevc = new ClientScript().chunkSize(4096);
    hevc.message(RtmpMessage.AUDIO, 1, 0, SampleMedia.aacHeader());
    hevc.message(RtmpMessage.AUDIO, 1, 0, SampleMedia.sound());
    hevc.message(RtmpMessage.VIDEO, 1, 0, SampleMedia.hex("90 76703038 01"));
    take(hevc.bytes);
    assertThat(closed().reason()).isEqualTo(CloseReason.UNSUPPORTED);
    assertThat(closed().message()).contains("VP8").contains("H.264");
    assertThat(media()).isEmpty();
  }

  @Test
  void aClientThatCanIsAskedToReconnectWhenTheServerStops() {
    for (int capabilities : new int[] {0, 1}) {
      RtmpSession target = newSession();
      ClientScript connect =
          script().command(0, "connect", 1, AmfValue.object("app", "live", "capsEx", capabilities));
      target.receive(connect.publishLikeObs("demo").bytes);
      target.accept();
      actions.clear();
      actions.addAll(target.close(CloseReason.SHUTDOWN, "this server is stopping"));
      // Cut by the chunk size that the server announced before.
      String said = ((Send) actions.getFirst()).bytes().toString();
      assertThat(said)
          .contains(
              capabilities == 1
                  ? "NetConnection.Connect.ReconnectRequest"
                  : "NetConnection.Connect.AppShutdown");
      assertThat(said.contains("error")).isEqualTo(capabilities == 0);
    }
  }
}
