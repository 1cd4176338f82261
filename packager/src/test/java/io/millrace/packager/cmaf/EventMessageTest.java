package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.Id3Reader;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EventMessageTest {
  /** The fields of ISO/IEC 23009-1 5.10.3.3, in their order. */
  private record Message(
      int version,
      int timescale,
      long time,
      int duration,
      int id,
      String scheme,
      String value,
      Buffer data) {
    static Message read(Buffer box) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(box.getBytes()))) {
        assertThat(in.readInt()).isEqualTo(box.length());
        assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("emsg");
        int version = in.readInt();
        int timescale = in.readInt();
        long time = in.readLong();
        int duration = in.readInt();
        int id = in.readInt();
        return new Message(
            version >> 24,
            timescale,
            time,
            duration,
            id,
            text(in),
            text(in),
            Buffer.buffer(in.readAllBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String text(DataInputStream in) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int c = in.read(); c > 0; c = in.read()) {
        text.append((char) c);
      }
      return text.toString();
    }
  }

  /** On the timeline of the track's samples, which begins at 10 s. */
  @Test
  void anId3TagIsAnEventOfItsScheme() {
    Message message =
        read(metadata(3_000_000_000L, OptionalLong.empty(), new TimedMetadata.Text("a", "b")));

    assertThat(message.version).isEqualTo(1);
    assertThat(message.timescale).isEqualTo(90_000);
    assertThat(message.time).isEqualTo(13 * 90_000);
    assertThat(message.duration).as("unknown").isEqualTo(-1);
    assertThat(message.id).isEqualTo(0xFFFF_FFFE);
    assertThat(message.scheme).isEqualTo("https://aomedia.org/emsg/ID3");
    assertThat(message.value).isEmpty();
    assertThat(Id3Reader.frames(message.data.getBytes()).getFirst().value()).isEqualTo("b");
  }

  @Test
  void otherEventsKeepTheirScheme() {
    Message message =
        read(
            metadata(
                -1_000_000_000L,
                OptionalLong.of(1_500_000_000L),
                new TimedMetadata.Event("urn:example:vote", "7", Buffer.buffer("{}"))));

    assertThat(message.time).isEqualTo(9 * 90_000);
    assertThat(message.duration).isEqualTo(135_000);
    assertThat(message.scheme).isEqualTo("urn:example:vote");
    assertThat(message.value).isEqualTo("7");
    assertThat(message.data).isEqualTo(Buffer.buffer("{}"));
  }

  /** The longest duration that is known is no unknown one. */
  @Test
  void aDurationThatDoesNotFitIsTheLongest() {
    Message message =
        read(
            metadata(
                0, OptionalLong.of(1L << 62), new TimedMetadata.Event("a:b", "", Buffer.buffer())));

    assertThat(message.duration).isEqualTo(-2);
  }

  @Test
  void writesTheseBytes() {
    Buffer box =
        EventMessage.of(
            new TimedMetadata(
                5, 0, OptionalLong.of(0), new TimedMetadata.Event("a:b", "c", Buffer.buffer("d"))),
            Timescale.MILLIS);

    assertThat(HexFormat.of().formatHex(box.getBytes()))
        .isEqualTo(
            "00000027656d736701000000"
                + "000003e8"
                + "0000000000002710"
                + "00000000"
                + "00000005"
                + "613a6200"
                + "6300"
                + "64");
  }

  private static TimedMetadata metadata(
      long nanos, OptionalLong duration, TimedMetadata.Content content) {
    return new TimedMetadata(0xFFFF_FFFEL, nanos, duration, content);
  }

  private static Message read(TimedMetadata metadata) {
    return Message.read(EventMessage.of(metadata, Timescale.VIDEO));
  }
}
