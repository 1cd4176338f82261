package io.millrace.transcoder;

import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that takes its time for each object, and fails at the fifth. */
final class SlowStore {
  private static final long MILLIS = 300;

  private SlowStore() {}

  static ObjectStore of(
      Vertx vertx,
      ObjectStore store,
      AtomicInteger underWay,
      AtomicInteger most,
      AtomicInteger puts) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            SlowStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (!method.getName().equals("put")) {
                return invoke(store, method, arguments);
              }
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              boolean fails = puts.incrementAndGet() == 5;
              return vertx
                  .timer(MILLIS, TimeUnit.MILLISECONDS)
                  .compose(
                      _ ->
                          fails
                              ? Future.failedFuture("away for once")
                              : (Future<?>) invoke(store, method, arguments))
                  .onComplete(_ -> underWay.decrementAndGet());
            });
  }

  private static Object invoke(ObjectStore store, Method method, Object[] with) {
    try {
      return method.invoke(store, with);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
