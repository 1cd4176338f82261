package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.millrace.ingest.rtmp.RtmpAction.Decide;
import io.millrace.ingest.rtmp.RtmpAction.Media;
import io.millrace.ingest.rtmp.RtmpSession.Phase;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Media and metadata in every wrapping, in any split, and broken. */
class RtmpSessionBytesTest extends ScriptedSession {
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

  private static List<RtmpAction> replay(Buffer bytes, List<Integer> ends) {
    RtmpSession target = newSession();
    List<RtmpAction> result = new ArrayList<>();
    int at = 0;
    for (int end : ends) {
      Buffer read = bytes.getBuffer(at, end);
      List<RtmpAction> actions = target.receive(read);
      // As a socket's buffer is, it is used again.
      for (int i = 0; i < read.length(); i++) {
        read.setByte(i, (byte) 0xEE);
      }
      for (RtmpAction action : actions) {
        result.add(action);
        if (action instanceof Decide) {
          result.addAll(target.accept());
        }
      }
      at = end;
    }
    return result;
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
}
