package io.millrace.packager.thumbnails;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.packager.PictureMaker;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Makes sheets of thumbnails, a few at a time; what is asked for beyond that waits, up to a number.
 * Tiles are kept, so that of a sheet which grows only the new one is decoded. Thread-safe.
 */
public final class SheetMaker {
  private static final int AT_ONCE = 2;
  private static final int MOST_WAITING = 32;
  private static final Sheet NOT_NOW = new Sheet(new PictureOutcome.Later(), false);

  /** Bytes of planes; a tile of 160 x 90 pixels has 21,600. */
  private static final long KEPT_BYTES = 32L << 20;

  /** So long what could not be decoded is not tried again. */
  private static final Duration BROKEN_FOR = Duration.ofMinutes(1);

  /** A tile by what it is of. */
  record TileKey(String timeline, ThumbnailGrid grid, long cell) {}

  private final ObjectStore store;
  private final PictureMaker maker;
  private final Cache<TileKey, Buffer> tiles =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_BYTES)
          .<TileKey, Buffer>weigher((key, planes) -> 200 + planes.length())
          .executor(Runnable::run)
          .build();
  private final Cache<TileKey, Buffer> broken =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfterWrite(BROKEN_FOR)
          .executor(Runnable::run)
          .build();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int making;

  public SheetMaker(ObjectStore store, PictureMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  /**
   * Makes a sheet of cells that the plan has decided. A cell whose picture is not there, or cannot
   * be decoded, is grey.
   *
   * @param grid one that the plan accepts
   * @param sheet its number
   * @param count how many of its tiles there are
   * @return a JPEG; {@link PictureOutcome.Later} where pictures are not to be had now. On whatever
   *     context; never fails
   */
  public Future<Sheet> make(ThumbnailPlan plan, ThumbnailGrid grid, long sheet, int count) {
    return inTurn(
        () -> new SheetMaking(store, maker, tiles, broken, plan, grid, sheet).make(count));
  }

  private Future<Sheet> inTurn(Supplier<Future<Sheet>> work) {
    Promise<Sheet> promise = Promise.promise();
    Runnable run =
        () ->
            Future.succeededFuture()
                .compose(_ -> work.get())
                .onComplete(done -> over(promise, done));
    synchronized (waiting) {
      if (making == AT_ONCE) {
        if (waiting.size() == MOST_WAITING) {
          return Future.succeededFuture(NOT_NOW);
        }
        waiting.add(run);
        return promise.future();
      }
      making++;
    }
    run.run();
    return promise.future();
  }

  private void over(Promise<Sheet> promise, AsyncResult<Sheet> done) {
    Runnable next;
    synchronized (waiting) {
      next = waiting.poll();
      if (next == null) {
        making--;
      }
    }
    promise.handle(done.succeeded() ? done : Future.succeededFuture(NOT_NOW));
    if (next != null) {
      next.run();
    }
  }
}
