package io.millrace.broker.kafka;

import io.millrace.children.BackOff;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Namespaces that other nodes have deleted: this node forgets them too, and where that fails tries
 * again until it is done, for as long as a producer asks for a topic a cluster may make it again.
 * Thread-safe.
 */
final class GoneNamespaces implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(GoneNamespaces.class);

  private final Vertx vertx;
  private final ControlThread control;
  private final Function<String, Callable<?>> forgetting;

  /** Those for which one more attempt is on its way. */
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * @param forgetting what is done for a name on the control thread; nothing where there is such a
   *     namespace by then
   */
  GoneNamespaces(Vertx vertx, ControlThread control, Function<String, Callable<?>> forgetting) {
    this.vertx = vertx;
    this.control = control;
    this.forgetting = forgetting;
  }

  /** Another node may have deleted it. */
  void forget(String name) {
    if (waiting.add(name)) {
      attempt(name, new BackOff());
    }
  }

  private void attempt(String name, BackOff pauses) {
    control
        .run(
            () -> {
              // One that is deleted once more from now on is asked for anew.
              waiting.remove(name);
              return forgetting.apply(name).call();
            })
        .onFailure(
            e -> {
              if (!closed && waiting.add(name)) {
                Duration pause = pauses.afterRun(Duration.ZERO);
                LOGGER
                    .atWarn()
                    .addKeyValue("namespace", name)
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("retryMillis", pause.toMillis())
                    .log("the producers still know a namespace that is gone");
                vertx.setTimer(pause.toMillis(), timer -> attempt(name, pauses));
              }
            });
  }

  @Override
  public void close() {
    closed = true;
  }
}
