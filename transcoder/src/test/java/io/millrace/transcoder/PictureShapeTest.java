package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PictureShapeTest {
  private static PictureShape shape(int width, int height, int sarWidth, int sarHeight) {
    return new PictureShape(width, height, 0, sarWidth, sarHeight, 0, 2, 2, 2);
  }

  @Test
  void keepsTheShapeAndIsEven() {
    assertThat(shape(1920, 1080, 1, 1).scaledTo(720)).containsExactly(1280, 720);
    assertThat(shape(854, 480, 1, 1).scaledTo(360)).containsExactly(640, 360);
    assertThat(shape(854, 480, 1, 1).scaledTo(240)).containsExactly(428, 240);
    assertThat(shape(1080, 1920, 1, 1).scaledTo(480)).containsExactly(480, 854);
  }

  @Test
  void pixelsBecomeSquare() {
    assertThat(shape(720, 576, 64, 45).scaledTo(480)).containsExactly(854, 480);
    assertThat(shape(720, 576, 16, 15).scaledTo(720)).containsExactly(768, 576);
  }

  @Test
  void neverGrows() {
    assertThat(shape(320, 180, 1, 1).scaledTo(720)).containsExactly(320, 180);
  }

  @Test
  void largePicturesThatSayNothingHaveTheColoursOfLargePictures() {
    assertThat(shape(1280, 720, 1, 1).matrixTold()).isEqualTo(1);
    assertThat(shape(854, 480, 1, 1).matrixTold()).isEqualTo(2);
    assertThat(new PictureShape(1280, 720, 0, 1, 1, 0, 9, 16, 9).transferTold()).isEqualTo(16);
  }
}
