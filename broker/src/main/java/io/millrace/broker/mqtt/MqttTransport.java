package io.millrace.broker.mqtt;

import io.millrace.access.TopicCredential;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** What carries one connection's bytes. Belongs to its event loop. */
interface MqttTransport {
  /** What is known of the client before it says anything. */
  TopicCredential presented();

  /**
   * Begins.
   *
   * @param bytes takes what comes; the array is its own
   * @param stopping hears that what carries it is about to stop; something may still be sent
   * @param closed hears once, when nothing can be sent and nothing comes any more
   */
  void open(Consumer<byte[]> bytes, Runnable stopping, Runnable closed);

  ByteBuf buffer(int bytes);

  /** As {@link io.millrace.broker.door.Outbox.Wire#write}. */
  void write(ByteBuf bytes, Runnable written);

  void pause();

  void resume();

  /**
   * Sends no more; what was written still goes out, and what comes is read until the client ends.
   */
  void finish();

  /** Ends at once. */
  void cut();
}
