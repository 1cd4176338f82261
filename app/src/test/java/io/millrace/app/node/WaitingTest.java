package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import org.junit.jupiter.api.Test;

class WaitingTest {
  @Test
  void aPortInUseIsNamedWithItsKeyWhicheverTransportReportsIt() {
    // What NIO and Netty's epoll transport say.
    for (IOException failure :
        new IOException[] {
          new BindException("Address already in use"),
          new IOException("bind(..) failed with error(-98): Address already in use")
        }) {
      assertThatThrownBy(
              () ->
                  Waiting.forPort(
                      "ingest.rtmp.port", "127.0.0.1", 1935, Future.failedFuture(failure)))
          .isInstanceOf(StartException.class)
          .hasMessage(
              "ingest.rtmp.port: port 1935 on 127.0.0.1 is in use; stop what uses it or choose"
                  + " another");
    }
  }

  @Test
  void anotherFailureToOpenAPortKeepsItsReason() {
    assertThatThrownBy(
            () ->
                Waiting.forPort(
                    "management.port",
                    "192.0.2.1",
                    9464,
                    Future.failedFuture(new BindException("Cannot assign requested address"))))
        .hasMessage(
            "management.port: port 9464 on 192.0.2.1 cannot be opened: Cannot assign requested"
                + " address");
  }
}
