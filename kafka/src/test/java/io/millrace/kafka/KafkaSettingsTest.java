package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {
  private static final String OWN =
      """
      directory=/data/kafka/log
      port=9092
      user=millrace
      password=secret
      """;

  @TempDir private Path directory;

  @Test
  void whatTheServerSaysIsRead() throws Exception {
    KafkaSettings settings = settings(OWN);

    assertThat(settings.directory()).isEqualTo(Path.of("/data/kafka/log"));
    assertThat(settings.port()).isEqualTo(9092);
    assertThat(settings.user()).isEqualTo("millrace");
    assertThat(settings.password()).isEqualTo("secret");
    assertThat(settings.outside()).isEmpty();
  }

  @Test
  void everyKeyOfAnOutsideListenerIsRead() throws Exception {
    KafkaSettings settings = settings(OWN + outside());

    assertThat(settings.outside())
        .hasValueSatisfying(
            outside -> {
              assertThat(outside.host()).isEqualTo("0.0.0.0");
              assertThat(outside.port()).isEqualTo(9094);
              assertThat(outside.advertised()).isEqualTo("kafka.example.org");
              assertThat(outside.certificates()).isEqualTo(directory.resolve("cert.pem"));
              assertThat(outside.key()).isEqualTo(directory.resolve("key.pem"));
              assertThat(outside.users()).containsEntry("anna", "hers").hasSize(1);
            });
  }

  @Test
  void whatIsMissingOrNoPortOrWouldLeaveItsQuotationMarksIsRefused() {
    assertThatThrownBy(() -> settings(OWN.replace("user=", "loser=")))
        .isInstanceOf(KafkaFailure.class)
        .hasMessageContaining("'user' is missing");
    assertThatThrownBy(() -> settings(OWN.replace("9092", "99999")))
        .hasMessageContaining("'port': '99999' is no port");
    assertThatThrownBy(() -> settings(OWN.replace("secret", "x\" user_evil=\"y")))
        .hasMessageContaining("'password' may hold letters");
    assertThatThrownBy(() -> settings(OWN + outside() + "outside.user.e\\ vil=x\n"))
        .hasMessageContaining("may hold letters");
  }

  @Test
  void onlyWhoeverHasAPasswordIsLetInThroughAnyListener() throws Exception {
    Properties kafka = BrokerProperties.of(settings(OWN), listener -> listener.length());

    assertThat(kafka.getProperty("listeners"))
        .isEqualTo("INTERNAL://127.0.0.1:8,CONTROLLER://127.0.0.1:10");
    assertThat(kafka.getProperty("controller.quorum.voters")).isEqualTo("1@127.0.0.1:10");
    assertThat(kafka.getProperty("listener.security.protocol.map")).doesNotContain("PLAINTEXT:");
    assertThat(kafka.getProperty("listener.security.protocol.map").split(","))
        .allMatch(listener -> listener.matches("\\w+:SASL_(PLAINTEXT|SSL)"));
    for (String listener : new String[] {"internal", "controller"}) {
      assertThat(kafka.getProperty("listener.name." + listener + ".plain.sasl.jaas.config"))
          .endsWith(" username=\"millrace\" password=\"secret\" user_millrace=\"secret\";");
    }
  }

  @Test
  void anOutsideListenerHasTlsAndUsersOfItsOwn() throws Exception {
    Files.writeString(directory.resolve("cert.pem"), "CERTIFICATE");
    Files.writeString(directory.resolve("key.pem"), "KEY");

    Properties kafka =
        BrokerProperties.of(settings(OWN + outside()), listener -> listener.length());

    assertThat(kafka.getProperty("listeners")).endsWith(",OUTSIDE://0.0.0.0:7");
    assertThat(kafka.getProperty("advertised.listeners"))
        .isEqualTo("INTERNAL://127.0.0.1:8,OUTSIDE://kafka.example.org:7");
    assertThat(kafka.getProperty("listener.security.protocol.map")).contains("OUTSIDE:SASL_SSL");
    assertThat(kafka.getProperty("listener.name.outside.ssl.keystore.key")).isEqualTo("KEY");
    assertThat(kafka.getProperty("listener.name.outside.ssl.keystore.certificate.chain"))
        .isEqualTo("CERTIFICATE");
    assertThat(kafka.getProperty("listener.name.outside.plain.sasl.jaas.config"))
        .endsWith("required user_anna=\"hers\";")
        .doesNotContain("secret");
  }

  private String outside() {
    return """
    outside.host=0.0.0.0
    outside.port=9094
    outside.advertised=kafka.example.org
    outside.certificates=%1$s/cert.pem
    outside.key=%1$s/key.pem
    outside.user.anna=hers
    """
        .formatted(directory);
  }

  private static KafkaSettings settings(String text) throws KafkaFailure, IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return KafkaSettings.read(properties);
  }
}
