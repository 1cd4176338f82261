package io.millrace.catalog.imports;

import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.AssetImports;
import io.millrace.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One import. Thread-safe.
 *
 * <pre>
 *   UPLOADING ──(all of the file)──> WAITING ──(begun)──> READING, PACKAGING ──> COMPLETE
 *       │                               └──(no place)──┘           │
 *       └───────────────────────────────┴──────────────────────────┴──────────> FAILED
 * </pre>
 *
 * While it is uploading one request at a time brings bytes, from where the last one ended.
 */
public final class ImportJob {
  /** How far it is. */
  public enum State {
    /** The file is on its way, or waits for its sender to go on. */
    UPLOADING,
    /** The file is here, and other ones are being packaged. */
    WAITING,
    /** It is found out what is in the file. */
    READING,
    PACKAGING,
    /** There is an asset. */
    COMPLETE,
    FAILED;

    /** Whether something is still to come. */
    public boolean isUnderWay() {
      return this != COMPLETE && this != FAILED;
    }
  }

  /**
   * What there is to say of one.
   *
   * @param uploaded bytes of the file that are here
   * @param receiving whether a request brings more of them now, which are counted when it ends
   * @param progress how much has been packaged; empty before and after
   * @param asset what has become of it
   * @param problem why nothing has
   */
  public record View(
      String id,
      NewImport wish,
      State state,
      Instant createdAt,
      long uploaded,
      boolean receiving,
      Optional<AssetImports.Progress> progress,
      Optional<AssetEntry> asset,
      Optional<Problem> problem) {}

  private final String id;
  private final NewImport wish;
  private final Instant createdAt;

  // All guarded by this.
  private State state = State.UPLOADING;
  private Instant changedAt;
  private long uploaded;
  private boolean isReceiving;
  private boolean isCancelled;
  private @Nullable Runnable stop;
  private AssetImports.@Nullable Import running;
  private @Nullable AssetEntry asset;
  private @Nullable Problem problem;

  ImportJob(String id, NewImport wish, Instant now) {
    this.id = id;
    this.wish = wish;
    this.createdAt = now;
    this.changedAt = now;
  }

  public String id() {
    return id;
  }

  NewImport wish() {
    return wish;
  }

  Instant createdAt() {
    return createdAt;
  }

  /** What there is to say now. */
  public synchronized View view() {
    Optional<AssetImports.Progress> progress =
        state == State.PACKAGING && running != null
            ? Optional.of(running.progress())
            : Optional.empty();
    State shown =
        progress.filter(its -> its.done().equals(Duration.ZERO)).isPresent()
            ? State.READING
            : state;
    return new View(
        id,
        wish,
        shown,
        createdAt,
        uploaded,
        isReceiving,
        progress,
        Optional.ofNullable(asset),
        Optional.ofNullable(problem));
  }

  synchronized State state() {
    return state;
  }

  synchronized boolean isCancelled() {
    return isCancelled;
  }

  synchronized long uploaded() {
    return uploaded;
  }

  /** Whether nobody has gone on with its file, or looked at what became of it, for so long. */
  synchronized boolean isQuiet(Duration time, Instant now) {
    return !isReceiving && !now.isBefore(changedAt.plus(time));
  }

  /**
   * Takes a request's bytes from here on.
   *
   * @throws ImportRefusedException when they do not fit to what there is
   */
  synchronized void beginReceiving(long offset) {
    if (state != State.UPLOADING || isCancelled) {
      throw ImportRefusedException.of(409, "upload-over", "the file is here already");
    }
    if (isReceiving) {
      throw ImportRefusedException.later(
          new Problem(
              409, "upload-under-way", "another request brings the file now; wait until it ends"),
          Duration.ofSeconds(1));
    }
    if (offset != uploaded) {
      throw ImportRefusedException.of(
          409,
          "wrong-offset",
          "of the file " + uploaded + " bytes are here; go on from there (Upload-Offset)");
    }
    isReceiving = true;
  }

  /** How what is being received is told to end. */
  synchronized void receivesUntil(Runnable stopped) {
    stop = stopped;
    if (isCancelled) {
      stopped.run();
    }
  }

  /** No request brings bytes any more. */
  synchronized void endReceiving(long bytes, Instant now) {
    uploaded += bytes;
    isReceiving = false;
    stop = null;
    changedAt = now;
  }

  /** The file is here; false where nobody wants it any more. */
  synchronized boolean waits() {
    if (isCancelled) {
      return false;
    }
    state = State.WAITING;
    running = null;
    return true;
  }

  /** Whoever packages it has it now. */
  synchronized void runs(AssetImports.Import its) {
    running = its;
    state = State.PACKAGING;
    if (isCancelled) {
      its.cancel();
    }
  }

  synchronized void completes(AssetEntry made, Instant now) {
    if (state.isUnderWay()) {
      state = State.COMPLETE;
      asset = made;
      ends(now);
    }
  }

  synchronized void fails(Problem why, Instant now) {
    if (state.isUnderWay()) {
      state = State.FAILED;
      problem = why;
      ends(now);
    }
  }

  private void ends(Instant now) {
    changedAt = now;
    running = null;
  }

  /**
   * Ends it.
   *
   * @return whether its file is in nobody's hands
   */
  synchronized boolean cancel() {
    isCancelled = true;
    if (stop != null) {
      stop.run();
    }
    if (running != null) {
      running.cancel();
    }
    return !isReceiving && running == null;
  }
}
