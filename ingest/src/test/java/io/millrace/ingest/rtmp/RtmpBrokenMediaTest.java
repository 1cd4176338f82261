package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.avcHeader;
import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static io.millrace.ingest.rtmp.SampleMedia.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that cannot be used. */
class RtmpBrokenMediaTest extends MappedStream {
  // RTMP R29
  @Test
  void oneBrokenMessageIsSkippedAndCounted() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, frame(hex("00000009 658840")));
    mapping.video(80, hex("1701"));
    mapping.video(120, frame(SampleMedia.INTER));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 10800");
    assertThat(mapping.skipped()).isEqualTo(2);
  }

  // RTMP R29
  @Test
  void messagesThatAreBrokenForSecondsEndThePublish() {
    begin();
    mapping.audio(0, sound());
    for (int i = 0; i <= 100; i++) {
      mapping.video(i * 50L, frame(hex("00000009 658840")));
      mapping.audio(i * 50L, sound());
    }
    assertThatThrownBy(() -> mapping.video(5050, frame(hex("00000009 658840"))))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("9 bytes goes past the end")
        .hasMessageContaining("restart the encoder");
  }

  // RTMP R29
  @Test
  void aBrokenSequenceHeaderLeavesWhatWasKnown() {
    begin();
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.video(40, SampleMedia.start(FlvCodec.H264, hex("0164001eff")));
    mapping.video(40, frame(SampleMedia.INTER));
    assertThat(kinds()).containsExactly("2 tracks", "video 0", "video 3600");
    assertThat(mapping.skipped()).isEqualTo(1);
  }

  @Test
  void framesBeforeTheirSequenceHeaderAreSkippedAndCounted() {
    mapping.video(0, frame(SampleMedia.IDR));
    mapping.audio(0, sound());
    assertThat(mapping.skipped()).isEqualTo(2);
    assertThat(events).isEmpty();
  }

  // RTMP R32
  @Test
  void brokenMessagesGiveEventsOrOneOfTwoExceptions() {
    List<Buffer> corpus =
        List.of(
            avcHeader(),
            aacHeader(),
            frame(SampleMedia.IDR),
            frame(hex("00000002 0605 00000003 658840")),
            sound(),
            hex("91 61766331 000000 00000003658840"),
            hex("97 0561616161616101 61766331 000000 00000003658840"),
            hex("91 6d703461 211004"),
            hex("af01 fff15080 00e0fc 21"));
    Seeds.forEach(
        3000,
        random -> {
          RtmpToStream target =
              new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), event -> {});
          for (int i = 0; i < 12; i++) {
            Buffer body = corpus.get(i < 2 ? i : random.nextInt(corpus.size())).copy();
            if (random.nextInt(3) == 0) {
              body.setByte(random.nextInt(body.length()), (byte) random.nextInt(256));
            }
            if (random.nextInt(5) == 0) {
              body = body.getBuffer(0, random.nextInt(body.length() + 1));
            }
            try {
              if (random.nextBoolean()) {
                target.video(random.nextLong(1L << 32), body);
              } else {
                target.audio(random.nextLong(1L << 32), body);
              }
            } catch (MalformedMediaException | UnsupportedMediaException e) {
              assertThat(e.getMessage()).isNotBlank();
            }
          }
        });
  }
}
