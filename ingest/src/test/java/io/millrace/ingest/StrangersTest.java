package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StrangersTest {
  @Test
  void manyAreSaidInOneLine() {
    Strangers strangers = new Strangers();
    assertThat(strangers.take()).isEmpty();
    for (int i = 0; i < 1000; i++) {
      strangers.turnedAway("not-rtmp", "10.0.0.1", "version 71 is not RTMP");
    }
    strangers.turnedAway("refused", "10.0.0.2 live/demo", "the key is not right");
    assertThat(strangers.take())
        .contains(
            new Strangers.Summary(
                Map.of("not-rtmp", 1000, "refused", 1),
                "10.0.0.2 live/demo",
                "the key is not right"));
    assertThat(strangers.take()).isEmpty();
  }
}
