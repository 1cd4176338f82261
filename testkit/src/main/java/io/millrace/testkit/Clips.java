package io.millrace.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real media for tests. The files belong to {@code testkit/src/main/clip}, where their licences
 * are.
 */
public final class Clips {
  private static final String FOLDER = "testkit/src/main/clip";

  private Clips() {}

  /**
   * Thirty seconds of Big Buck Bunny: H.264 High 854x480 at 24 fps with B-frames and irregular key
   * frames, AAC-LC 48 kHz with six channels, about 1.1 Mbit/s.
   */
  public static Path bigBuckBunny() {
    return repositoryRoot().resolve(FOLDER).resolve("big-buck-bunny-480p-30s.mp4");
  }

  /**
   * The folder of the root pom, found by walking up from the working directory.
   *
   * @throws IllegalStateException when the working directory is not inside the repository
   */
  public static Path repositoryRoot() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("pom.xml"))
          && Files.isDirectory(folder.resolve(FOLDER))) {
        return folder;
      }
    }
    throw new IllegalStateException("no repository root with " + FOLDER + " above " + start);
  }
}
