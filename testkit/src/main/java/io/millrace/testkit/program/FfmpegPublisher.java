package io.millrace.testkit.program;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An encoder: FFmpeg that pushes the real clip at its natural speed, without touching its packets.
 * With {@link #reconnecting} it tries again whenever it ends, as an encoder in the field does.
 */
public final class FfmpegPublisher implements AutoCloseable {
  private static final long RETRY_NANOS = Duration.ofMillis(300).toNanos();

  private final List<String> arguments;
  private volatile @Nullable Program current;
  private boolean closed;

  private FfmpegPublisher(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  /** Pushes the clip once, at its natural speed. */
  public static FfmpegPublisher once(String url) {
    FfmpegPublisher publisher = new FfmpegPublisher(arguments(List.of(), url));
    publisher.startOnce();
    return publisher;
  }

  /** Pushes the clip again and again in one connection. */
  public static FfmpegPublisher looping(String url) {
    FfmpegPublisher publisher = new FfmpegPublisher(arguments(List.of("-stream_loop", "-1"), url));
    publisher.startOnce();
    return publisher;
  }

  /** Like {@link #looping}, with another clip. */
  public static FfmpegPublisher looping(Path clip, String url) {
    FfmpegPublisher publisher =
        new FfmpegPublisher(arguments(List.of("-stream_loop", "-1"), clip, url));
    publisher.startOnce();
    return publisher;
  }

  /** The same by a clock that is so much ahead. */
  public static FfmpegPublisher loopingAhead(Duration ahead, Path clip, String url) {
    List<String> arguments = arguments(List.of("-stream_loop", "-1"), clip, url);
    arguments.addAll(
        arguments.size() - 1, List.of("-output_ts_offset", ahead.toMillis() / 1e3 + "s"));
    FfmpegPublisher publisher = new FfmpegPublisher(arguments);
    publisher.startOnce();
    return publisher;
  }

  /** Like {@link #looping}, but this much of it is pushed at once, as fast as it is taken. */
  public static FfmpegPublisher loopingFrom(Duration begun, String url) {
    List<String> before = new ArrayList<>(List.of("-stream_loop", "-1"));
    before.addAll(List.of("-readrate_initial_burst", Long.toString(begun.toSeconds())));
    // FFmpeg takes what is to come at once for a lag, and would catch up at 1.05 times the speed.
    before.addAll(List.of("-readrate_catchup", "1000"));
    FfmpegPublisher publisher = new FfmpegPublisher(arguments(before, url));
    publisher.startOnce();
    return publisher;
  }

  /** Like {@link #looping}, and connects again whenever the connection is lost or refused. */
  public static FfmpegPublisher reconnecting(String url) {
    return reconnecting(Clips.bigBuckBunny(), url);
  }

  /** The same with another clip of one picture and one sound. */
  public static FfmpegPublisher reconnecting(Path clip, String url) {
    FfmpegPublisher publisher =
        new FfmpegPublisher(arguments(List.of("-stream_loop", "-1"), clip, url));
    publisher.startOnce();
    Thread.ofVirtual().start(publisher::keepStarted);
    return publisher;
  }

  /**
   * Whether the server took the running encoder's stream: FFmpeg says so when it has the output.
   */
  public boolean accepted() {
    return program().errorsSoFar().contains("Output #0, flv");
  }

  /** What the running encoder said. */
  public String words() {
    return program().errorsSoFar();
  }

  /** The encoder that runs now, or the last one. */
  public Program program() {
    Program program = current;
    if (program == null) {
      throw new IllegalStateException("not started");
    }
    return program;
  }

  /** Ends the encoder as a user does: it unpublishes. */
  public void unpublish() {
    startNoMore();
    program().stop(Duration.ofSeconds(10));
  }

  @Override
  public void close() {
    startNoMore();
    program().close();
  }

  private void startOnce() {
    current = Ffmpeg.start(arguments);
  }

  private void keepStarted() {
    while (startedAgain()) {
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  /**
   * Never behind {@link #startNoMore}, and never ends the one that runs: it may be unpublishing.
   */
  private synchronized boolean startedAgain() {
    if (!closed && !program().isAlive()) {
      startOnce();
    }
    return !closed;
  }

  private synchronized void startNoMore() {
    closed = true;
  }

  private static List<String> arguments(List<String> before, String url) {
    return arguments(before, Clips.bigBuckBunny(), url);
  }

  private static List<String> arguments(List<String> before, Path clip, String url) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-loglevel", "info", "-re"));
    arguments.addAll(before);
    arguments.addAll(List.of("-i", clip.toString(), "-map", "0:v:0", "-map", "0:a:0"));
    arguments.addAll(List.of("-c", "copy", "-f", "flv", url));
    return arguments;
  }
}
