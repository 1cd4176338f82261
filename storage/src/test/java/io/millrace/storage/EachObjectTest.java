package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work on each object of a long list. */
class EachObjectTest {
  private static final int OBJECTS = 2 * ObjectStore.EACH_AT_ONCE + 50;

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private SwitchedStore store;

  @BeforeEach
  void fill() throws TimeoutException {
    store = new SwitchedStore(new DirectoryObjectStore(vertx, folder, new PrometheusRegistry()));
    List<Future<ObjectInfo>> puts = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      puts.add(store.put("many/" + i, Buffer.buffer()));
    }
    done(Future.all(puts));
  }

  @AfterEach
  void close() throws TimeoutException {
    done(store.close());
    done(vertx.close());
  }

  @Test
  void isDoneForSomeAtATimeWithFewQuestionsToTheStore() throws TimeoutException {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    done(
        store.each(
            "many/",
            info -> {
              seen.add(info.key());
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              return store
                  .head(info.key())
                  .<Void>mapEmpty()
                  .onComplete(head -> underWay.decrementAndGet());
            }));

    assertThat(seen).isEqualTo(seen.stream().sorted().distinct().toList()).hasSize(OBJECTS);
    assertThat(most.get()).isLessThanOrEqualTo(ObjectStore.EACH_AT_ONCE);
    assertThat(store.lists()).isEqualTo(1);
  }

  @Test
  void endsWithThoseThatWereTakenTogetherWhenOneFails() throws TimeoutException {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());

    Future<Void> each =
        store.each(
            "many/",
            info -> {
              seen.add(info.key());
              return seen.size() == 3 ? Future.failedFuture("the third") : Future.succeededFuture();
            });
    done(each.otherwiseEmpty());

    assertThat(each.cause()).hasMessage("the third");
    assertThat(seen).hasSize(ObjectStore.EACH_AT_ONCE);
  }

  private static <T> void done(Future<T> future) throws TimeoutException {
    future.await(20, TimeUnit.SECONDS);
  }
}
