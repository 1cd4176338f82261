package io.millrace.app.ops;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.vertx.core.internal.logging.LoggerFactory;
import java.util.logging.Level;

/** A process in which everybody says something in the way that they do. */
final class EveryVoiceForTest {
  private EveryVoiceForTest() {}

  public static void main(String[] args) throws InterruptedException {
    LogOutput.open(true);
    LogOutput.printAsJson();
    org.slf4j.LoggerFactory.getLogger("ours").atWarn().addKeyValue("a", "\"b\"").log("from slf4j");
    java.util.logging.Logger.getLogger("org.postgresql.Driver")
        .log(Level.WARNING, "from {0}", "jul");
    InternalLoggerFactory.getInstance("io.netty.Test").warn("from netty");
    LoggerFactory.getLogger("io.vertx.Test").warn("from vertx", new IllegalStateException("why"));
    System.err.println("from\n\n\tstandard error");
    System.out.printf("from standard output: %s%n", "ü \"quoted\" http://a/b");
    Thread thread =
        new Thread(
            () -> {
              throw new IllegalStateException("from a thread that died");
            },
            "doomed");
    thread.start();
    thread.join();
    System.out.print("last words, without an end of line");
  }
}
