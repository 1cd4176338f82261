package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBCOMP;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.PUBREC;
import static io.millrace.broker.mqtt.RawMqtt.PUBREL;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.MqttConfig;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Table;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.topic.MountPoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The MQTT door with sessions in a table of the log, both of which outlive it: it can be stopped,
 * or die, and start again.
 */
final class KeptSessions implements AutoCloseable {
  static final byte[] PING = {(byte) 0xC0, 0};
  static final byte[] GOODBYE = {(byte) 0xE0, 0};

  final MemoryTopicLog log = new MemoryTopicLog();
  final Table table = MqttFixture.join(log.table("sessions", 1));
  private final MqttConfig config;
  private final long mostBytes;
  Wire wire;
  MqttFixture fixture;

  KeptSessions() {
    this(MqttFixture.CONFIG, Table.MOST_BYTES);
  }

  /**
   * @param mostBytes what all sessions may take
   */
  KeptSessions(MqttConfig config, long mostBytes) {
    this.config = config;
    this.mostBytes = mostBytes;
    wire = new Wire(table);
    fixture = started();
  }

  private MqttFixture started() {
    return new MqttFixture(config, log, new TableSessionStore(wire, mostBytes));
  }

  /** Another node with the same log and table. */
  MqttFixture another(Wire itsWire) {
    return new MqttFixture(config, log, new TableSessionStore(itsWire, mostBytes), "another node");
  }

  /** Between the server and its table. */
  static final class Wire implements Table {
    private final Table table;
    private volatile boolean isCut;

    /** What the answers to changes wait for. */
    volatile Future<Void> answers = Future.succeededFuture();

    Wire(Table table) {
      this.table = table;
    }

    @Override
    public Optional<byte[]> get(String key) {
      return table.get(key);
    }

    @Override
    public Future<Void> put(String key, byte[] value) {
      Future<Void> later = answers;
      return isCut
          ? Promise.<Void>promise().future()
          : table.put(key, value).compose(done -> later);
    }

    @Override
    public Future<Void> remove(String key) {
      return isCut ? Promise.<Void>promise().future() : table.remove(key);
    }

    @Override
    public void forEach(BiConsumer<String, byte[]> entry) {
      table.forEach(entry);
    }

    @Override
    public void onChange(Consumer<String> changed) {
      table.onChange(changed);
    }

    @Override
    public void close() {
      table.close();
    }
  }

  void stop() {
    fixture.stop();
  }

  /** Another server on the same log. */
  void start() {
    wire = new Wire(table);
    fixture = started();
  }

  void restart() {
    stop();
    start();
  }

  /** The server dies: nothing that it does from now on is in the table. */
  void crash() {
    wire.isCut = true;
    restart();
  }

  @Override
  public void close() {
    fixture.close();
  }

  static void aDay(PacketWriter.Fields properties) {
    properties.put(Property.SESSION_EXPIRY_INTERVAL, 86_400);
  }

  RawMqtt raw() {
    return new RawMqtt(fixture.server.port());
  }

  /** A client of MQTT 3.1.1 with a session. */
  RawMqtt persistent(String id) {
    return raw().letIn(connect(id, false));
  }

  /** It comes back, and its session is there. */
  RawMqtt returning(String id) {
    return returning(connect(id, false));
  }

  RawMqtt returning(byte[] connect) {
    RawMqtt client = raw();
    Heard heard = client.say(connect).hear(CONNACK);
    assertThat(heard.at(0)).as("session present").isEqualTo(1);
    assertThat(heard.at(1)).isZero();
    return client;
  }

  void publish(String topic, int qos, String... payloads) {
    publish(topic, qos << 1, qos, payloads);
  }

  void retain(String topic, String payload) {
    publish(topic, 3, 1, payload);
  }

  private void publish(String topic, int flags, int qos, String... payloads) {
    try (RawMqtt client = raw().letIn(connect("publisher", true))) {
      for (int i = 0; i < payloads.length; i++) {
        client.say(RawMqtt.publish(flags, topic, i + 1, payloads[i]));
        if (qos == 1) {
          client.hear(PUBACK);
        } else if (qos == 2) {
          client.hear(PUBREC);
          client.say(acknowledgement(PUBREL, i + 1)).hear(PUBCOMP);
        }
      }
    }
    // Who subscribes from now on gets none of it.
    log.awaitTails();
  }

  /** So many messages, each acknowledged; what is in them. */
  static List<String> hear(RawMqtt client, int count) {
    List<String> payloads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Heard heard = client.hear(PUBLISH);
      payloads.add(heard.payload());
      if (heard.qos() == 1) {
        client.say(acknowledgement(PUBACK, heard.packetId()));
      }
    }
    return payloads;
  }

  /** What is in the table. */
  StoredSession stored(String id) {
    return table.get(key(id)).flatMap(SessionCodec::decode).orElseThrow();
  }

  boolean isStored(String id) {
    return table.get(key(id)).isPresent();
  }

  static String key(String id) {
    return SessionKey.of("default", MountPoint.NONE, id);
  }

  /** A message of the namespace {@code plant}. */
  Optional<Message> inTheLog(String path) {
    for (int i = 0; i < 3; i++) {
      for (Message message : log.all(new PartitionRef("plant", 1, i))) {
        if (message.path().equals(path)) {
          return Optional.of(message);
        }
      }
    }
    return Optional.empty();
  }
}
