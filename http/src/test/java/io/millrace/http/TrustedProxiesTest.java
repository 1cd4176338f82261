package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TrustedProxiesTest {
  private static final TrustedProxies PROXIES =
      TrustedProxies.parse(List.of("10.0.0.0/8", "192.168.1.1", "2001:db8::/32"));

  @Test
  void takesTheNearestAddressThatIsNotAProxy() {
    assertThat(
            PROXIES.clientOf("10.0.0.1", List.of(), List.of("6.6.6.6, 203.0.113.7", "192.168.1.1")))
        .isEqualTo(new ClientAddress("203.0.113.7", false));
  }

  @Test
  void believesNobodyElse() {
    assertThat(PROXIES.clientOf("203.0.113.1", List.of(), List.of("6.6.6.6")))
        .isEqualTo(new ClientAddress("203.0.113.1", false));
  }

  @Test
  void readsForwarded() {
    assertThat(
            PROXIES.clientOf(
                "10.0.0.1",
                List.of("for=6.6.6.6;proto=https, For=\"[2001:4860::1]:4711\";by=x"),
                List.of()))
        .isEqualTo(new ClientAddress("2001:4860::1", false));
  }

  @Test
  void aClientCannotNameItselfInTheFieldThatTheProxyLetsThrough() {
    assertThat(PROXIES.clientOf("10.0.0.1", List.of("for=6.6.6.6"), List.of("203.0.113.7")))
        .isEqualTo(new ClientAddress("10.0.0.1", false));
    assertThat(PROXIES.clientOf("10.0.0.1", List.of("for=203.0.113.7"), List.of("203.0.113.7")))
        .isEqualTo(new ClientAddress("203.0.113.7", false));
  }

  @Test
  void stopsAtWhatIsNotAnAddress() {
    assertThat(PROXIES.clientOf("10.0.0.1", List.of(), List.of("1.1.1.1, _hidden, 10.0.0.2")))
        .isEqualTo(new ClientAddress("10.0.0.2", false));
  }

  @Test
  void aConnectionFromThisMachineWithAForwardingHeaderIsNotThisMachine() {
    assertThat(PROXIES.clientOf("127.0.0.1", List.of(), List.of("1.1.1.1")).isThisMachine())
        .isFalse();
    assertThat(PROXIES.clientOf("127.0.0.1", List.of(), List.of()).isThisMachine()).isTrue();
    assertThat(PROXIES.clientOf("10.0.0.1", List.of(), List.of()).isThisMachine()).isFalse();
  }

  @Test
  void refusesWhatIsNoNetwork() {
    assertThatThrownBy(() -> TrustedProxies.parse(List.of("proxy.example")))
        .hasMessageContaining("proxy.example");
    assertThatThrownBy(() -> TrustedProxies.parse(List.of("10.0.0.0/x")))
        .hasMessageContaining("10.0.0.0/x");
  }

  @Test
  void believesATrustedProxyThatARequestCameOverTls() {
    TrustedProxies proxies = TrustedProxies.parse(List.of("10.0.0.0/8"));

    assertThat(proxies.isSecure("10.0.0.1", List.of(), List.of("https"))).isTrue();
    assertThat(proxies.isSecure("10.0.0.1", List.of("for=1.2.3.4;proto=https"), List.of()))
        .isTrue();
    assertThat(proxies.isSecure("10.0.0.1", List.of(), List.of("https, http"))).isFalse();
    assertThat(proxies.isSecure("10.0.0.1", List.of("proto=http"), List.of("https"))).isFalse();
    assertThat(proxies.isSecure("10.0.0.1", List.of(), List.of())).isFalse();
    assertThat(proxies.isSecure("203.0.113.7", List.of(), List.of("https"))).isFalse();
  }
}
