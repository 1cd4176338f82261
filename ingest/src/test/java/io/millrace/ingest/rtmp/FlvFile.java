package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/** Feeds the tags of an FLV file to a mapping, as if each were a message. */
final class FlvFile {
  private static final int HEADER = 13;
  private static final int TAG_HEADER = 11;
  private static final int PREVIOUS_SIZE = 4;

  private FlvFile() {}

  /** Sizes that go past the end are cut. */
  static void feed(Buffer flv, RtmpToStream mapping) {
    int at = HEADER;
    while (at + TAG_HEADER <= flv.length()) {
      int from = at + TAG_HEADER;
      int end = Math.min(from + flv.getUnsignedMedium(at + 1), flv.length());
      long timestamp = flv.getUnsignedMedium(at + 4) | (flv.getByte(at + 7) & 0xFFL) << 24;
      Buffer body = flv.slice(from, end);
      switch (flv.getUnsignedByte(at)) {
        case RtmpMessage.VIDEO -> mapping.video(timestamp, body);
        case RtmpMessage.AUDIO -> mapping.audio(timestamp, body);
        case RtmpMessage.DATA_AMF0 -> metadata(mapping, body);
        default -> {}
      }
      at = end + PREVIOUS_SIZE;
    }
  }

  private static void metadata(RtmpToStream mapping, Buffer body) {
    try {
      StreamMetadata.of(Amf0.read(body)).ifPresent(mapping::expect);
    } catch (MalformedMediaException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
