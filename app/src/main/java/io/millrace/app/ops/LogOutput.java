package io.millrace.app.ops;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where everything goes that this process has to say. Called once, before anything is logged. */
public final class LogOutput {
  private LogOutput() {}

  /**
   * Sets the form of the log lines, and brings in what is not logged through SLF4J: {@code
   * java.util.logging} (the database's driver, the JDK) and exceptions that nobody caught.
   *
   * @param json one JSON object a line, else lines for people
   */
  public static void open(boolean json) {
    System.setProperty("millrace.log.format", json ? "json" : "text");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Logger uncaught = LoggerFactory.getLogger("uncaught");
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) ->
            uncaught
                .atError()
                .addKeyValue("thread", thread.getName())
                .setCause(failure)
                .log("a thread ended by an exception"));
  }

  /**
   * From now on each line that anybody prints is a JSON object too: what goes to {@code System.out}
   * on standard output, what goes to {@code System.err} in the log. For servers whose lines a
   * machine collects.
   */
  public static void printAsJson() {
    Logger console = LoggerFactory.getLogger("console");
    Logger errors = LoggerFactory.getLogger("stderr");
    System.setOut(lines(new LineStream(console::info)));
    System.setErr(lines(new LineStream(errors::error)));
  }

  private static PrintStream lines(LineStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
