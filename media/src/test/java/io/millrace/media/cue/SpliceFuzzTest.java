package io.millrace.media.cue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class SpliceFuzzTest {
  /** Length and CRC are made right, or nothing else would ever be read. */
  @Test
  void damagedSectionsGiveNothingButTheParsersOwnExceptions() {
    Fuzz.Outcome outcome =
        Fuzz.of(SpliceSamples.VALID.stream().map(Buffer::getBytes).toList())
            .allowing(MalformedMediaException.class)
            .allowing(UnsupportedMediaException.class)
            .run(bytes -> read(repaired(bytes)));

    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  @Test
  void damagedSectionsAreRefusedForTheirCrc() {
    Fuzz.Outcome outcome =
        Fuzz.of(SpliceSamples.VALID.stream().map(Buffer::getBytes).toList())
            .allowing(MalformedMediaException.class)
            .run(bytes -> SpliceInfoSection.parse(Buffer.buffer(bytes)));

    assertThat(outcome.refused()).isGreaterThan(outcome.accepted());
  }

  /** What has been read can be written, and says the same. */
  private static void read(Buffer bytes) {
    SpliceInfoSection section = SpliceInfoSection.parse(bytes);
    assertThat(section.descriptors().size()).isLessThanOrEqualTo(bytes.length());
    assertThat(SpliceInfoSection.parse(section.write())).isEqualTo(section);
  }

  private static Buffer repaired(byte[] bytes) {
    Buffer section = Buffer.buffer(bytes);
    int end = bytes.length - 4;
    if (end < 3 || bytes.length > SpliceInfoSection.LONGEST) {
      return section;
    }
    section.setUnsignedShort(1, 0x3000 | (bytes.length - 3));
    return section.setInt(end, SectionCrc.of(section, 0, end));
  }
}
