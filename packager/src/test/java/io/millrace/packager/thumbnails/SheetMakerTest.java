package io.millrace.packager.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.packager.PictureMaker;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.storage.ObjectStore;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.PictureOutcome;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many who ask at once for sheets that nobody has asked for before. */
class SheetMakerTest {
  private static final int SHEETS = 36;
  private static final int IN_WORK = 2;
  private static final int WAITING = 32;
  private static final int TILES_AT_ONCE = 4;

  private final TempFolder folder = TempFolder.create("millrace-sheets-");
  private final Vertx vertx = Vertx.vertx();
  private final ObjectStore store =
      new DirectoryObjectStore(vertx, folder.path(), new PrometheusRegistry());
  private final Slow slow = new Slow();
  private final SheetMaker maker = new SheetMaker(store, slow);

  /** Makes tiles when it is told to. */
  private static final class Slow implements PictureMaker {
    final Deque<Promise<PictureOutcome>> tiles = new ArrayDeque<>();
    PictureOutcome outcome = new PictureOutcome.Broken();

    @Override
    public Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<PictureOutcome> tile(String source, Buffer file, int width, int height) {
      Promise<PictureOutcome> tile = Promise.promise();
      tiles.add(tile);
      return tile.future();
    }

    @Override
    public Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height) {
      return Future.succeededFuture(new PictureOutcome.Made(planes));
    }

    void make() {
      while (!tiles.isEmpty()) {
        assertThat(tiles).hasSizeLessThanOrEqualTo(IN_WORK * TILES_AT_ONCE);
        tiles.remove().complete(outcome);
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    folder.close();
  }

  private List<Future<PictureOutcome>> askForAll() {
    ThumbnailPlan plan = ThumbnailPlanTest.recordedInMemory(SHEETS);
    List<Future<PictureOutcome>> asked = new ArrayList<>();
    for (int sheet = 0; sheet < SHEETS; sheet++) {
      asked.add(maker.make(plan, plan.grid(), sheet, ThumbnailGrid.TILES).map(Sheet::outcome));
    }
    return asked;
  }

  @Test
  void areMadeAFewAtATimeInTurnAndMoreThanCanWaitAreRefused() {
    List<Future<PictureOutcome>> asked = askForAll();
    assertThat(slow.tiles).hasSize(IN_WORK * TILES_AT_ONCE);
    assertThat(asked.subList(0, IN_WORK + WAITING)).noneMatch(Future::isComplete);
    assertThat(asked.subList(IN_WORK + WAITING, SHEETS))
        .allMatch(refused -> refused.result() instanceof PictureOutcome.Later);
    slow.make();
    assertThat(asked.subList(0, IN_WORK + WAITING))
        .allMatch(made -> made.result() instanceof PictureOutcome.Made);
    assertThat(askForAll().getFirst().result())
        .as("made of tiles that are known")
        .isInstanceOf(PictureOutcome.Made.class);
  }

  @Test
  void whereNoPicturesAreToBeHadNobodyIsLeftWaiting() {
    List<Future<PictureOutcome>> asked = askForAll();
    slow.outcome = new PictureOutcome.Later();
    slow.make();
    assertThat(asked).allMatch(refused -> refused.result() instanceof PictureOutcome.Later);
  }
}
