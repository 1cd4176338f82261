package io.millrace.broker.mqtt;

import io.millrace.broker.door.DoorLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps one session: what must not happen before a change of it is safe waits here, in order, and
 * what changes meanwhile is kept together. Belongs to the connection's event loop.
 */
final class Keeping {
  private final DoorLoop loop;
  private final boolean isDurable;
  private final Supplier<Future<Void>> save;
  private final Runnable flush;
  private final Consumer<Throwable> failed;
  private List<Runnable> waiting = new ArrayList<>();
  private boolean isSaving;
  private boolean isStopped;
  private boolean hasBegun;

  /**
   * @param isDurable otherwise nothing waits
   * @param save keeps the session as it is when it is called
   * @param flush writes what the steps have sent
   * @param failed hears why it could not be kept; what waits for it does not happen
   */
  Keeping(
      DoorLoop loop,
      boolean isDurable,
      Supplier<Future<Void>> save,
      Runnable flush,
      Consumer<Throwable> failed) {
    this.loop = loop;
    this.isDurable = isDurable;
    this.save = save;
    this.flush = flush;
    this.failed = failed;
  }

  boolean isDurable() {
    return isDurable;
  }

  /** Runs something when the session is safe as it is now. */
  void then(Runnable step) {
    if (isStopped) {
      return;
    }
    if (!isDurable) {
      step.run();
      return;
    }
    waiting.add(step);
    if (!isSaving) {
      isSaving = true;
      // What else comes with the same read goes along.
      loop.later(this::saveNow);
    }
  }

  /** The connection is over: what waits does not happen, and nothing is kept from here any more. */
  void stop() {
    isStopped = true;
    waiting = new ArrayList<>();
  }

  /** Whether anything of this connection is kept, or may be. */
  boolean hasBegun() {
    return hasBegun;
  }

  private void saveNow() {
    if (isStopped) {
      return;
    }
    hasBegun = true;
    List<Runnable> round = waiting;
    waiting = new ArrayList<>();
    save.get()
        .onComplete(
            done ->
                loop.later(
                    () -> {
                      if (isStopped) {
                        return;
                      }
                      if (done.failed()) {
                        failed.accept(done.cause());
                        return;
                      }
                      for (Runnable step : round) {
                        if (!isStopped) {
                          step.run();
                        }
                      }
                      flush.run();
                      if (waiting.isEmpty()) {
                        isSaving = false;
                      } else {
                        saveNow();
                      }
                    }));
  }
}
