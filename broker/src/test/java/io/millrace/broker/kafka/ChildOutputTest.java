package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.kafka.ExitStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ChildOutputTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("kafka");
  private final ChildOutput output = new ChildOutput();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void listenNoLonger() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @Test
  void passesWarningsAndErrorsOnOnlyWhileItServes() {
    output.line("WARN QuorumController: the log is empty");
    output.line("millrace-kafka ready 4711");
    output.line("WARN LogManager: slow");
    output.line("ERROR LogDirFailureHandler: gone | java.io.IOException: no");
    output.line("OpenJDK 64-Bit Server VM warning: something");
    output.stopping();
    output.line("WARN NetworkClient: closed twice");

    assertThat(log.list)
        .extracting(event -> event.getLevel() + " " + event.getMessage())
        .isEqualTo(
            List.of(
                "WARN LogManager: slow",
                "ERROR LogDirFailureHandler: gone | java.io.IOException: no"));
  }

  @Test
  void tellsAnEndInTheChildsOwnWords() {
    output.line("ERROR LogDirFailureHandler: No space left on device");
    output.line("millrace-kafka failed DISK_FULL no space is left for the log directory");

    assertThat(output.reason(ChildEnd.DISK_FULL))
        .isEqualTo("no space is left for the log directory");
  }

  @Test
  void tellsTheLastLineOfAChildThatSaidNothingOfItsEnd() {
    assertThat(output.reason(ChildEnd.OUT_OF_MEMORY)).isEqualTo("it ran out of memory");
    output.line("# A fatal error");
    output.line("");
    output.line("\tat java.base/java.lang.Thread.run(Thread.java:1474)");
    output.line("\t... 2 more");

    assertThat(output.reason(ChildEnd.UNKNOWN))
        .isEqualTo("it ended; it said last: # A fatal error");
    assertThat(output.reason(ChildEnd.KILLED)).isEqualTo("it was killed");
  }

  @Test
  void knowsEveryStatusThatTheProgramEndsWith() {
    for (ExitStatus status : ExitStatus.values()) {
      assertThat(ChildEnd.of(status.code())).hasToString(status.name());
    }
    assertThat(ChildEnd.of(1)).isEqualTo(ChildEnd.UNKNOWN);
  }
}
