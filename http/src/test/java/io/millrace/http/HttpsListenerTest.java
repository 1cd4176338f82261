package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.LogLines;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** TLS, HTTP/2 and what may not go in clear text beside them. */
final class HttpsListenerTest extends ListenerForTest {
  @Test
  void speaksHttp2OverTls() throws IOException {
    HttpListener listener =
        open(
            config(LIMITS).withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    int port = listener.tlsPort().orElseThrow();
    assertThat(ask(http2Client, port, HttpMethod.GET, "/hello", Buffer.buffer()).body())
        .isEqualTo("hello HTTP_2");
    assertThat(ask(http2Client, port, HttpMethod.GET, "/none", Buffer.buffer()).status())
        .isEqualTo(404);
    assertThat(ask(tlsClient, port, HttpMethod.GET, "/hello", Buffer.buffer()).body())
        .isEqualTo("hello HTTP_1_1");
    assertThat(ask(listener.port(), "/hello").body()).isEqualTo("hello HTTP_1_1");
  }

  @Test
  void cutsHttp2BodiesThatTrickleWithoutALength() throws IOException {
    HttpListener listener =
        open(
            config(IMPATIENT_WITH_BODIES)
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    HttpClientRequest request =
        get(
            http2Client.request(
                HttpMethod.POST, listener.tlsPort().orElseThrow(), "127.0.0.1", "/echo"));
    request.write("a");
    assertThat(get(request.response()).statusCode()).isEqualTo(408);
    assertThat(counted("body-timeout")).isEqualTo(1);
  }

  @Test
  void resetsAnHttp2StreamThatTakesNothingHoweverBusyItsConnectionIs() throws IOException {
    HttpListener listener =
        open(
            config(quick())
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    HttpClientRequest request =
        get(
            http2Client.request(
                HttpMethod.GET, listener.tlsPort().orElseThrow(), "127.0.0.1", "/large"));
    Future<HttpClientResponse> paused =
        request.response().map(response -> response.exceptionHandler(reset -> {}).pause());
    get(request.send().compose(sent -> paused));
    vertx.setPeriodic(50, timer -> request.connection().ping(Buffer.buffer("12345678")));
    await().until(() -> counted("stalled") == 1);
    assertThat(listener.connections()).isEqualTo(1);
  }

  @Test
  void connectionsCountFromTheBeginningOfTheirHandshake() throws IOException {
    HttpListener listener =
        open(
            config(ONE_CONNECTION)
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    int port = listener.tlsPort().orElseThrow();
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(silent.isConnected()).isTrue();
      await().until(() -> listener.connections() == 1);
      assertThat(raw(port, "")).isEmpty();
      assertThat(raw(listener.port(), "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
    }
    await().until(() -> listener.connections() == 0);
    assertThat(counted("too-many-connections")).isEqualTo(2);
    assertThat(ask(http2Client, port, HttpMethod.GET, "/hello", Buffer.buffer()).status())
        .isEqualTo(200);
    assertThat(listener.connections()).isEqualTo(1);
  }

  @Test
  void countsGarbageOnTheTlsPort() throws IOException {
    HttpListener listener =
        open(
            config(LIMITS).withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    raw(listener.tlsPort().orElseThrow(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await().until(() -> counted("connection-failed") >= 1);
  }

  @Test
  void takesAChangedCertificateAndKeepsTheOldOneWhenTheNewOneIsBroken() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory.resolve("a"), Instant.now());
    CertificateFiles other = SelfSignedCertificate.keptIn(directory.resolve("b"), Instant.now());
    HttpListener listener = open(config(LIMITS).withCertificate(files));
    X509Certificate first = presented(listener);
    assertThat(first).isEqualTo(files.load().leaf());

    Files.copy(other.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(files.certificate(), FileTime.from(Instant.now().plusSeconds(9)));
    assertThat(
            listener
                .reloadCertificate()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((v, failure) -> failure)
                .get(10, TimeUnit.SECONDS))
        .hasMessageContaining("is not the key");
    assertThat(presented(listener)).isEqualTo(first);

    Files.copy(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    get(listener.reloadCertificate());
    assertThat(presented(listener)).isEqualTo(other.load().leaf());
  }

  @Test
  void keepsTheOldCertificateWhereTheNewOneHasEndedAndSaysSoOnce() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory.resolve("a"), Instant.now());
    CertificateFiles ended =
        issuedByAnother(directory.resolve("b"), Instant.now().minus(Duration.ofDays(1)));
    HttpListener listener = open(config(LIMITS).withCertificate(files));
    X509Certificate first = presented(listener);
    Files.copy(ended.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(ended.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(files.certificate(), FileTime.from(Instant.now().plusSeconds(9)));

    try (LogLines log = new LogLines(CertificateWatch.class)) {
      assertThat(failure(listener)).hasMessageContaining(files.certificate() + " has ended");
      assertThat(failure(listener)).hasMessageContaining("has ended");
      assertThat(log.messages()).hasSize(1);
    }
    assertThat(presented(listener)).isEqualTo(first);
  }

  @Test
  void saysWhichFileOfTheCertificateIsGone() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory, Instant.now());
    HttpListener listener = open(config(LIMITS).withCertificate(files));
    Files.delete(files.certificate());

    assertThat(failure(listener)).hasMessage("there is no file " + files.certificate());
  }

  @Test
  void startsWithACertificateThatHasEndedOrEndsSoonAndWarns() throws Exception {
    for (Duration left : List.of(Duration.ofDays(-1), Duration.ofDays(6))) {
      CertificateFiles files =
          issuedByAnother(directory.resolve(left.toString()), Instant.now().plus(left));
      try (LogLines log = new LogLines(CertificateWatch.class)) {
        presented(open(config(LIMITS).withCertificate(files)));
        assertThat(log.levels()).containsExactly(Level.WARN);
        assertThat(log.messages())
            .containsExactly(
                left.isNegative() ? "the certificate has ended" : "the certificate ends soon");
      }
    }
    try (LogLines log = new LogLines(CertificateWatch.class)) {
      open(
          config(LIMITS)
              .withCertificate(
                  issuedByAnother(
                      directory.resolve("long"), Instant.now().plus(Duration.ofDays(8)))));
      assertThat(log.messages()).isEmpty();
    }
  }

  private static Throwable failure(HttpListener listener) throws Exception {
    return listener
        .reloadCertificate()
        .toCompletionStage()
        .toCompletableFuture()
        .handle((v, failure) -> failure)
        .get(10, TimeUnit.SECONDS);
  }

  private X509Certificate presented(HttpListener listener) throws Exception {
    // A client of its own, so that no connection with the certificate before is taken again.
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
    HttpClientRequest request =
        get(
            client.request(
                HttpMethod.GET, listener.tlsPort().orElseThrow(), "127.0.0.1", "/hello"));
    X509Certificate certificate =
        (X509Certificate) request.connection().sslSession().getPeerCertificates()[0];
    // Asked for before it is sent: from this thread the body could be gone by otherwise.
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    get(request.send().compose(sent -> body));
    get(client.close());
    return certificate;
  }

  @Test
  void closesATlsConnectionThatDoesNotShakeHandsInTime() throws IOException {
    HttpListener listener =
        open(
            config(IMPATIENT)
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    assertThat(raw(listener.tlsPort().orElseThrow(), "")).isEmpty();
  }

  @Test
  void refusesCredentialsInClearTextFromAnotherMachineWhereThereIsTls() throws IOException {
    int port = open(proxied(SelfSignedCertificate.keptIn(directory, Instant.now()))).port();
    String head = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    String credential = "Authorization: Basic YTpi\r\n";
    String other = "X-Forwarded-For: 203.0.113.7\r\n";

    assertThat(raw(port, head + credential + "\r\n")).endsWith("hello HTTP_1_1");
    assertThat(raw(port, head + other + "\r\n")).endsWith("hello HTTP_1_1");
    assertThat(raw(port, head + credential + other + "\r\n"))
        .contains(" 403 ", "tls-required", "HTTPS");
    assertThat(raw(port, head + credential + other + "X-Forwarded-Proto: https\r\n\r\n"))
        .endsWith("hello HTTP_1_1");
    assertThat(counted("credential-in-clear")).isEqualTo(1);
    int withoutTls = open(config(LIMITS)).port();
    assertThat(raw(withoutTls, head + credential + other + "\r\n")).endsWith("hello HTTP_1_1");
  }

  @Test
  void refusesTokensOfPlayersInClearTextWherePlayersCanUseTls() throws Exception {
    String head = "GET /hello?a=1&token=eyJ.a.b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    String other = "X-Forwarded-For: 203.0.113.7\r\n";
    int trusted = open(proxied(issuedByAnother(directory.resolve("issued")))).port();
    int selfSigned =
        open(proxied(SelfSignedCertificate.keptIn(directory.resolve("self"), Instant.now())))
            .port();

    assertThat(raw(trusted, head + other + "\r\n")).contains(" 403 ", "tls-required");
    assertThat(raw(trusted, head.replace("a=1&", "") + other + "\r\n")).contains(" 403 ");
    assertThat(raw(trusted, head + "\r\n")).endsWith("hello HTTP_1_1");
    assertThat(raw(trusted, head + other + "X-Forwarded-Proto: https\r\n\r\n"))
        .endsWith("hello HTTP_1_1");
    assertThat(raw(trusted, head.replace("token", "tokens") + other + "\r\n"))
        .endsWith("hello HTTP_1_1");
    assertThat(raw(selfSigned, head + other + "\r\n")).endsWith("hello HTTP_1_1");
  }

  private static HttpConfig proxied(CertificateFiles certificate) {
    return new HttpConfig(
        "http",
        "127.0.0.1",
        0,
        0,
        Optional.of(certificate),
        LIMITS,
        false,
        TrustedProxies.parse(List.of("127.0.0.1")));
  }

  @Test
  void asksBrowsersToStayWithTlsWhereSomebodyVouchesForTheCertificate() throws Exception {
    HttpListener selfSigned =
        open(
            config(LIMITS)
                .withCertificate(
                    SelfSignedCertificate.keptIn(directory.resolve("self"), Instant.now())));
    HttpListener vouchedFor =
        open(config(LIMITS).withCertificate(issuedByAnother(directory.resolve("issued"))));

    int trusted = vouchedFor.tlsPort().orElseThrow();
    assertThat(strictness(tlsClient, selfSigned.tlsPort().orElseThrow(), 443)).isEmpty();
    assertThat(strictness(tlsClient, trusted, 443)).contains("max-age=2592000");
    assertThat(strictness(tlsClient, trusted, trusted)).isEmpty();
    assertThat(strictness(plainClient, vouchedFor.port(), 80)).isEmpty();
  }

  /**
   * @param told the port that the client believes to have asked
   */
  private Optional<String> strictness(HttpClient client, int port, int told) {
    return get(
        client
            .request(HttpMethod.GET, port, "127.0.0.1", "/hello")
            .compose(request -> request.authority(HostAndPort.create("media.example", told)).send())
            .map(answer -> Optional.ofNullable(answer.getHeader("strict-transport-security"))));
  }

  private static CertificateFiles issuedByAnother(Path folder) throws Exception {
    return issuedByAnother(folder, Instant.now().plusSeconds(3600));
  }

  private static CertificateFiles issuedByAnother(Path folder, Instant end) throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
    KeyPair authority = pairs.generateKeyPair();
    KeyPair own = pairs.generateKeyPair();
    X509CertificateHolder certificate =
        new JcaX509v3CertificateBuilder(
                new X500Name("CN=an authority"),
                BigInteger.TWO,
                Date.from(end.minus(Duration.ofDays(30))),
                Date.from(end),
                new X500Name("CN=localhost"),
                own.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
    Files.createDirectories(folder);
    return new CertificateFiles(
        pem(folder.resolve("certificate.pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(folder.resolve("key.pem"), "PRIVATE KEY", own.getPrivate().getEncoded()));
  }

  private static Path pem(Path file, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }
}
