package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

  @Test
  void aBarePathIsToldWithItsReason() {
    assertThat(Waiting.failed("data.dir", new AccessDeniedException("/srv/ro/lock")))
        .hasMessage("data.dir: /srv/ro/lock: permission denied");
    assertThat(Waiting.failed("catalog", new NoSuchFileException("/srv/gone")))
        .hasMessage("catalog: there is no file /srv/gone");
    assertThat(Waiting.failed("catalog", new FileSystemException("/srv/f", null, "File too big")))
        .hasMessage("catalog: /srv/f: file too big");
    assertThat(Waiting.failed("catalog", new IOException("No space left on device")))
        .hasMessage("catalog: the disk is full; make room on it, or choose another");
    assertThat(Waiting.failed("catalog", new IOException("the database ended")))
        .hasMessage("catalog: the database ended");
  }
}
