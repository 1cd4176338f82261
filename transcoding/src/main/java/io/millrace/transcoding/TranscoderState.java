package io.millrace.transcoding;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** What the transcoder of a stream is doing. */
public sealed interface TranscoderState {
  /** For people. */
  String detail();

  /** Whether somebody should know. */
  default boolean isTrouble() {
    return false;
  }

  /** There is nothing to be made of the source. */
  record Idle() implements TranscoderState {
    @Override
    public String detail() {
      return "nothing to transcode";
    }
  }

  /** Its program is being started for the first time. */
  record Starting() implements TranscoderState {
    @Override
    public String detail() {
      return "starting";
    }
  }

  /**
   * It works.
   *
   * @param encoders what makes each rung that has begun; sound is not in it
   */
  record Running(Map<Rung, String> encoders) implements TranscoderState {
    public Running {
      encoders = Map.copyOf(encoders);
    }

    @Override
    public String detail() {
      return encoders.isEmpty()
          ? "running"
          : encoders.entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(entry -> entry.getKey().word() + " by " + entry.getValue())
              .collect(Collectors.joining(", "));
    }
  }

  /**
   * It has ended and is started again.
   *
   * @param since when it last worked
   * @param times how often it ended since then
   * @param reason of its last end
   */
  record Restarting(Instant since, int times, String reason) implements TranscoderState {
    @Override
    public String detail() {
      return "being started again since %s, %s: %s"
          .formatted(since, times == 1 ? "once" : times + " times", reason);
    }

    @Override
    public boolean isTrouble() {
      return true;
    }
  }

  /**
   * Nothing can be made of the source as it is; the next change of its tracks is tried.
   *
   * @param reason for the broadcaster
   */
  record Refused(String reason) implements TranscoderState {
    @Override
    public String detail() {
      return "cannot be transcoded: " + reason;
    }

    @Override
    public boolean isTrouble() {
      return true;
    }
  }

  /** The broadcast is over. */
  record Stopped() implements TranscoderState {
    @Override
    public String detail() {
      return "stopped";
    }
  }
}
