package io.millrace.testkit.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpProxyTest {
  @Test
  void forwardsBothWaysUntilItIsABlackHoleAndThenClosesNothing() throws IOException {
    try (ServerSocket target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TcpProxy proxy = new TcpProxy(target.getLocalPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        Socket server = target.accept()) {
      client.getOutputStream().write(new byte[] {1, 2, 3});
      assertThat(server.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
      server.getOutputStream().write(4);
      assertThat(client.getInputStream().read()).isEqualTo(4);
      assertThat(proxy.sentAtNanos(3)).isLessThanOrEqualTo(System.nanoTime());
      assertThatThrownBy(() -> proxy.sentAtNanos(4)).isInstanceOf(IllegalStateException.class);

      proxy.becomeBlackHole();
      client.getOutputStream().write(5);
      server.setSoTimeout(200);
      InputStream in = server.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void closesTheOtherSideWhenOneSideCloses() throws IOException {
    try (ServerSocket target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TcpProxy proxy = new TcpProxy(target.getLocalPort())) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
        client.getOutputStream().write(1);
      }
      try (Socket server = target.accept()) {
        assertThat(server.getInputStream().readAllBytes()).containsExactly(1);
      }
    }
  }
}
