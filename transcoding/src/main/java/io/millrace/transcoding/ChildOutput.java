package io.millrace.transcoding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Puts what a transcoder says into the log, and remembers why it ended. Thread-safe. */
final class ChildOutput {
  private static final Logger LOGGER = LoggerFactory.getLogger("transcoder");
  private static final Pattern EVENT = Pattern.compile("(DEBUG|INFO|WARN|ERROR) (.*)");
  private static final int KILLED = 137;

  private final String stream;
  private volatile String last = "";

  ChildOutput(String stream) {
    this.stream = stream;
  }

  void line(String line) {
    Matcher event = EVENT.matcher(line);
    Level level = event.matches() ? Level.valueOf(event.group(1)) : Level.DEBUG;
    String words = event.matches() ? event.group(2) : line;
    if (level == Level.ERROR || (last.isEmpty() && level == Level.WARN)) {
      last = words;
    }
    // Its end is told once, by whoever starts it again.
    Level as = level == Level.ERROR ? Level.WARN : level;
    LOGGER.atLevel(as).addKeyValue("stream", stream).log(words);
  }

  /** Why it ended, for people. */
  String reason(int status) {
    if (status == KILLED) {
      return "it was killed";
    }
    String end = "it ended with status " + status;
    return last.isEmpty() ? end : end + "; it said last: " + last;
  }
}
