package io.millrace.app.ops;

import io.vertx.core.json.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Where everything goes that this process has to say. {@link #open} is called once, before anything
 * is logged, and {@link #printAsJson} after it.
 */
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
   * From now on each line that anybody prints to {@code System.out} or {@code System.err} is a JSON
   * object too, in the form of a log line. For servers whose lines a machine collects. A line goes
   * out when it ends, or with the process: what is logged in the middle of one comes before it.
   * Between the two outputs there is no order but that of the timestamps.
   */
  public static void printAsJson() {
    System.setOut(lines(FileDescriptor.out, "INFO", "console"));
    System.setErr(lines(FileDescriptor.err, "ERROR", "stderr"));
  }

  private static PrintStream lines(FileDescriptor to, String level, String name) {
    FileOutputStream out = new FileOutputStream(to);
    LineStream stream = new LineStream(line -> write(out, line(level, name, line)));
    Runtime.getRuntime().addShutdownHook(new Thread(stream::end, name + "-end"));
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  private static JsonObject line(String level, String name, String text) {
    return new JsonObject()
        .put("timestamp", System.currentTimeMillis())
        .put("level", level)
        .put("threadName", Thread.currentThread().getName())
        .put("loggerName", name)
        .put("message", text);
  }

  /** In one piece, so that it does not mix with a line of the log. */
  private static void write(FileOutputStream out, JsonObject line) {
    try {
      out.write((line.encode() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Whoever read it is gone, and there is nobody else to tell.
    }
  }
}
