package io.millrace.ingest;

import static io.millrace.ingest.Admission.Answer.ADMITTED;
import static io.millrace.ingest.Admission.Answer.TOO_MANY_CONNECTIONS;
import static io.millrace.ingest.Admission.Answer.TOO_MANY_CONNECTIONS_OF_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {
  @Test
  void anAddressHasItsShareAndAllTogetherHaveALimit() {
    Admission admission = new Admission(3, 2);
    assertThat(admission.enter("10.0.0.1")).isEqualTo(ADMITTED);
    assertThat(admission.enter("10.0.0.1")).isEqualTo(ADMITTED);
    assertThat(admission.enter("10.0.0.1")).isEqualTo(TOO_MANY_CONNECTIONS_OF_ADDRESS);
    assertThat(admission.enter("10.0.0.2")).isEqualTo(ADMITTED);
    assertThat(admission.enter("10.0.0.3")).isEqualTo(TOO_MANY_CONNECTIONS);
    admission.left("10.0.0.1");
    assertThat(admission.enter("10.0.0.3")).isEqualTo(ADMITTED);
  }

  @Test
  void anIpv6NetworkCountsAsOneAddress() {
    Admission admission = new Admission(10, 1);
    assertThat(admission.enter("2001:db8:1:2::1")).isEqualTo(ADMITTED);
    assertThat(admission.enter("2001:db8:1:2:ffff::9")).isEqualTo(TOO_MANY_CONNECTIONS_OF_ADDRESS);
    assertThat(admission.enter("2001:db8:1:3::1")).isEqualTo(ADMITTED);
  }

  @Test
  void nothingIsRememberedOfThoseThatLeft() {
    Admission admission = new Admission(10, 1);
    for (int i = 0; i < 100; i++) {
      admission.enter("10.0.0." + i);
      admission.enter("10.0.0." + i);
      admission.left("10.0.0." + i);
    }
    assertThat(admission.addresses()).isZero();
  }
}
