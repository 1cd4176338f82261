package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.kafka.KafkaConfig.Sasl;
import io.millrace.broker.kafka.KafkaConfig.Tls;
import io.millrace.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaConnectionTest {
  @TempDir Path folder;

  @Test
  void aClusterWithoutAnythingIsPlain() throws IOException {
    assertThat(KafkaConnection.to(config(Optional.empty(), Optional.empty())).security())
        .containsExactly(java.util.Map.entry("security.protocol", "PLAINTEXT"));
  }

  @Test
  void aUserAndTlsAreKafkasOwnProperties() throws IOException {
    Path authority = Files.writeString(folder.resolve("ca.pem"), "CA");
    Path certificate = Files.writeString(folder.resolve("cert.pem"), "CERT");
    Path key = Files.writeString(folder.resolve("key.pem"), "KEY");
    KafkaConnection connection =
        KafkaConnection.to(
            config(
                Optional.of(
                    new Tls(Optional.of(authority), Optional.of(certificate), Optional.of(key))),
                Optional.of(user("u", "p"))));
    assertThat(connection.security())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("ssl.truststore.certificates", "CA")
        .containsEntry("ssl.keystore.certificate.chain", "CERT")
        .containsEntry("ssl.keystore.key", "KEY");
    assertThat(connection.toString()).isEqualTo("a:9092");
  }

  @Test
  void anyPasswordIsQuotedAsKafkaReadsIt() throws IOException {
    String password = "a\"b\\c;'d\\\" e=\nf";
    String jaas =
        KafkaConnection.to(config(Optional.empty(), Optional.of(user("o'u\"", password))))
            .security()
            .get("sasl.jaas.config");
    assertThat(
            JaasContext.loadClientContext(java.util.Map.of("sasl.jaas.config", new Password(jaas)))
                .configurationEntries()
                .getFirst()
                .getOptions()
                .get("password"))
        .hasToString(password);
  }

  @Test
  void aClientCanBeMadeOfIt() throws IOException {
    KafkaConnection connection =
        KafkaConnection.to(
            new KafkaConfig(
                List.of("127.0.0.1:1"),
                "",
                Optional.of(new Tls(Optional.empty(), Optional.empty(), Optional.empty())),
                Optional.of(user("u", "p")),
                64 << 20,
                4));
    try (Admin admin = Admin.create(new ClientProperties(connection).admin())) {
      assertThat(admin).isNotNull();
      admin.close(java.time.Duration.ZERO);
    }
  }

  private static Sasl user(String name, String password) {
    return new Sasl(Sasl.Mechanism.SCRAM_SHA_512, name, new Secret(password));
  }

  private static KafkaConfig config(Optional<Tls> tls, Optional<Sasl> sasl) {
    return new KafkaConfig(List.of("a:9092"), "", tls, sasl, 64 << 20, 4);
  }
}
