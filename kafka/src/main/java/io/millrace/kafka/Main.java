package io.millrace.kafka;

import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.LoggerFactory;

/**
 * {@code main FILE}, where the file is that of {@link KafkaSettings}; with {@code --warm-up} behind
 * it, what clients do first is done once, and the program ends. It says on its standard output
 *
 * <pre>
 *   millrace-kafka ready PORT              clients are served
 *   millrace-kafka failed STATUS MESSAGE   why it ends, by {@link ExitStatus}
 *   LEVEL Logger: message                  anything else, each event on a line of its own
 * </pre>
 *
 * and ends in order when it is asked to by SIGTERM.
 */
public final class Main {
  private static final String VOICE = "millrace-kafka";

  private Main() {}

  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "io/millrace/kafka/logback.xml");
    try {
      if (args.length == 0) {
        throw new KafkaFailure(ExitStatus.SETTINGS, "which settings? Name their file", null);
      }
      run(KafkaSettings.read(Path.of(args[0])), args.length > 1 && "--warm-up".equals(args[1]));
    } catch (KafkaFailure e) {
      LoggerFactory.getLogger(Main.class).debug("failed", e);
      fail(e.status(), e.getMessage());
    }
  }

  private static void run(KafkaSettings settings, boolean warmUp) throws KafkaFailure {
    LogDirectory directory = new LogDirectory(settings.directory());
    // Kafka ends the process itself when it can write no more, or must not go on.
    Exit.setHaltProcedure((status, message) -> giveUp(directory, message));
    Exit.setExitProcedure((status, message) -> giveUp(directory, message));
    KafkaNode node = KafkaNode.start(settings);
    Thread stop = new Thread(node::stop, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    say("ready " + node.port());
    if (warmUp) {
      WarmUp.run(node.port(), settings);
      System.exit(0);
    }
    node.awaitStop();
  }

  private static void giveUp(LogDirectory directory, String message) {
    ExitStatus status = directory.judge();
    String told = message == null ? "" : ": " + message;
    switch (status) {
      case DISK_FULL -> fail(status, "no space is left for the log directory" + told);
      case LOG_DIRECTORY -> fail(status, "the log directory cannot be written" + told);
      default -> fail(status, "Kafka has ended itself" + told);
    }
  }

  private static void fail(ExitStatus status, String message) {
    say("failed " + status + " " + message.replaceAll("\\s+", " "));
    Runtime.getRuntime().halt(status.code());
  }

  private static void say(String words) {
    System.out.println(VOICE + " " + words);
    System.out.flush();
  }
}
