package io.millrace.packager;

import java.nio.file.Path;

final class Clips {
  private Clips() {}

  static Path bigBuckBunny() {
    return Path.of("/work/shared/media/big-buck-bunny-480p-30s.mp4");
  }
}
