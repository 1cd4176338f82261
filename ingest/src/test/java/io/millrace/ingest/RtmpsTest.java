package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RTMP within TLS. */
class RtmpsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(40);
  private static final String NAME = "demo" + IngestHarness.QUERY;

  @TempDir private Path directory;
  private CertificateFiles files;
  private IngestHarness ingest;

  @BeforeEach
  void start() throws IOException {
    files = SelfSignedCertificate.keptIn(directory.resolve("a"), Instant.now());
    ingest = harness("10s");
  }

  private IngestHarness harness(String handshakeTimeout) {
    return new IngestHarness(
        Map.of(
            "handshakeTimeout",
            handshakeTimeout,
            "rtmps",
            Map.of(
                "port",
                0,
                "certificate",
                files.certificate().toString(),
                "key",
                files.key().toString())));
  }

  @AfterEach
  void stop() {
    ingest.close();
  }

  @Test
  void publishesWithinTls() {
    List<FlvClip.Tag> clip = FlvClip.bigBuckBunny().first(Duration.ofSeconds(1));
    try (FakeEncoder encoder = FakeEncoder.open(this::connect, Dialect.OBS)) {
      encoder.publish("live", NAME).media(clip, 0).unpublish(NAME);
    }
    await().atMost(DEADLINE).until(() -> ingest.samples(1).size() == 24);
    assertThat(ingest.attempts.getFirst().protocol()).isEqualTo("rtmps");
    assertThat(ingest.metrics.publications.labelValues("rtmps").get()).isEqualTo(1);
  }

  @Test
  void aChangedCertificateIsServedWithoutARestartAndABrokenOneIsNot() throws Exception {
    X509Certificate first = presented();
    try (FakeEncoder onAir = FakeEncoder.open(this::connect, Dialect.OBS)) {
      onAir.publish("live", NAME);
      Files.writeString(files.key(), "half a file");
      assertThatThrownBy(() -> IngestHarness.await(ingest.server.reloadCertificate()))
          .hasMessageContaining(files.key().toString());
      assertThat(presented()).isEqualTo(first);
      CertificateFiles other = SelfSignedCertificate.keptIn(directory.resolve("b"), Instant.now());
      Files.copy(other.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
      IngestHarness.await(ingest.server.reloadCertificate());
      assertThat(presented()).isNotEqualTo(first);
      onAir.unpublish(NAME);
    }
    assertThat(ingest.metrics.certificateReloads.labelValues("taken").get()).isEqualTo(1);
    assertThat(ingest.metrics.certificateReloads.labelValues("refused").get()).isEqualTo(1);
  }

  // RTMP R4
  @Test
  void whoeverDoesNotFinishTheTlsHandshakeIsClosed() throws IOException {
    ingest.close();
    ingest = harness("100ms");
    try (Socket silent = plain()) {
      silent.setSoTimeout((int) DEADLINE.toMillis());
      assertThat(silent.getInputStream().readAllBytes()).isEmpty();
    }
    awaitTlsFailures(1);
  }

  // RTMP R3
  @Test
  void plainRtmpOnTheTlsPortIsClosedAndCounted() throws IOException {
    try (Socket plain = plain()) {
      OutputStream out = plain.getOutputStream();
      out.write(new byte[] {3});
      out.write(new byte[1536]);
      plain.setSoTimeout((int) DEADLINE.toMillis());
      plain.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    awaitTlsFailures(1);
  }

  @Test
  void withoutACertificateThereIsNoPort() {
    try (IngestHarness plain = new IngestHarness(Map.of())) {
      assertThat(plain.server.rtmpsPort()).isEmpty();
    }
  }

  private void awaitTlsFailures(int count) {
    await()
        .atMost(DEADLINE)
        .until(() -> ingest.metrics.closed.labelValues("rtmps", "tls-failed").get() >= count);
  }

  private Socket plain() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), ingest.server.rtmpsPort().orElseThrow());
  }

  private X509Certificate presented() throws IOException {
    try (SSLSocket socket = connect()) {
      SSLSession session = socket.getSession();
      return (X509Certificate) session.getPeerCertificates()[0];
    }
  }

  private SSLSocket connect() throws IOException {
    return TrustingSocket.connect(ingest.server.rtmpsPort().orElseThrow());
  }
}
