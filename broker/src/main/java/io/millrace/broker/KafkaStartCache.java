package io.millrace.broker;

import io.millrace.broker.kafka.KafkaProgram;
import java.io.IOException;
import java.nio.file.Path;

/** A part of the build: the start-up cache of the embedded Kafka that a distribution carries. */
public final class KafkaStartCache {
  private KafkaStartCache() {}

  /**
   * Makes it in the distribution, unless it is there and good; blocks for some ten seconds.
   *
   * @param scratch an empty directory
   * @return whether there is one
   */
  public static boolean make(Path distribution, Path scratch)
      throws IOException, InterruptedException {
    return KafkaProgram.of(distribution).makeStartCache(scratch);
  }
}
