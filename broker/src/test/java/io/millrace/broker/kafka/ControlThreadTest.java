package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ControlThreadTest {
  @Test
  void workThatEndsAfterTheEventLoopsDoesEndsQuietly() throws Exception {
    Vertx vertx = Vertx.vertx();
    ControlThread control = new ControlThread(vertx);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    CompletableFuture<Thread> worker = new CompletableFuture<>();
    Context asker = vertx.getOrCreateContext();
    asker.runOnContext(
        _ -> {
          Future<Void> asked =
              control.run(
                  () -> {
                    Thread mine = Thread.currentThread();
                    mine.setUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
                    worker.complete(mine);
                    begun.countDown();
                    gone.await();
                    throw new IllegalStateException("late");
                  });
          asked.onFailure(failure -> uncaught.add(failure));
        });
    begun.await();
    control.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    gone.countDown();
    worker.join().join();
    assertThat(uncaught).isEmpty();
  }
}
