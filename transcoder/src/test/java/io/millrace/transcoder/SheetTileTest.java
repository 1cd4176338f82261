package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.protocol.Frame;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles of the beginnings of files, and sheets of tiles. */
class SheetTileTest {
  private static final TempFolder FOLDER = TempFolder.create("millrace-tiles-");
  private static final int WIDTH = 160;
  private static final int HEIGHT = 90;

  @AfterAll
  static void remove() throws IOException {
    FOLDER.close();
  }

  /** A second of one colour. */
  private static byte[] file(String name, String source, String options) throws IOException {
    Path file = FOLDER.path().resolve(name);
    Ffmpeg.run(
            Duration.ofSeconds(60),
            ("-y -f lavfi -i " + source + ":d=1:r=25 " + options + " " + file).split(" "))
        .orFail();
    return Files.readAllBytes(file);
  }

  private static byte[] red(String name, String options) throws IOException {
    return file(name, "color=red:s=320x180", options);
  }

  private static ByteBuffer tile(byte[] file) {
    return SheetTile.of(new Frame.Tile(7, WIDTH, HEIGHT, ByteBuffer.wrap(file))).jpeg();
  }

  private static int[] at(ByteBuffer planes, int x, int y) {
    int luma = WIDTH * HEIGHT;
    int chroma = luma + y / 2 * (WIDTH / 2) + x / 2;
    return new int[] {
      planes.get(y * WIDTH + x) & 0xFF,
      planes.get(chroma) & 0xFF,
      planes.get(chroma + luma / 4) & 0xFF
    };
  }

  private static void isRed(int[] yuv) {
    assertThat(yuv[0]).isBetween(70, 85);
    assertThat(yuv[1]).isBetween(80, 95);
    assertThat(yuv[2]).isGreaterThan(245);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "red.mp4 -c:v libx264 -pix_fmt yuv420p -movflags frag_every_frame+empty_moov",
        "hevc.mp4 -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p -tag:v hvc1"
            + " -movflags frag_every_frame+empty_moov",
        "av1.mp4 -c:v libsvtav1 -pix_fmt yuv420p -movflags frag_every_frame+empty_moov",
        "red.ts -c:v libx264 -pix_fmt yuv420p -f mpegts"
      })
  void isThePictureThatABeginningHolds(String how) throws IOException {
    int name = how.indexOf(' ');
    byte[] all = red(how.substring(0, name), how.substring(name + 1));
    ByteBuffer planes = tile(Arrays.copyOf(all, all.length * 2 / 3));
    assertThat(planes.remaining()).isEqualTo(WIDTH * HEIGHT * 3 / 2);
    isRed(at(planes, 0, 0));
    isRed(at(planes, WIDTH - 1, HEIGHT - 1));
  }

  @Test
  void aPictureOfAnotherShapeStandsInTheMiddle() throws IOException {
    byte[] tall =
        file(
            "tall.mp4", "color=red:s=90x160", "-c:v libx264 -movflags frag_every_frame+empty_moov");
    ByteBuffer planes = tile(tall);
    assertThat(at(planes, 10, 45)[0]).as("black beside it").isLessThan(5);
    isRed(at(planes, 80, 2));
    isRed(at(planes, 80, 87));
  }

  @Test
  void whatHoldsNoPictureIsNone() throws IOException {
    byte[] all = red("short.mp4", "-c:v libx264 -movflags frag_every_frame+empty_moov");
    assertThat(tile(new byte[0]).remaining()).isZero();
    assertThat(tile(new byte[] {0x47, 1, 2, 3}).remaining()).isZero();
    assertThat(tile(Arrays.copyOf(all, 300)).remaining()).isZero();
    byte[] noise = all.clone();
    Arrays.fill(noise, 40, noise.length, (byte) 0x5A);
    assertThat(tile(noise).remaining()).isZero();
    assertThat(
            tile("#EXTM3U\nfile:///etc/passwd\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .remaining())
        .as("no other format is looked for")
        .isZero();
  }

  @Test
  void aSheetShowsItsPlanes() throws IOException {
    ByteBuffer red = tile(red("sheet.mp4", "-c:v libx264 -movflags frag_every_frame+empty_moov"));
    byte[] planes = new byte[2 * WIDTH * HEIGHT * 3 / 2];
    Arrays.fill(planes, (byte) 0x80);
    // Red on the left, grey on the right.
    for (int plane = 0, from = 0, to = 0; plane < 3; plane++) {
      int width = plane == 0 ? WIDTH : WIDTH / 2;
      int height = plane == 0 ? HEIGHT : HEIGHT / 2;
      for (int row = 0; row < height; row++) {
        red.get(from + row * width, planes, to + row * 2 * width, width);
      }
      from += width * height;
      to += 2 * width * height;
    }
    Frame.Still answer =
        SheetTile.joined(new Frame.Sheet(9, 2 * WIDTH, HEIGHT, ByteBuffer.wrap(planes)));
    byte[] jpeg = new byte[answer.jpeg().remaining()];
    answer.jpeg().get(jpeg);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));

    assertThat(answer.wish()).isEqualTo(9);
    assertThat(image.getWidth()).isEqualTo(2 * WIDTH);
    assertThat(image.getHeight()).isEqualTo(HEIGHT);
    Color left = new Color(image.getRGB(40, 45));
    assertThat(left.getRed()).isGreaterThan(230);
    assertThat(left.getGreen()).isLessThan(40);
    Color right = new Color(image.getRGB(WIDTH + 80, 45));
    assertThat(right.getRed()).isBetween(120, 136);
    assertThat(right.getBlue()).isBetween(120, 136);
  }
}
