package io.millrace.packager.importing;

import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects on their way to the store, each tried again for a while where it fails. Confined to its
 * context.
 */
final class ObjectPuts {
  /** So much may be on its way before whoever makes it waits. */
  private static final long MOST_BYTES = 24L << 20;

  private static final int MOST = 48;
  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 1_000;
  private static final Logger LOGGER = LoggerFactory.getLogger(ObjectPuts.class);

  private final Vertx vertx;
  private final Context context;
  private final ObjectStore store;
  private final Runnable changed;
  private final Consumer<Throwable> failed;
  private long bytes;
  private int count;
  private int underWay;
  private boolean over;
  private final Promise<Void> settled = Promise.promise();

  /**
   * @param changed is run when one less is on its way
   * @param failed hears when one cannot be put
   */
  ObjectPuts(
      Vertx vertx,
      Context context,
      ObjectStore store,
      Runnable changed,
      Consumer<Throwable> failed) {
    this.vertx = vertx;
    this.context = context;
    this.store = store;
    this.changed = changed;
    this.failed = failed;
  }

  void put(String key, Buffer content) {
    count++;
    bytes += content.length();
    attempt(key, content, TRIES);
  }

  private void attempt(String key, Buffer content, int tries) {
    if (over) {
      return;
    }
    underWay++;
    store
        .put(key, content)
        .onComplete(
            put ->
                context.runOnContext(
                    v -> {
                      underWay--;
                      if (over) {
                        settle();
                      } else if (put.succeeded()) {
                        count--;
                        bytes -= content.length();
                        changed.run();
                      } else {
                        again(key, content, tries, put.cause());
                      }
                    }));
  }

  private void again(String key, Buffer content, int tries, Throwable failure) {
    if (tries > 1) {
      vertx.setTimer(
          PAUSE_MILLIS, id -> context.runOnContext(v -> attempt(key, content, tries - 1)));
    } else {
      LOGGER
          .atWarn()
          .addKeyValue("object", key)
          .addKeyValue("reason", failure.getMessage())
          .log("the store does not take a part of an import");
      failed.accept(failure);
    }
  }

  /** Whether there is enough on its way. */
  boolean isFull() {
    return bytes > MOST_BYTES || count > MOST;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * Nothing more is put.
   *
   * @return completes when nothing is on its way any more
   */
  Future<Void> close() {
    over = true;
    settle();
    return settled.future();
  }

  private void settle() {
    if (underWay == 0) {
      settled.tryComplete();
    }
  }
}
