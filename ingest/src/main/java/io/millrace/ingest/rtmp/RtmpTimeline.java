package io.millrace.ingest.rtmp;

/**
 * Turns RTMP's 32-bit milliseconds into one timeline of 64 bits that goes on when they wrap (every
 * 49.7 days) and when an encoder sets its clock: a step back of more than a second or ahead of more
 * than a minute is taken out, for both tracks by the same amount. A second track whose first
 * message is more than ten seconds behind the other track or a minute ahead of it is taken to begin
 * now. Smaller steps back are for the caller to repair; smaller steps ahead are real gaps.
 */
final class RtmpTimeline {
  private static final long MAX_BACK_MILLIS = 1_000;
  private static final long MAX_AHEAD_MILLIS = 60_000;

  /** A second track that begins farther back than this has a clock of its own. */
  private static final long MAX_BEFORE_MILLIS = 10_000;

  private final Line video = new Line();
  private final Line audio = new Line();
  private long steps;

  /** A video message's place on the timeline, in milliseconds. */
  long video(long timestamp) {
    return place(video, audio, timestamp);
  }

  /** An audio message's place on the timeline, in milliseconds. */
  long audio(long timestamp) {
    return place(audio, video, timestamp);
  }

  /** How many steps of the encoder's clock have been taken out. */
  long steps() {
    return steps;
  }

  private long place(Line line, Line other, long timestamp) {
    line.unwrap(timestamp, other);
    if (!line.started) {
      line.offset = other.started ? other.offset : 0;
      long ahead = line.placed() - other.last;
      if (other.started && (ahead < -MAX_BEFORE_MILLIS || ahead > MAX_AHEAD_MILLIS)) {
        line.offset = other.last - line.unwrapped;
      }
    } else if (!line.isNear(line.placed(), other)) {
      long ownOffset = line.offset;
      line.offset = other.offset;
      if (!other.started || ownOffset == other.offset || !line.isNear(line.placed(), other)) {
        line.offset = Math.max(line.last, other.started ? other.last : line.last) - line.unwrapped;
        steps++;
      }
    }
    line.started = true;
    line.last = line.placed();
    return line.last;
  }

  private static final class Line {
    private boolean started;
    private long raw;
    private long unwrapped;
    private long offset;
    private long last;

    void unwrap(long timestamp, Line other) {
      if (started) {
        unwrapped += (int) (timestamp - raw);
      } else if (other.started) {
        unwrapped = other.unwrapped + (int) (timestamp - other.raw);
      } else {
        unwrapped = timestamp;
      }
      raw = timestamp;
    }

    long placed() {
      return unwrapped + offset;
    }

    boolean isNear(long time, Line other) {
      return isNear(time, last) || (other.started && isNear(time, other.last));
    }

    private static boolean isNear(long time, long reference) {
      return time >= reference - MAX_BACK_MILLIS && time <= reference + MAX_AHEAD_MILLIS;
    }
  }
}
