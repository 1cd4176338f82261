package io.millrace.packager.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.Fragment;
import io.millrace.packager.cmaf.InitSegment;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExportFragmentsTest {
  private static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);

  /** The decode time of chunks is ten seconds behind that of their samples. */
  private static final long OFFSET = 900_000;

  private static Buffer segment() {
    Buffer segment = Fragment.segmentType();
    for (int chunk = 0; chunk < 3; chunk++) {
      List<TimedSample> samples = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        samples.add(
            new TimedSample(
                new Sample(
                    VIDEO.id(),
                    90_000 + 3600L * (chunk * 4 + i),
                    i % 2 * 3600,
                    i == 0,
                    Buffer.buffer(new byte[100 + i])),
                3600));
      }
      Fragment.append(segment, chunk + 1, VIDEO, samples);
    }
    return segment;
  }

  @Test
  void aSegmentGetsItsPlaceInTheFileAndKeepsItsLength() {
    Buffer segment = segment();
    Buffer before = segment.copy();

    Buffer placed = ExportFragments.of(segment, 7, OFFSET + 80_000, 5);

    assertThat(segment).isEqualTo(before);
    assertThat(placed.length()).isEqualTo(segment.length());
    assertThat(ExportFragments.decodeTime(segment)).hasValue(OFFSET + 90_000);
    assertThat(ExportFragments.decodeTime(placed)).hasValue(10_000);
    List<Long> numbers = new ArrayList<>();
    List<Long> tracks = new ArrayList<>();
    for (Boxes.Box box : Boxes.of(placed, 0, placed.length())) {
      if (box.type().equals("moof")) {
        List<Boxes.Box> inside = Boxes.in(placed, box);
        numbers.add(placed.getUnsignedInt(Boxes.at(placed, inside, "mfhd").field(0, 4)));
        tracks.add(placed.getUnsignedInt(Boxes.at(placed, inside, "traf", "tfhd").field(0, 4)));
      }
    }
    assertThat(numbers).containsExactly(5 * 256 + 1L, 5 * 256 + 2L, 5 * 256 + 3L);
    assertThat(tracks).containsExactly(7L, 7L, 7L);
    assertThat(ExportFragments.decodeTime(segment.getBuffer(0, 40))).isEmpty();
  }

  @Test
  void whatIsNoSegmentIsMalformedAndNothingElse() {
    Buffer segment = segment();
    for (int length = 1; length < segment.length(); length++) {
      place(segment.getBuffer(0, length));
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      Buffer broken = segment.copy();
      for (int k = 0; k < 3; k++) {
        broken.setByte(random.nextInt(broken.length()), (byte) random.nextInt());
      }
      place(broken);
    }
  }

  private static void place(Buffer segment) {
    try {
      assertThat(ExportFragments.of(segment, 1, 0, 0).length()).isEqualTo(segment.length());
    } catch (MalformedMediaException e) {
      assertThat(e).hasMessageContaining(" at byte ");
    }
  }

  @Test
  void aHeaderHasATrackForEachOfItsHeaders() {
    Track audio = RandomBroadcast.audio(new Timescale(48_000), 48_000);
    List<Buffer> headers = List.of(InitSegment.of(VIDEO).bytes(), InitSegment.of(audio).bytes());

    Buffer header = ExportHeader.of(headers, Duration.ofMillis(8500));

    List<Boxes.Box> top = Boxes.of(header, 0, header.length());
    assertThat(top).extracting(Boxes.Box::type).containsExactly("ftyp", "moov");
    assertThat(Boxes.in(header, top.get(1)))
        .extracting(Boxes.Box::type)
        .containsExactly("mvhd", "trak", "trak", "mvex");
    Boxes.Box mehd = Boxes.at(header, top, "moov", "mvex", "mehd");
    assertThat(header.getUnsignedInt(mehd.field(0, 4))).isEqualTo(8500);
    assertThat(ExportHeader.timescale(headers.get(0))).isEqualTo(90_000);
    assertThat(ExportHeader.timescale(headers.get(1))).isEqualTo(48_000);
  }
}
