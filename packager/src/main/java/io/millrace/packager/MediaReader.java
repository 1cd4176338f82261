package io.millrace.packager;

import io.millrace.transcoding.FileListener;
import io.vertx.core.Context;
import java.nio.file.Path;

/** Reads files with media, whoever does it. */
@FunctionalInterface
public interface MediaReader {
  /**
   * Begins to read. On the context on which the listener is called too, but not before this has
   * returned.
   *
   * @param name for people
   */
  Reading open(String name, Path file, Context context, FileListener listener);

  /** A file that is being read. On its context. */
  interface Reading {
    /** Nothing more is wanted for now; a little may still come. */
    void pause();

    /** The rest is wanted. */
    void resume();

    /** Nothing more is wanted at all. */
    void close();
  }
}
