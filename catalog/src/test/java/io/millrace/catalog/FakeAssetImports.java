package io.millrace.catalog;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Imports that are as far as the test says. */
final class FakeAssetImports implements AssetImports {
  private final List<Running> begun = new CopyOnWriteArrayList<>();

  /** Those that were begun. */
  List<Running> begun() {
    return begun;
  }

  @Override
  public Import begin(Wish wish) {
    Running running = new Running(wish, "01ARZ3NDEKTSV4RRFFQ69G5FA" + begun.size() % 10);
    begun.add(running);
    return running;
  }

  /** One of them. */
  static final class Running implements Import {
    private final Wish wish;
    private final String asset;
    private final Promise<AssetEntry> done = Promise.promise();
    private volatile Progress progress = new Progress(Duration.ZERO, Optional.empty());

    private Running(Wish wish, String asset) {
      this.wish = wish;
      this.asset = asset;
    }

    Wish wish() {
      return wish;
    }

    void isAt(Progress next) {
      progress = next;
    }

    void succeeds(AssetEntry made) {
      done.complete(made);
    }

    void fails(Reason reason, String words) {
      done.fail(new ImportException(reason, words));
    }

    @Override
    public String asset() {
      return asset;
    }

    @Override
    public Future<AssetEntry> done() {
      return done.future();
    }

    @Override
    public Progress progress() {
      return progress;
    }

    @Override
    public void cancel() {
      done.tryFail(new ImportException(Reason.CANCELLED, "it was cancelled"));
    }
  }
}
