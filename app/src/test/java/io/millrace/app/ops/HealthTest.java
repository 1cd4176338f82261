package io.millrace.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final Health health = new Health();

  @Test
  void aNodeWithoutPartsIsNotReady() {
    assertThat(health.isReady()).isFalse();
  }

  @Test
  void isReadyWhenEveryPartIs() {
    AtomicReference<Health.Part> catalog =
        new AtomicReference<>(Health.Part.notReady("the database does not answer"));
    health.part("edge", () -> Health.Part.READY);
    health.part("catalog", catalog::get);

    assertThat(health.report().getString("status")).isEqualTo("not ready");
    assertThat(health.report().getJsonObject("roles").getJsonObject("catalog").getString("detail"))
        .isEqualTo("the database does not answer");

    catalog.set(Health.Part.READY);
    assertThat(health.isReady()).isTrue();
  }

  @Test
  void aPartReplacesTheOneOfItsName() {
    health.part("edge", () -> Health.Part.notReady("starting"));
    health.part("edge", () -> Health.Part.READY);

    assertThat(health.isReady()).isTrue();
    assertThat(health.report().getJsonObject("roles").fieldNames()).containsExactly("edge");
  }

  @Test
  void aStoppingNodeIsNotReadyWhateverItsPartsSay() {
    health.part("edge", () -> Health.Part.READY);

    health.stopping();

    assertThat(health.isReady()).isFalse();
    assertThat(health.report().getString("status")).isEqualTo("stopping");
  }
}
