package io.millrace.packager.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Id3TagTest {
  @Test
  void textIsAFrameOfItsDescriptionAndValue() {
    Buffer tag = tag(new TimedMetadata.Text("score", "1 : 0 für Köln"));

    Id3Reader.Frame frame = Id3Reader.frames(tag.getBytes()).getFirst();
    assertThat(frame.id()).isEqualTo("TXXX");
    assertThat(frame.body().getByte(0)).as("UTF-8").isEqualTo((byte) 3);
    assertThat(frame.description()).isEqualTo("score");
    assertThat(frame.value()).isEqualTo("1 : 0 für Köln");
  }

  @Test
  void bytesAreAFrameOfTheirOwner() {
    Buffer data = Buffer.buffer(new byte[70_000 / 2]).setByte(0, (byte) 0xFF);

    Id3Reader.Frame frame =
        Id3Reader.frames(tag(new TimedMetadata.Private("com.example", data)).getBytes()).getFirst();

    assertThat(frame.id()).isEqualTo("PRIV");
    assertThat(frame.owner()).isEqualTo("com.example");
    assertThat(frame.data()).isEqualTo(data);
  }

  /** So that any change of the bytes is seen. */
  @Test
  void writesTheseBytes() {
    assertThat(HexFormat.of().formatHex(tag(new TimedMetadata.Text("a", "b")).getBytes()))
        .isEqualTo("4944330400000000000e" + "54585858000000040000" + "03610062");
  }

  @Test
  void aTagMadeElsewhereIsLookedAt() {
    Buffer tag = tag(new TimedMetadata.Text("a", "b"));
    assertThat(Id3Tag.problem(new TimedMetadata.Id3(tag))).isEmpty();
    assertThat(tag(new TimedMetadata.Id3(tag))).isEqualTo(tag);

    assertProblem(new TimedMetadata.Id3(tag.getBuffer(0, 20)), "no whole ID3 tag");
    assertProblem(new TimedMetadata.Id3(tag.copy().appendByte((byte) 0)), "no whole ID3 tag");
    assertProblem(new TimedMetadata.Id3(Buffer.buffer("ID4 and so on")), "no whole ID3 tag");
    assertProblem(new TimedMetadata.Id3(Buffer.buffer("ID3")), "no whole ID3 tag");
    assertProblem(new TimedMetadata.Id3(tag.copy().setByte(7, (byte) 0x80)), "no whole ID3 tag");
  }

  @Test
  void whatCannotBeCarriedIsTold() {
    assertProblem(new TimedMetadata.Text("a\0b", ""), "no character 0");
    assertProblem(new TimedMetadata.Private("", Buffer.buffer()), "owner: is 1 to 1024");
    assertProblem(new TimedMetadata.Private("Köln", Buffer.buffer()), "owner: is 1 to 1024");
    assertProblem(new TimedMetadata.Event("", "", Buffer.buffer()), "scheme: is 1 to 1024");
    assertProblem(new TimedMetadata.Event("urn:a", "\n", Buffer.buffer()), "value: is 1 to 1024");
    assertProblem(new TimedMetadata.Private("a", Buffer.buffer(new byte[65_506])), "at most 65527");
    assertThat(Id3Tag.problem(new TimedMetadata.Private("a", Buffer.buffer(new byte[65_505]))))
        .isEmpty();
    assertThat(Id3Tag.problem(new TimedMetadata.Event("urn:a", "", Buffer.buffer()))).isEmpty();
  }

  private static Buffer tag(TimedMetadata.Content content) {
    return Id3Tag.of(content).orElseThrow();
  }

  private static void assertProblem(TimedMetadata.Content content, String words) {
    assertThat(Id3Tag.problem(content).orElse("")).contains(words);
  }
}
