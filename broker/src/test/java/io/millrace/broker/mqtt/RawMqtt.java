package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** A client that says whatever it is told to, byte by byte. Blocks, for some seconds at most. */
final class RawMqtt implements AutoCloseable {
  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int PUBREC = 5;
  static final int PUBREL = 6;
  static final int PUBCOMP = 7;
  static final int SUBACK = 9;
  static final int UNSUBACK = 11;
  static final int PINGRESP = 13;
  static final int DISCONNECT = 14;

  private static final int DEADLINE_MILLIS = 30_000;

  /** What the server has sent. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Heard(int type, int flags, byte[] body) {
    int at(int index) {
      return body[index] & 0xFF;
    }

    int shortAt(int index) {
      return at(index) << 8 | at(index + 1);
    }

    int qos() {
      return flags >> 1 & 3;
    }

    boolean isDup() {
      return (flags & 8) != 0;
    }

    boolean isRetained() {
      return (flags & 1) != 0;
    }

    /** Of a PUBLISH. */
    String topic() {
      return new String(body, 2, shortAt(0), StandardCharsets.UTF_8);
    }

    /** Of a PUBLISH with QoS 1 or 2. */
    int packetId() {
      return shortAt(2 + shortAt(0));
    }

    /** Of a PUBLISH of MQTT 3.1.1. */
    String payload() {
      int from = 2 + shortAt(0) + (qos() > 0 ? 2 : 0);
      return new String(body, from, body.length - from, StandardCharsets.UTF_8);
    }

    /** Of a PUBLISH of MQTT 5 whose properties are less than 128 bytes. */
    String payload5() {
      int from = 2 + shortAt(0) + (qos() > 0 ? 2 : 0);
      from += 1 + at(from);
      return new String(body, from, body.length - from, StandardCharsets.UTF_8);
    }

    /** The whole body as Latin text, to look for a reason in. */
    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
  }

  private final Socket socket;
  private final DataInputStream in;

  RawMqtt(int port) {
    this(plain(port));
  }

  private static Socket plain(int port) {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawMqtt(Socket connected) {
    try {
      socket = connected;
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A CONNECT of MQTT 3.1.1 with the password {@code all}. */
  static byte[] connect(String clientId, boolean clean) {
    return packet(
        0x10,
        fields ->
            fields
                .putText("MQTT")
                .putByte(4)
                .putByte(0xC0 | (clean ? 2 : 0))
                .putShort(0)
                .putText(clientId)
                .putText("u")
                .putText("all"));
  }

  /** A CONNECT of MQTT 5 with the password {@code all}. */
  static byte[] connect5(String clientId, boolean clean, Consumer<PacketWriter.Fields> properties) {
    PacketWriter.Fields its = new PacketWriter.Fields();
    properties.accept(its);
    return packet(
        0x10,
        fields ->
            fields
                .putText("MQTT")
                .putByte(5)
                .putByte(0xC0 | (clean ? 2 : 0))
                .putShort(0)
                .putCounted(its)
                .putText(clientId)
                .putText("u")
                .putText("all"));
  }

  /** A PUBLISH of MQTT 3.1.1. */
  static byte[] publish(int flags, String topic, int packetId, String payload) {
    return packet(
        0x30 | flags,
        fields -> {
          fields.putText(topic);
          if ((flags & 6) != 0) {
            fields.putShort(packetId);
          }
          for (byte each : payload.getBytes(StandardCharsets.UTF_8)) {
            fields.putByte(each);
          }
        });
  }

  /** A PUBLISH of MQTT 5. */
  static byte[] publish5(
      int flags,
      String topic,
      int packetId,
      Consumer<PacketWriter.Fields> properties,
      String payload) {
    PacketWriter.Fields its = new PacketWriter.Fields();
    properties.accept(its);
    return packet(
        0x30 | flags,
        fields -> {
          fields.putText(topic);
          if ((flags & 6) != 0) {
            fields.putShort(packetId);
          }
          fields.putCounted(its);
          for (byte each : payload.getBytes(StandardCharsets.UTF_8)) {
            fields.putByte(each);
          }
        });
  }

  /** A SUBSCRIBE of MQTT 3.1.1. */
  static byte[] subscribe(int packetId, int qos, String filter) {
    return packet(0x82, fields -> fields.putShort(packetId).putText(filter).putByte(qos));
  }

  /** A SUBSCRIBE of MQTT 5 without properties. */
  static byte[] subscribe5(int packetId, int options, String filter) {
    return packet(
        0x82, fields -> fields.putShort(packetId).putByte(0).putText(filter).putByte(options));
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP without a reason. */
  static byte[] acknowledgement(int type, int packetId) {
    return new byte[] {
      (byte) (type << 4 | (type == PUBREL ? 2 : 0)), 2, (byte) (packetId >> 8), (byte) packetId
    };
  }

  static byte[] packet(int first, Consumer<PacketWriter.Fields> body) {
    PacketWriter.Fields fields = new PacketWriter.Fields();
    body.accept(fields);
    return new PacketWriter.Fields().putByte(first).putCounted(fields).toBytes();
  }

  RawMqtt say(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next packet; empty when the server has ended the connection. */
  Optional<Heard> hear() {
    try {
      int first = in.read();
      if (first < 0) {
        return Optional.empty();
      }
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int next = in.readUnsignedByte();
        length |= (next & 0x7F) << shift;
        if (next < 0x80) {
          break;
        }
      }
      byte[] body = new byte[length];
      in.readFully(body);
      return Optional.of(new Heard(first >> 4, first & 0xF, body));
    } catch (EOFException | SocketException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next packet, which has to be of a type. */
  Heard hear(int type) {
    Heard heard = hear().orElseThrow();
    assertThat(heard.type()).as(Arrays.toString(heard.body())).isEqualTo(type);
    return heard;
  }

  /** Says it, and expects to be let in. */
  RawMqtt letIn(byte[] connect) {
    assertThat(say(connect).hear(CONNACK).at(1)).isZero();
    return this;
  }

  /** Waits for the end; what came before it. */
  void hearTheEnd() {
    assertThat(hear()).isEmpty();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
