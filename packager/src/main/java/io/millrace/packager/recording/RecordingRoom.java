package io.millrace.packager.recording;

import io.millrace.packager.RecordingConfig;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether there is room to record. Where there is not, segments that leave the playlists are gaps
 * in the recording. One thread looks, any thread asks.
 */
public final class RecordingRoom {
  /** Of the file system's room, so much stays free for everything else. */
  static final double LEAST_FREE = 0.10;

  /** And so much more is to be free before recording goes on. */
  private static final double MARGIN = 0.01;

  private static final Logger LOGGER = LoggerFactory.getLogger(RecordingRoom.class);

  private final RecordingConfig config;
  private final RecordingMetrics metrics;
  private volatile Optional<String> trouble = Optional.empty();

  /** Whether the disk was too full at the last look, also where nothing is recorded. */
  private volatile boolean full;

  public RecordingRoom(RecordingConfig config, RecordingMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  public boolean isThere() {
    return trouble.isEmpty();
  }

  /** Why there is none, with what to do about it. */
  public Optional<String> trouble() {
    return trouble;
  }

  /**
   * Why so many bytes more cannot be kept.
   *
   * @param kept what recordings take that cannot be removed
   * @param free the share of the store's room that is free, where it is known
   */
  public Optional<String> lackFor(long bytes, long kept, Optional<Double> free) {
    return lackOfDisk(free)
        .or(() -> trouble)
        .or(
            () ->
                kept + bytes <= config.maxBytes()
                    ? Optional.empty()
                    : Optional.of(
                        "it would take "
                            + bytes
                            + " bytes, and with its source and what is pinned and on air that is more than"
                            + " recording.maxBytes ("
                            + config.maxBytes()
                            + "); unpin or delete recordings, or raise it"));
  }

  /**
   * Takes a look.
   *
   * @param bytes what recordings take that cannot be removed
   * @param free the share of the store's room that is free, where it is known
   */
  public void look(long bytes, Optional<Double> free) {
    full = isTooFull(free);
    Optional<String> now =
        config.enabled()
            ? find(bytes, free).map(why -> "nothing is recorded: " + why)
            : Optional.empty();
    if (now.isPresent() && trouble.isEmpty()) {
      LOGGER.atWarn().addKeyValue("reason", now.get()).log("recording has stopped");
    } else if (now.isEmpty() && trouble.isPresent()) {
      LOGGER.atInfo().log("recording goes on");
    }
    trouble = now;
    metrics.stopped(now.isPresent());
  }

  private Optional<String> find(long bytes, Optional<Double> free) {
    Optional<String> lack = lackOfDisk(free);
    if (lack.isPresent()) {
      return lack;
    }
    return bytes > config.maxBytes()
        ? Optional.of(
            "what is pinned and what is on air takes "
                + bytes
                + " bytes, more than recording.maxBytes ("
                + config.maxBytes()
                + "); unpin or delete recordings, or raise it")
        : Optional.empty();
  }

  /**
   * Why nothing more is to be written, whatever it is.
   *
   * @param free the share of the store's room that is free now, where it is known
   */
  public Optional<String> lackOfDisk(Optional<Double> free) {
    return isTooFull(free)
        ? Optional.of(
            Math.round(free.orElse(0.0) * 100)
                + " % of the disk is free and 10 % stays free; delete recordings, or give"
                + " storage.directory more room")
        : Optional.empty();
  }

  private boolean isTooFull(Optional<Double> free) {
    return free.isPresent() && free.get() < (full ? LEAST_FREE + MARGIN : LEAST_FREE);
  }
}
