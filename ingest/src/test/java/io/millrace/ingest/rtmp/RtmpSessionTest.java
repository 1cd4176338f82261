package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.millrace.ingest.rtmp.RtmpAction.Decide;
import io.millrace.ingest.rtmp.RtmpAction.Media;
import io.millrace.ingest.rtmp.RtmpAction.Send;
import io.millrace.ingest.rtmp.RtmpAction.Unpublished;
import io.millrace.ingest.rtmp.RtmpSession.Phase;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RtmpSessionTest {
  private static final int MAX_MESSAGE = 1 << 20;

  private final RtmpSession session = newSession();
  private final List<RtmpAction> actions = new ArrayList<>();

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
  void playIsRefusedWithWords() {
    take(script().connect("live").command(1, "play", 4, AmfValue.NULL, AmfValue.of("demo")).bytes);
    assertThat(closed().reason()).isEqualTo(CloseReason.PLAY);
    assertThat(closed().message()).contains("over HTTP");
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

  // RTMP R25
  @Test
  void brokenMetadataIsSkipped() {
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    Buffer broken = SampleMedia.hex("02 000a 6f6e4d657461 44617461 08 00000001 00ff");
    ClientScript script = new ClientScript().chunkSize(4096);
    take(script.message(RtmpMessage.DATA_AMF0, 1, 0, broken).media(1).bytes);
    assertThat(media()).hasSize(3);
    assertThat(session.skipped()).isEqualTo(1);
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

  // RTMP R24
  @Test
  void aggregatesAreTakenApart() {
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    Buffer parts = Buffer.buffer();
    tag(parts, RtmpMessage.AUDIO, 100, SampleMedia.aacHeader());
    tag(parts, RtmpMessage.VIDEO, 100, SampleMedia.avcHeader());
    tag(parts, RtmpMessage.VIDEO, 100, SampleMedia.frame(SampleMedia.IDR));
    tag(parts, RtmpMessage.AUDIO, 110, SampleMedia.sound());
    tag(parts, RtmpMessage.DATA_AMF0, 110, SampleMedia.hex("02"));
    tag(parts, 77, 110, Buffer.buffer("?"));
    take(new ClientScript().chunkSize(4096).message(RtmpMessage.AGGREGATE, 1, 0, parts).bytes);
    assertThat(media()).hasSize(1 + 2);
    assertThat(session.skipped()).isEqualTo(2);
  }

  private static void tag(Buffer out, int type, int timestamp, Buffer payload) {
    out.appendByte((byte) type).appendMedium(payload.length()).appendMedium(timestamp);
    out.appendInt(0).appendBuffer(payload).appendInt(11 + payload.length());
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

  // RTMP R19
  @Test
  void noDataMessageIsSentToAPublisher() {
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    assertThat(messages())
        .extracting(RtmpMessage::type)
        .doesNotContain(RtmpMessage.DATA_AMF0, RtmpMessage.DATA_AMF3);
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

  // RTMP R18, R25
  @Test
  void metadataOfTheAmf3TypeIsRead() {
    Buffer metadata = Buffer.buffer().appendByte((byte) 0);
    metadata.appendBuffer(
        Amf0.write(AmfValue.of("onMetaData"), AmfValue.object("videocodecid", 7)));
    take(script().connect("live").publishLikeObs("demo").bytes);
    actions.addAll(session.accept());
    ClientScript script = new ClientScript().chunkSize(4096);
    script.message(RtmpMessage.DATA_AMF3, 1, 0, metadata);
    script.message(RtmpMessage.VIDEO, 1, 0, SampleMedia.avcHeader());
    script.message(RtmpMessage.VIDEO, 1, 0, SampleMedia.frame(SampleMedia.IDR));
    take(script.bytes);
    // Without the metadata's word a second track would be waited for.
    assertThat(media()).hasSize(2);
    assertThat(session.skipped()).isZero();
  }

  // RTMP R3
  @Test
  void anySplitOfTheBytesGivesTheSameActions() {
    Buffer bytes =
        script().connect("live").publishLikeObs("demo?key=k").media(30).unpublish("demo").bytes;
    List<RtmpAction> whole = replay(bytes, List.of(bytes.length()));
    assertThat(whole.stream().filter(Media.class::isInstance)).hasSize(61);
    Seeds.forEach(
        100,
        random -> {
          List<Integer> ends = new ArrayList<>();
          for (int at = 0; at < bytes.length(); ) {
            at = Math.min(bytes.length(), at + 1 + random.nextInt(random.nextInt(1, 300)));
            ends.add(at);
          }
          assertThat(replay(bytes, ends)).isEqualTo(whole);
        });
  }

  // RTMP R32
  @Test
  void brokenBytesEndInACloseAtWorst() {
    Buffer good =
        script().connect("live").publishLikeObs("demo?key=k").media(10).unpublish("demo").bytes;
    Seeds.forEach(
        3000,
        random -> {
          Buffer bytes = good.copy();
          int from = random.nextInt(10) == 0 ? 0 : 1 + 2 * RtmpHandshake.LENGTH;
          for (int i = 0; i < 1 + random.nextInt(8); i++) {
            int at = from + random.nextInt(bytes.length() - from);
            bytes.setByte(at, (byte) random.nextInt(256));
          }
          RtmpSession target = newSession();
          List<RtmpAction> result = new ArrayList<>(target.receive(bytes));
          result.addAll(target.accept());
          result.addAll(target.lost());
          assertThat(target.phase()).isEqualTo(Phase.CLOSED);
          assertThat(result.stream().filter(Close.class::isInstance)).hasSizeLessThan(2);
        });
  }

  private static AmfValue.AmfObject property(AmfValue.AmfObject object, String name) {
    return (AmfValue.AmfObject) object.properties().get(name);
  }

  private static List<RtmpAction> replay(Buffer bytes, List<Integer> ends) {
    RtmpSession target = newSession();
    List<RtmpAction> result = new ArrayList<>();
    int at = 0;
    for (int end : ends) {
      for (RtmpAction action : target.receive(bytes.getBuffer(at, end))) {
        result.add(action);
        if (action instanceof Decide) {
          result.addAll(target.accept());
        }
      }
      at = end;
    }
    return result;
  }

  private static RtmpSession newSession() {
    return new RtmpSession(
        MAX_MESSAGE, Duration.ofSeconds(2), Duration.ofSeconds(15), Seeds.random(7));
  }

  private static ClientScript script() {
    return ClientScript.withHandshake();
  }

  private void take(Buffer bytes) {
    actions.addAll(session.receive(bytes));
  }

  private List<Decide> decided() {
    return actions.stream().filter(Decide.class::isInstance).map(Decide.class::cast).toList();
  }

  private List<Media> media() {
    return actions.stream().filter(Media.class::isInstance).map(Media.class::cast).toList();
  }

  private Close closed() {
    return (Close) actions.getLast();
  }

  private List<RtmpCommand> sent(String command) {
    Predicate<RtmpCommand> named = c -> c.name().equals(command);
    return messages().stream()
        .filter(message -> message.type() == RtmpMessage.COMMAND_AMF0)
        .flatMap(message -> RtmpCommand.read(message).stream())
        .filter(named)
        .toList();
  }

  /** What was sent after the handshake. */
  private List<RtmpMessage> messages() {
    RtmpChunkReader reader = new RtmpChunkReader();
    List<RtmpMessage> messages = new ArrayList<>();
    for (RtmpAction action : actions) {
      if (action instanceof Send(Buffer bytes) && bytes.length() != 1 + 2 * RtmpHandshake.LENGTH) {
        reader.feed(bytes);
      }
    }
    for (RtmpMessage message = reader.next(); message != null; message = reader.next()) {
      messages.add(message);
    }
    return messages;
  }
}
