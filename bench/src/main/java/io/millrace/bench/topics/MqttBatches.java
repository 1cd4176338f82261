package io.millrace.bench.topics;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/** MQTT with QoS 1: a batch is written at once, and its PUBACKs are counted. */
final class MqttBatches implements Batches {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int ANSWER_BYTES = 4;
  private static final byte PUBACK = 0x40;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final String topic;
  private final byte[] payload;

  MqttBatches(InetSocketAddress address, String password, String topic, byte[] payload)
      throws IOException {
    this.topic = topic;
    this.payload = payload;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(address, TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write(new MqttConversation("bench-" + topic, Optional.of(password), topic).hello());
    if (answer()[3] != 0) {
      throw new IOException("the publisher was refused");
    }
  }

  @Override
  public void publish(int size) throws IOException {
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (int id = 1; id <= size; id++) {
      packets.writeBytes(MqttConversation.publish(topic, id, payload));
    }
    packets.writeTo(socket.getOutputStream());
    for (int id = 1; id <= size; id++) {
      if (answer()[0] != PUBACK) {
        throw new IOException("not an acknowledgement");
      }
    }
  }

  private byte[] answer() throws IOException {
    byte[] answer = in.readNBytes(ANSWER_BYTES);
    if (answer.length < ANSWER_BYTES) {
      throw new IOException("the server has closed the connection");
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
