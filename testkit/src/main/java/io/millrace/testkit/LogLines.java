package io.millrace.testkit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What one class logs while this is open. Thread-safe; for modules whose tests have Logback. */
public final class LogLines implements AutoCloseable {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          messages.add(line.getFormattedMessage());
        }
      };

  public LogLines(Class<?> ofWhom) {
    logger = (Logger) LoggerFactory.getLogger(ofWhom);
    appender.start();
    logger.addAppender(appender);
  }

  /** Their texts, without keys and values. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
