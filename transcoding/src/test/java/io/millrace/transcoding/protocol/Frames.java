package io.millrace.transcoding.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Frames of every kind. */
final class Frames {
  private static final WireTrack PICTURES =
      WireTrack.video(1, 90_000, Codec.H264, 854, 480, 23_976, bytes("0142e01e"));
  private static final WireTrack SOUND =
      WireTrack.audio(2, 48_000, Codec.AAC, 48_000, 6, bytes("11b0"));

  private Frames() {}

  static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  /** One of each kind. */
  static List<Frame> ofEveryKind() {
    return List.of(
        new Frame.Hello(Frame.VERSION, "a program", List.of("x264", "svt-av1")),
        new Frame.Open(
            2_000_000_000L,
            Latency.LOW,
            List.of("x264"),
            OptionalInt.of(-2300),
            List.of(new StillWish(1, 180, 10_000_000_000L))),
        new Frame.Tracks(
            List.of(PICTURES, SOUND),
            List.of(new RungWish(3, 360, 800_000), new RungWish(5, 0, 128_000))),
        new Frame.SourceSample(new WireSample(1, 900_000, -3_000, true, bytes("00000001ff")), true),
        new Frame.Break(12_345_678_901L),
        new Frame.End(),
        new Frame.KeyFrame(7, 360, PICTURES, new WireSample(1, 0, 0, true, bytes("00000001ff"))),
        new Frame.Tile(8, 160, 90, bytes("0000001c66747970")),
        new Frame.Sheet(255, 2, 2, bytes("101112138080")),
        new Frame.Taken(1_000, 3),
        new Frame.RungTracks(3, "x264", List.of(PICTURES)),
        new Frame.RungSample(3, new WireSample(1, -1, 3_000, false, bytes("0203"))),
        new Frame.RungBreak(3, -1),
        new Frame.Still(1, 5_000_000_000L, 320, 180, bytes("ffd8ffd9")),
        new Frame.Refused("no decoder for it: größer"),
        new Frame.Ended(),
        new Frame.OpenFile("/uploads/größe.mp4"),
        new Frame.FileTracks(
            30_000_000_000L, List.of(new FileTrack(PICTURES, ""), new FileTrack(SOUND, "deu"))),
        new Frame.FileSample(new WireSample(2, -1_024, 0, true, bytes("2110"))));
  }

  /** Any frame. */
  static Frame any(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> new Frame.SourceSample(sample(random), random.nextBoolean());
      case 1 -> new Frame.RungSample(random.nextInt(256), sample(random));
      case 2 -> new Frame.Tracks(tracks(random), List.of());
      case 3 -> new Frame.Taken(random.nextLong(), random.nextLong());
      default -> ofEveryKind().get(random.nextInt(ofEveryKind().size()));
    };
  }

  private static WireSample sample(RandomGenerator random) {
    byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? 200_000 : 2_000)];
    random.nextBytes(payload);
    long dts = random.nextLong(-WireSample.LATEST, WireSample.LATEST);
    return new WireSample(
        1 + random.nextInt(9),
        dts,
        random.nextInt(),
        random.nextBoolean(),
        ByteBuffer.wrap(payload));
  }

  private static List<WireTrack> tracks(RandomGenerator random) {
    List<WireTrack> tracks = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tracks.add(random.nextBoolean() ? PICTURES : SOUND);
    }
    return tracks;
  }
}
