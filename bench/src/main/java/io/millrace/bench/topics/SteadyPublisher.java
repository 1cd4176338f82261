package io.millrace.bench.topics;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Publishes to one topic over MQTT with QoS 0, evenly. A message carries the time at which it was
 * due, so that one that is sent late counts as late (no coordinated omission).
 */
final class SteadyPublisher implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int CONNACK_BYTES = 4;

  private final Socket socket = new Socket();
  private final OutputStream out;
  private final String topic;
  private final int payloadBytes;

  SteadyPublisher(
      InetSocketAddress address, Optional<String> password, String topic, int payloadBytes)
      throws IOException {
    this.topic = topic;
    this.payloadBytes = payloadBytes;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(address, TIMEOUT_MILLIS);
    out = socket.getOutputStream();
    out.write(new MqttConversation("bench-publisher", password, topic).hello());
    InputStream in = socket.getInputStream();
    byte[] answer = in.readNBytes(CONNACK_BYTES);
    if (answer.length < CONNACK_BYTES || answer[3] != 0) {
      throw new IOException("the publisher was refused");
    }
  }

  /** Blocks; returns how many were sent. */
  int publish(int perSecond, Duration howLong) throws IOException {
    long until = System.nanoTime() + howLong.toNanos();
    return publish(perSecond, () -> System.nanoTime() >= until);
  }

  /**
   * Blocks; returns how many were sent.
   *
   * @param isOver asked before each message
   */
  int publish(int perSecond, BooleanSupplier isOver) throws IOException {
    long step = 1_000_000_000L / perSecond;
    long due = System.nanoTime();
    int count = 0;
    while (!isOver.getAsBoolean()) {
      out.write(MqttConversation.publish(topic, Stamp.payload(due, payloadBytes)));
      count++;
      due += step;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
