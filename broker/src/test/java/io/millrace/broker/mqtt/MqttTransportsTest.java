package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import io.millrace.broker.MqttConfig;
import io.millrace.broker.door.LoopbackHttp;
import io.millrace.http.CertificateFiles;
import io.millrace.http.HttpListener;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.http.TrustedProxies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same door over TCP, TLS and WebSocket, and with Paho's clients. */
class MqttTransportsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  @TempDir private Path folder;

  @Test
  void speaksOverWebSocketAlsoInLargePackets() {
    try (MqttFixture fixture = new MqttFixture()) {
      HttpListener listener =
          LoopbackHttp.open(
              fixture.vertx, List.of(fixture.server.mount(TrustedProxies.NONE)), fixture.registry);
      Mqtt3BlockingClient client =
          MqttClient.builder()
              .useMqttVersion3()
              .identifier("socket")
              .serverHost("127.0.0.1")
              .serverPort(listener.port())
              .webSocketConfig()
              .serverPath("mqtt")
              .applyWebSocketConfig()
              .buildBlocking();
      List<String> heard = new CopyOnWriteArrayList<>();
      client
          .toAsync()
          .publishes(
              MqttGlobalPublishFilter.ALL,
              message ->
                  heard.add(new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8)));
      client
          .connectWith()
          .simpleAuth()
          .username("u")
          .password("all".getBytes(StandardCharsets.UTF_8))
          .applySimpleAuth()
          .send();
      client.subscribeWith().topicFilter("wire/#").qos(MqttQos.EXACTLY_ONCE).send();
      for (int size : List.of(1, 100, 300, 70_000)) {
        client
            .publishWith()
            .topic("wire/a")
            .qos(MqttQos.EXACTLY_ONCE)
            .payload("x".repeat(size).getBytes(StandardCharsets.UTF_8))
            .send();
      }
      await().until(() -> heard.size() == 4);
      assertThat(heard).extracting(String::length).containsExactly(1, 100, 300, 70_000);
      client.disconnect();
      MqttFixture.join(listener.close(Duration.ZERO));
    }
  }

  @Test
  void aClientIsTheCommonNameOfItsCertificate() throws Exception {
    CertificateFiles server = SelfSignedCertificate.keptIn(folder, Instant.now());
    Path client = clientCertificate("hall-7");
    try (MqttFixture fixture = new MqttFixture(tls(server, client))) {
      int port = fixture.server.tlsPort().orElseThrow();
      byte[] noPassword =
          RawMqtt.packet(
              0x10, its -> its.putText("MQTT").putByte(4).putByte(2).putShort(0).putText("hall-7"));
      try (RawMqtt its = new RawMqtt(secure(server, port)).letIn(noPassword)) {
        its.say(publish(2, "plant/hall/7", 1, "21.5")).hear(PUBACK);
      }
      await().until(() -> fixture.grants.size() == 0);
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNotLetIn() throws Exception {
    CertificateFiles server = SelfSignedCertificate.keptIn(folder, Instant.now());
    Path trusted = clientCertificate("hall-7");
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.move(trusted, other.resolve("authority.pem"));
    Files.delete(folder.resolve("client.p12"));
    clientCertificate("hall-7");
    try (MqttFixture fixture = new MqttFixture(tls(server, other.resolve("authority.pem")));
        RawMqtt stranger = new RawMqtt(secure(server, fixture.server.tlsPort().orElseThrow()))) {
      // In TLS 1.3 the client hears of it when it has said something.
      assertThatThrownBy(() -> stranger.say(RawMqtt.connect("hall-7", true)).hear().orElseThrow())
          .isInstanceOfAny(UncheckedIOException.class, NoSuchElementException.class);
      assertThat(fixture.grants.size()).isZero();
    }
  }

  private MqttConfig tls(CertificateFiles server, Path authority) {
    MqttConfig plain = MqttFixture.CONFIG;
    return new MqttConfig(
        plain.host(),
        0,
        0,
        Optional.of(server),
        Optional.of(authority),
        true,
        plain.mount(),
        plain.connectTimeout(),
        plain.maxConnections(),
        plain.packetBytes(),
        plain.receiveMaximum(),
        plain.inFlight(),
        plain.topicAliases(),
        plain.keepAlive(),
        plain.sessionExpiry(),
        plain.maxSessions(),
        plain.maxQos(),
        plain.retain(),
        plain.refusedFilters());
  }

  /** Its key stays in {@code client.p12}. */
  private Path clientCertificate(String name) throws IOException, InterruptedException {
    Path certificate = folder.resolve("client.pem");
    String store = folder.resolve("client.p12").toString();
    keytool(
        "-genkeypair", "-alias", "c", "-keyalg", "EC", "-dname", "CN=" + name, "-keystore", store);
    keytool(
        "-exportcert", "-rfc", "-alias", "c", "-keystore", store, "-file", certificate.toString());
    return certificate;
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new CopyOnWriteArrayList<>(List.of(arguments));
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private SSLSocket secure(CertificateFiles server, int port)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("client.p12"))) {
      keys.load(in, PASSWORD);
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(server.certificate())) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    KeyManagerFactory mine = KeyManagerFactory.getInstance("PKIX");
    mine.init(keys, PASSWORD);
    TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
    theirs.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(mine.getKeyManagers(), theirs.getTrustManagers(), null);
    return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
  }

  @Test
  void pahosClientsTalkToEachOtherInBothVersions() throws Exception {
    try (MqttFixture fixture = new MqttFixture()) {
      String address = "tcp://127.0.0.1:" + fixture.server.port();
      List<String> heard = new CopyOnWriteArrayList<>();
      var newer =
          new org.eclipse.paho.mqttv5.client.MqttClient(
              address, "newer", new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
      newer.connect();
      newer.setCallback(new Hearing(heard));
      newer.subscribe("plant/paho/+", 2);
      var older =
          new org.eclipse.paho.client.mqttv3.MqttClient(address, "older", new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("u");
      options.setPassword("all".toCharArray());
      older.connect(options);
      for (int qos = 0; qos <= 2; qos++) {
        MqttMessage message = new MqttMessage(("qos " + qos).getBytes(StandardCharsets.UTF_8));
        message.setQos(qos);
        older.publish("plant/paho/" + qos, message);
      }
      await().until(() -> heard.size() == 3);
      assertThat(heard)
          .containsExactlyInAnyOrder(
              "plant/paho/0 qos 0", "plant/paho/1 qos 1", "plant/paho/2 qos 2");
      older.disconnect();
      newer.disconnect();
      older.close();
      newer.close();
    }
  }

  /** Writes down what comes. */
  private record Hearing(List<String> heard) implements MqttCallback {
    @Override
    public void messageArrived(String topic, org.eclipse.paho.mqttv5.common.MqttMessage message) {
      heard.add(topic + " " + message);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String address) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
