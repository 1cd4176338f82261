package io.millrace.packager.thumbnails;

import com.github.benmanes.caffeine.cache.Cache;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one sheet: reads key frames, a few at a time, has each made small, and puts them side by
 * side. Used once; one step at a time, on whatever context the step before completed.
 */
final class SheetMaking {
  private static final int AT_ONCE = 4;
  private static final byte GREY = (byte) 0x80;

  /** Stands for a key frame that is not there, or cannot be decoded. */
  private static final Buffer BROKEN = Buffer.buffer();

  /** Pictures are not to be had now. */
  private static final class NotNow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNow() {
      super("pictures are not to be had now", null, false, false);
    }
  }

  private final ObjectStore store;
  private final PictureMaker maker;
  private final Cache<SheetMaker.TileKey, Buffer> tiles;
  private final Cache<SheetMaker.TileKey, Buffer> broken;
  private final ThumbnailPlan plan;
  private final ThumbnailGrid grid;
  private final long sheet;
  private final String timeline;
  private final byte[] planes;

  /** Whether there is a tile of a picture that could not be had. */
  private volatile boolean holed;

  private final Map<String, Future<Optional<Buffer>>> headers = new ConcurrentHashMap<>();

  SheetMaking(
      ObjectStore store,
      PictureMaker maker,
      Cache<SheetMaker.TileKey, Buffer> tiles,
      Cache<SheetMaker.TileKey, Buffer> broken,
      ThumbnailPlan plan,
      ThumbnailGrid grid,
      long sheet) {
    this.store = store;
    this.maker = maker;
    this.tiles = tiles;
    this.broken = broken;
    this.plan = plan;
    this.grid = grid;
    this.sheet = sheet;
    this.timeline = plan.timeline();
    this.planes = new byte[grid.sheetWidth() * grid.sheetHeight() * 3 / 2];
    Arrays.fill(planes, GREY);
  }

  /** Fails where anything but a picture is broken. */
  Future<Sheet> make(int count) {
    return from(0, count)
        .compose(
            _ ->
                maker.sheet(timeline, Buffer.buffer(planes), grid.sheetWidth(), grid.sheetHeight()))
        .map(
            outcome ->
                new Sheet(
                    outcome instanceof PictureOutcome.Broken ? new PictureOutcome.Later() : outcome,
                    !holed));
  }

  private Future<Void> from(int first, int count) {
    int end = Math.min(count, first + AT_ONCE);
    if (first >= end) {
      return Future.succeededFuture();
    }
    List<Future<Buffer>> some = new ArrayList<>();
    for (int tile = first; tile < end; tile++) {
      some.add(tile(sheet * ThumbnailGrid.TILES + tile));
    }
    return Future.join(some)
        .compose(
            _ -> {
              for (int i = 0; i < some.size(); i++) {
                put(first + i, some.get(i).result());
              }
              return from(end, count);
            });
  }

  /** The planes of a cell's picture; {@link #BROKEN} where there is none. */
  private Future<Buffer> tile(long cell) {
    SheetMaker.TileKey key = new SheetMaker.TileKey(timeline, grid, cell);
    Buffer known = tiles.getIfPresent(key);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    if (broken.getIfPresent(key) != null) {
      return hole();
    }
    Optional<Thumbnail> thumbnail = plan.thumbnail(cell);
    return thumbnail.isEmpty()
        ? Future.succeededFuture(BROKEN)
        : read(thumbnail.get().keyFrames(), 0)
            .compose(file -> file.isEmpty() ? hole() : small(key, file.get()));
  }

  /** The first of some key frames that is there, behind its header. */
  private Future<Optional<Buffer>> read(List<Thumbnail.KeyFrame> keyFrames, int index) {
    if (index == keyFrames.size()) {
      return Future.succeededFuture(Optional.empty());
    }
    Thumbnail.KeyFrame keyFrame = keyFrames.get(index);
    return header(keyFrame)
        .compose(
            header ->
                header.isEmpty()
                    ? Future.succeededFuture(Optional.<Buffer>empty())
                    : picture(keyFrame)
                        .map(
                            found ->
                                found.map(
                                    bytes ->
                                        Buffer.buffer()
                                            .appendBuffer(header.get())
                                            .appendBuffer(bytes))))
        .compose(
            found ->
                found.isPresent() ? Future.succeededFuture(found) : read(keyFrames, index + 1));
  }

  private Future<Optional<Buffer>> header(Thumbnail.KeyFrame keyFrame) {
    Rendition rendition = keyFrame.rendition();
    String name = keyFrame.segment().init();
    if (!keyFrame.segment().hasInit()) {
      return Future.succeededFuture(Optional.of(Buffer.buffer()));
    }
    Buffer known = rendition.headers().get(name);
    if (known != null) {
      return Future.succeededFuture(Optional.of(known));
    }
    String key = object(rendition, name);
    return headers.computeIfAbsent(
        key, _ -> store.get(key).map(found -> found.map(object -> object.content())));
  }

  private Future<Optional<Buffer>> picture(Thumbnail.KeyFrame keyFrame) {
    Segment segment = keyFrame.segment();
    return segment.content().isPresent()
        ? Future.succeededFuture(
            segment.content().map(all -> all.slice(0, segment.keyFrameBytes())))
        : store.getRange(object(keyFrame.rendition(), segment.name()), 0, segment.keyFrameBytes());
  }

  private String object(Rendition rendition, String name) {
    return ObjectNames.object(plan.presentation().broadcast(), rendition.name(), name);
  }

  private Future<Buffer> small(SheetMaker.TileKey key, Buffer file) {
    return maker
        .tile(timeline, file, grid.tileWidth(), grid.tileHeight())
        .compose(
            outcome ->
                switch (outcome) {
                  case PictureOutcome.Made(Buffer small) -> {
                    tiles.put(key, small);
                    yield Future.succeededFuture(small);
                  }
                  case PictureOutcome.Broken _ -> {
                    broken.put(key, BROKEN);
                    yield hole();
                  }
                  case PictureOutcome.Later _ -> Future.failedFuture(new NotNow());
                });
  }

  /** Whoever makes pictures may be what is wrong, and the next one may have it. */
  private Future<Buffer> hole() {
    holed = true;
    return Future.succeededFuture(BROKEN);
  }

  /** Puts a tile in its place. */
  private void put(int tile, Buffer small) {
    int width = grid.tileWidth();
    int height = grid.tileHeight();
    if (small.length() != width * height * 3 / 2) {
      return;
    }
    int luma = grid.sheetWidth() * grid.sheetHeight();
    copy(small, 0, width, height, tile, 0, 1);
    copy(small, width * height, width / 2, height / 2, tile, luma, 2);
    copy(small, width * height * 5 / 4, width / 2, height / 2, tile, luma * 5 / 4, 2);
  }

  /** One plane, which is by {@code scale} smaller than the picture. */
  private void copy(Buffer small, int from, int width, int height, int tile, int plane, int scale) {
    int rowBytes = grid.sheetWidth() / scale;
    int left = grid.left(tile) / scale;
    int top = grid.top(tile) / scale;
    for (int row = 0; row < height; row++) {
      int start = from + row * width;
      small.getBytes(start, start + width, planes, plane + (top + row) * rowBytes + left);
    }
  }
}
