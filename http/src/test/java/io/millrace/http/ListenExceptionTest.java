package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ListenExceptionTest {
  @Test
  void anAddressThatThisMachineDoesNotHaveIsTheHostsFault() {
    for (IOException failure :
        new IOException[] {
          new BindException("Cannot assign requested address"),
          new IOException("bind(..) failed with error(-99): Cannot assign requested address"),
          new UnknownHostException("nowhere.invalid")
        }) {
      assertThat(ListenException.of("http.port", "h", 1, failure))
          .hasMessageStartingWith("http.host: cannot listen on port 1 of h");
      assertThat(ListenException.of("broker.mqtt.tls.port", "h", 1, failure))
          .hasMessageStartingWith("broker.mqtt.host: ");
    }
    assertThat(ListenException.of("http.port", "h", 1, new BindException("Permission denied")))
        .hasMessageStartingWith("http.port: cannot listen on port 1 of h");
  }
}
