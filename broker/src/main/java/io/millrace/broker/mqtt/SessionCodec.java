package io.millrace.broker.mqtt;

import io.millrace.access.GrantId;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.KeptWill;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Received;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session as bytes and back. The first byte is the version of the format. Pure. */
final class SessionCodec {
  private static final int VERSION = 5;

  /** Did not say what a subscription wants besides its options. */
  private static final int WITHOUT_WANTED = 4;

  /** Did not say which shared subscription a message in flight has come by. */
  private static final int WITHOUT_SHARES = 3;

  /** Had the will of a waiting session, due or not, and did not say whose it was. */
  private static final int WITH_ANY_WILL = 2;

  /** Did not say whose the session is. */
  private static final int WITHOUT_PRINCIPAL = 1;

  private static final long NEVER = Long.MIN_VALUE;

  private SessionCodec() {}

  private interface Each<T> {
    void write(T one) throws IOException;
  }

  private interface Next<T> {
    T read() throws IOException;
  }

  static byte[] encode(StoredSession session) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(session.node());
      out.writeUTF(session.principal());
      out.writeLong(session.epoch());
      out.writeUTF(session.nonce());
      out.writeLong(session.published());
      out.writeLong(session.expirySeconds());
      out.writeLong(session.endsAt());
      out.writeBoolean(session.will().isPresent());
      if (session.will().isPresent()) {
        write(session.will().get(), out);
      }
      write(session.subscriptions(), one -> write(one, out), out);
      write(session.inFlight(), one -> write(one, out), out);
      write(session.received(), one -> write(one, out), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> void write(List<T> all, Each<T> each, DataOutputStream out)
      throws IOException {
    out.writeInt(all.size());
    for (T one : all) {
      each.write(one);
    }
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void write(KeptWill kept, DataOutputStream out) throws IOException {
    Packet.Will will = kept.message();
    write(will.topic().getBytes(StandardCharsets.UTF_8), out);
    write(will.payload(), out);
    out.writeByte(will.qos());
    out.writeBoolean(will.retain());
    write(new PacketWriter.Fields().putCounted(will.properties().fields()).toBytes(), out);
    write(List.copyOf(kept.ids()), id -> write(id, out), out);
    out.writeLong(kept.grantEndsAt().map(Instant::toEpochMilli).orElse(NEVER));
  }

  private static void write(GrantId id, DataOutputStream out) throws IOException {
    out.writeUTF(id.kind().name());
    out.writeUTF(id.value());
  }

  private static void write(Subscribed one, DataOutputStream out) throws IOException {
    out.writeUTF(one.filter());
    out.writeByte(one.options().toByte());
    out.writeInt(one.identifier());
    writeText(one.begun(), out);
    writeText(one.position(), out);
    out.writeBoolean(one.retainedAfter() != null);
    writeText(one.retainedAfter(), out);
    writeText(one.wanted().begin(), out);
    writeText(one.wanted().where(), out);
    out.writeBoolean(one.wanted().positions());
    write(one.untold(), out::writeUTF, out);
  }

  /** No text is empty. */
  private static void writeText(@Nullable String text, DataOutputStream out) throws IOException {
    out.writeUTF(text == null ? "" : text);
  }

  private static void write(InFlight one, DataOutputStream out) throws IOException {
    out.writeShort(one.packetId());
    out.writeByte(one.qos());
    out.writeBoolean(one.isReleased());
    out.writeBoolean(one.retained());
    write(one.identifiers(), out);
    out.writeUTF(one.place().namespace());
    out.writeInt(one.place().generation());
    out.writeInt(one.place().partition());
    out.writeLong(one.place().offset());
    out.writeUTF(one.place().path());
    out.writeUTF(one.share());
  }

  private static void write(Received one, DataOutputStream out) throws IOException {
    out.writeShort(one.packetId());
    out.writeUTF(one.id());
    out.writeBoolean(one.isPublished());
  }

  /** Empty for what no version of this program has written. */
  static Optional<StoredSession> decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version < WITHOUT_PRINCIPAL || version > VERSION) {
        return Optional.empty();
      }
      StoredSession session =
          new StoredSession(
              in.readUTF(),
              version == WITHOUT_PRINCIPAL ? "" : in.readUTF(),
              in.readLong(),
              in.readUTF(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readBoolean() ? Optional.of(will(in, version)) : Optional.empty(),
              list(in, () -> subscribed(in, version)),
              list(in, () -> inFlight(in, version)),
              list(in, () -> received(in)));
      boolean mayBeOver = version <= WITH_ANY_WILL && session.endsAt() != StoredSession.CONNECTED;
      return Optional.of(mayBeOver ? session.withoutWill() : session);
    } catch (IOException | MqttException e) {
      return Optional.empty();
    }
  }

