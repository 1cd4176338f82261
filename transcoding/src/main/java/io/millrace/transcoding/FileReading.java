package io.millrace.transcoding;

import io.millrace.media.MalformedMediaException;
import io.millrace.transcoding.protocol.Frame;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one file in a child process of its own: whatever is in the file ends that at worst. It is
 * read as fast as the listener takes it; one that makes the child stand still is given up. Confined
 * to the context that it was begun on.
 */
public final class FileReading {
  private static final long WATCH_MILLIS = 250;
  private static final Duration STOP_GRACE = Duration.ofSeconds(1);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Path file;
  private final Duration patience;
  private final FileListener listener;
  private final long watch;
  private @Nullable Child child;
  private boolean greeted;
  private boolean paused;
  private boolean over;
  private long heardNanos = System.nanoTime();

  private FileReading(Vertx vertx, Path file, Duration patience, FileListener listener) {
    this.vertx = vertx;
    this.file = file;
    this.patience = patience;
    this.listener = listener;
    this.watch = vertx.setPeriodic(WATCH_MILLIS, _ -> watch());
  }

  /**
   * Begins; the listener is not called before this has returned.
   *
   * @param patience how long the child may stand still while it is not waited for
   */
  static FileReading start(Child.Place place, Path file, Duration patience, FileListener listener) {
    FileReading reading = new FileReading(place.vertx(), file, patience, listener);
    reading.child = Child.start(place, reading.new Heard());
    return reading;
  }

  /** Nothing more is wanted for now; a little may still come. */
  public void pause() {
    paused = true;
    if (child != null) {
      child.pause();
    }
  }

  /** The rest is wanted. */
  public void resume() {
    paused = false;
    heardNanos = System.nanoTime();
    if (child != null) {
      child.resume();
    }
  }

  /** Nothing more is wanted at all, and the listener hears no more. */
  public void close() {
    over = true;
    vertx.cancelTimer(watch);
    if (child != null) {
      child.stop(STOP_GRACE);
    }
  }

  /** The process that reads; negative while there is none. */
  public long pid() {
    return child == null ? -1 : child.pid();
  }

  private void watch() {
    long silent = System.nanoTime() - heardNanos;
    if (!greeted && silent > START_LIMIT.toNanos()) {
      fail(
          false,
          "the program that reads the file was not ready in " + START_LIMIT.toSeconds() + " s");
    } else if (greeted && !paused && silent > patience.toNanos()) {
      fail(true, "the file makes its reader stand still; it may be damaged");
    }
  }

  private void fail(boolean filesFault, String reason) {
    if (!over) {
      close();
      listener.failed(filesFault, reason);
    }
  }

  private final class Heard implements Child.Listener {
    @Override
    public void frame(Frame frame) {
      heardNanos = System.nanoTime();
      try {
        if (!over) {
          received(frame);
        }
      } catch (MalformedMediaException e) {
        fail(true, "the file is damaged: " + e.getMessage());
      }
    }

    @Override
    public void ended(String reason) {
      fail(false, "the program that reads the file ended: " + reason);
    }
  }

  private void received(Frame frame) {
    switch (frame) {
      case Frame.Hello hello when hello.version() == Frame.VERSION -> greet();
      case Frame.FileTracks(long durationNanos, var tracks) ->
          listener.tracks(
              tracks.stream().map(WireMedia::fileTrack).toList(),
              durationNanos > 0 ? Optional.of(Duration.ofNanos(durationNanos)) : Optional.empty());
      case Frame.FileSample(var sample) -> listener.sample(WireMedia.sample(sample));
      case Frame.Refused(String reason) -> fail(true, reason);
      case Frame.Ended() -> {
        close();
        listener.ended();
      }
      default -> fail(false, "the program that reads the file does not keep to the protocol");
    }
  }

  private void greet() {
    greeted = true;
    Child to = child;
    if (to != null) {
      to.send(new Frame.Hello(Frame.VERSION, "millrace", List.of()));
      to.send(new Frame.OpenFile(file.toAbsolutePath().toString()));
    }
  }
}
