package io.millrace.catalog;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes recordings of files: what this module needs from whoever records. It judges who asks, and
 * has the file on a disk of this machine. Thread-safe, never blocks.
 */
public interface AssetImports {
  /** Why no file is taken on this node at all, with what to do about it; empty where they are. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Begins with a file; whatever becomes of it is told by what is returned. */
  Import begin(Wish wish);

  /**
   * A file, and what is to be made of it.
   *
   * @param app whose playback says who may play it
   * @param stream as which it is listed; it need not have been on air
   * @param title empty where it is the stream's
   * @param file is read until {@link Import#done} completes, and belongs to the caller
   * @param ladder rungs, {@code copy} among them or not; empty: as streams of this node have it
   * @param languages of tracks, as a stream's packaging names them: {@code audio}, {@code audio-2}
   *     and so on, in the file's order; of the others the file says them, where it does
   */
  record Wish(
      String tenant,
      String app,
      String stream,
      String title,
      Path file,
      List<String> ladder,
      Map<String, TrackNaming> languages) {
    public Wish {
      ladder = List.copyOf(ladder);
      languages = Map.copyOf(languages);
    }
  }

  /** A file that is being packaged. From any thread. */
  interface Import {
    /** The id that the asset will have. */
    String asset();

    /**
     * The asset, when it can be played; fails with {@link ImportException}, and then nothing of it
     * is kept.
     */
    Future<AssetEntry> done();

    /** How far it is. */
    Progress progress();

    /** Ends it, unless it is done: {@link #done} fails. */
    void cancel();
  }

  /**
   * How much of a file has been packaged.
   *
   * @param done media that has been
   * @param total media that there is; empty where the file does not say
   */
  record Progress(Duration done, Optional<Duration> total) {}

  /** Why a file is no recording; its message is for whoever sent it. */
  final class ImportException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public ImportException(Reason reason, String message) {
      super(message);
      this.reason = reason;
    }

    public Reason reason() {
      return reason;
    }
  }

  /** Whose matter it is. */
  enum Reason {
    /** The file's: it is broken, or has what cannot be packaged. */
    FILE,

    /** The wish's: a ladder or languages that there are not. */
    WISH,

    /** There is no room beside what is kept. */
    NO_ROOM,

    /** So many are being imported; it may be asked again. */
    BUSY,

    /** This node's: its store or its transcoder fails, or it has none; it may be asked again. */
    NODE,

    /** It was cancelled, or the server is shutting down. */
    CANCELLED
  }
}