  /** Which epoch a session is of; empty for what no version of this program has written. */
  static OptionalLong epoch(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version < WITHOUT_PRINCIPAL || version > VERSION) {
        return OptionalLong.empty();
      }
      in.readUTF();
      if (version != WITHOUT_PRINCIPAL) {
        in.readUTF();
      }
      return OptionalLong.of(in.readLong());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Whose a session is; empty where that is not said, or for what no version has written. */
  static String principal(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version <= WITHOUT_PRINCIPAL || version > VERSION) {
        return "";
      }
      in.readUTF();
      return in.readUTF();
    } catch (IOException e) {
      return "";
    }
  }

  private static <T> List<T> list(DataInputStream in, Next<T> next) throws IOException {
    int size = in.readInt();
    List<T> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(next.read());
    }
    return all;
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  private static KeptWill will(DataInputStream in, int version) throws IOException, MqttException {
    String topic = new String(bytes(in), StandardCharsets.UTF_8);
    byte[] payload = bytes(in);
    int qos = in.readByte();
    boolean retain = in.readBoolean();
    byte[] properties = bytes(in);
    Packet.Will message =
        new Packet.Will(
            topic,
            payload,
            qos,
            retain,
            new FieldReader(properties, 0, properties.length).readProperties(Property.Place.WILL));
    if (version <= WITH_ANY_WILL) {
      return new KeptWill(message, Set.of(), Optional.empty());
    }
    List<GrantId> ids = list(in, () -> grantId(in));
    long endsAt = in.readLong();
    return new KeptWill(
        message,
        new HashSet<>(ids),
        endsAt == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(endsAt)));
  }

  private static GrantId grantId(DataInputStream in) throws IOException {
    String kind = in.readUTF();
    try {
      return new GrantId(GrantId.Kind.valueOf(kind), in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  private static Subscribed subscribed(DataInputStream in, int version) throws IOException {
    String filter = in.readUTF();
    try {
      return new Subscribed(
          filter,
          SubscriptionOptions.of(in.readByte()),
          in.readInt(),
          text(in.readUTF()),
          text(in.readUTF()),
          version > WITH_ANY_WILL ? retainedAfter(in) : null,
          version > WITHOUT_WANTED
              ? new Wanted(text(in.readUTF()), text(in.readUTF()), in.readBoolean())
              : Wanted.ALL,
          version > WITHOUT_WANTED ? list(in, in::readUTF) : List.of());
    } catch (MqttException e) {
      throw new IOException(e);
    }
  }

  private static @Nullable String retainedAfter(DataInputStream in) throws IOException {
    boolean isThere = in.readBoolean();
    String path = in.readUTF();
    return isThere ? path : null;
  }

  private static @Nullable String text(String read) {
    return read.isEmpty() ? null : read;
  }

  private static InFlight inFlight(DataInputStream in, int version) throws IOException {
    return new InFlight(
        in.readUnsignedShort(),
        in.readByte(),
        in.readBoolean(),
        in.readBoolean(),
        bytes(in),
        new Place(in.readUTF(), in.readInt(), in.readInt(), in.readLong(), in.readUTF()),
        version <= WITHOUT_SHARES ? InFlight.NOT_SHARED : in.readUTF());
  }

  private static Received received(DataInputStream in) throws IOException {
    return new Received(in.readUnsignedShort(), in.readUTF(), in.readBoolean());
  }
}
