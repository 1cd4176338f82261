package io.millrace.transcoder;

import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * What this program has to say, a line each on its standard output: {@code WARN words}. The server
 * puts it into its log. Thread-safe.
 */
final class Log {
  /** What the libraries say beyond this, in one run, nobody would read. */
  private static final int MOST_NATIVE_LINES = 200;

  /** JavaCPP itself holds it only weakly. */
  private static final NativeLog NATIVE = new NativeLog();

  private Log() {}

  static void info(String words) {
    say("INFO " + words);
  }

  static void warn(String words) {
    say("WARN " + words);
  }

  static void error(String words) {
    say("ERROR " + words);
  }

  /** Has the libraries' own errors come here too. */
  static void takeNative() {
    avutil.av_log_set_level(avutil.AV_LOG_ERROR);
    avutil.setLogCallback(NATIVE);
  }

  private static void say(String line) {
    synchronized (Log.class) {
      System.out.println(line.replaceAll("\\s+", " "));
    }
  }

  private static final class NativeLog extends LogCallback {
    private final AtomicInteger lines = new AtomicInteger();

    @Override
    public void call(int level, BytePointer message) {
      // Nothing may be thrown through native frames.
      try {
        if (level <= avutil.av_log_get_level() && lines.incrementAndGet() <= MOST_NATIVE_LINES) {
          say("DEBUG " + message.getString());
        }
      } catch (RuntimeException e) {
        lines.incrementAndGet();
      }
    }
  }
}
