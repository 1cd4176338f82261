package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BroadcastWritersTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void workThatThrowsFailsItsFutureAndIsReported() throws Exception {
    AtomicReference<Throwable> reported = new AtomicReference<>();
    Context context = vertx.getOrCreateContext().exceptionHandler(reported::set);

    Future<Void> turn =
        BroadcastWriters.onContext(
            context,
            () -> {
              throw new IllegalStateException("broken");
            });
    assertThatThrownBy(() -> turn.await(10, TimeUnit.SECONDS)).hasMessageContaining("broken");

    // What runs on the context afterwards finds it reported.
    assertThat(
            BroadcastWriters.onContext(context, () -> Future.succeededFuture(reported.get()))
                .await(10, TimeUnit.SECONDS))
        .hasMessage("broken");
  }
}
