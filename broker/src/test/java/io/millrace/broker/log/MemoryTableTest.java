package io.millrace.broker.log;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;

/** The table that other tests use in place of Kafka's. */
final class MemoryTableTest extends TableContract {
  private static final Vertx VERTX = Vertx.vertx();
  private static final MemoryTopicLog LOG = new MemoryTopicLog();

  @AfterAll
  static void stop() throws Exception {
    get(LOG.close());
    get(VERTX.close());
  }

  @Override
  protected TopicLog log() {
    return LOG;
  }

  @Override
  protected TopicLog other() {
    return LOG;
  }

  @Override
  protected Vertx vertx() {
    return VERTX;
  }
}
