package io.millrace.testkit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * What one class logs at INFO and above while this is open, and nobody else sees. Thread-safe; for
 * modules whose tests have Logback.
 */
public final class LogLines implements AutoCloseable {
  private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final ch.qos.logback.classic.@Nullable Level levelBefore;
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          lines.add(line);
        }
      };

  public LogLines(Class<?> ofWhom) {
    logger = (Logger) LoggerFactory.getLogger(ofWhom);
    levelBefore = logger.getLevel();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(ch.qos.logback.classic.Level.INFO);
    logger.setAdditive(false);
  }

  /** Their texts, without keys and values. */
  public List<String> messages() {
    return lines.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** Their keys with their values' texts. */
  public List<Map<String, String>> keyValues() {
    return lines.stream().map(LogLines::keyValues).toList();
  }

  private static Map<String, String> keyValues(ILoggingEvent line) {
    // Null for a line without any.
    @Nullable List<KeyValuePair> pairs = line.getKeyValuePairs();
    return pairs == null
        ? Map.of()
        : pairs.stream().collect(Collectors.toMap(pair -> pair.key, pair -> pair.value.toString()));
  }

  public List<Level> levels() {
    return lines.stream().map(line -> Level.valueOf(line.getLevel().toString())).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setLevel(levelBefore);
    logger.setAdditive(true);
  }
}
