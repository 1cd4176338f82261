package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.ConnectionListener;
import io.millrace.client.MillraceException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FirstConnectionTest {
  static Stream<HttpTimeoutException> silences() {
    return Stream.of(
        new HttpConnectTimeoutException("no connection"),
        new HttpTimeoutException("no answer to the handshake"));
  }

  /** The attempt may end a moment before the patience does, or behind it. */
  @ParameterizedTest
  @MethodSource("silences")
  void whoeverSaysNothingIsNoServerAndIsWaitedFor(HttpTimeoutException silence) {
    FirstConnection first =
        new FirstConnection(URI.create("http://localhost:1"), ConnectionListener.NONE);
    first.disconnected(
        new MillraceException(MillraceException.UNREACHABLE, "cannot connect", silence));
    assertThatThrownBy(() -> first.await(Duration.ofMillis(1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("no server answers at http://localhost:1;")
        .hasMessageEndingWith("(waited 0.001 s)");
  }
}
