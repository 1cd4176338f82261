package io.millrace.packager.origin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.Pictures;
import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.thumbnails.RecordedThumbnails;
import io.millrace.packager.thumbnails.Sheet;
import io.millrace.packager.thumbnails.SheetMaker;
import io.millrace.packager.thumbnails.ThumbnailGrid;
import io.millrace.packager.thumbnails.ThumbnailPlan;
import io.millrace.packager.thumbnails.ThumbnailTrack;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Answers requests for the thumbnails of streams and recordings: the WebVTT that lists them, and
 * the sheets, which are made when somebody asks, once for all who do.
 */
public final class ThumbnailFiles {
  private static final String JPEG = "image/jpeg";

  /** Lists of streams of which something new is asked for every few seconds. */
  private static final int KEPT_TRACKS = 128;

  /** What is grey now may be there the next time. */
  private static final String HOLED = "public, max-age=10";

  private static final int KEPT_PLANS = 16;

  private static final long KEPT_BYTES = 32L << 20;
  private static final Problem NONE_HERE =
      new Problem(404, "no-thumbnails", "no thumbnails are made here (transcoder.stills)");
  private static final Problem NO_PICTURE =
      new Problem(404, "no-picture", "there are no pictures of which thumbnails could be made");
  private static final Problem NO_SHEET =
      new Problem(404, "no-sheet", "there is no such sheet (any more, or yet); see thumbnails.vtt");

  /** A live stream's thumbnails are in its WebVTT only. */
  static final Problem NO_LIST =
      new Problem(404, "no-thumbnails", "there is no such list of thumbnails; see thumbnails.vtt");

  private static final Problem LATER =
      new Problem(
          503, "thumbnails-later", "no thumbnails could be made now; ask again in a second");

  private record SheetKey(String timeline, ThumbnailGrid grid, long sheet, int tiles) {}

  private record TrackKey(
      String timeline, ThumbnailGrid grid, long first, long end, boolean grows) {}

  private final Optional<ThumbnailConfig> config;
  private final Optional<SheetMaker> maker;
  private final Once<SheetKey, Sheet> sheets;
  private final Cache<Presentation, RecordedThumbnails> recorded =
      Caffeine.newBuilder()
          .weakKeys()
          // A plan holds its presentation.
          .maximumSize(KEPT_PLANS)
          .executor(Runnable::run)
          .build();
  private final Cache<TrackKey, Document> tracks =
      Caffeine.newBuilder().maximumSize(KEPT_TRACKS).executor(Runnable::run).build();

  /**
   * @param pictures makes them; where nobody does, there are none
   */
  public ThumbnailFiles(ObjectStore store, Optional<Pictures> pictures) {
    config = pictures.map(Pictures::thumbnails);
    maker = pictures.map(all -> new SheetMaker(store, all.maker()));
    sheets =
        new Once<>(
            Caffeine.newBuilder()
                .maximumSize(config.map(ThumbnailFiles::kept).orElse(1L))
                .executor(Runnable::run)
                .build(),
            sheet -> sheet.whole() && sheet.outcome() instanceof PictureOutcome.Made);
  }

  /** A JPEG of this kind has less than two bits a pixel. */
  private static long kept(ThumbnailConfig config) {
    long bytes = (long) ThumbnailGrid.TILES * config.width() * config.width() / 4;
    return Math.max(16, KEPT_BYTES / bytes);
  }

  /** A live stream's list. */
  Future<OriginResponse> liveTrack(
      OriginRequest request, Presentation presentation, Duration window) {
    return config.isEmpty()
        ? MediaPlaylists.refuse(request, NONE_HERE)
        : presentation.multivariant().isEmpty()
            ? MediaPlaylists.refuse(
                request, presentation.ended() ? MediaPlaylists.UNKNOWN : MediaPlaylists.STARTING)
            : track(
                request,
                ThumbnailPlan.live(presentation, config.get(), window),
                MediaPlaylists.CACHING);
  }

  /** A recording's list. */
  Future<OriginResponse> recordedTrack(
      OriginRequest request, Presentation presentation, String caching) {
    return config.isEmpty()
        ? MediaPlaylists.refuse(request, NONE_HERE)
        : track(request, plan(presentation, config.get()), caching);
  }

  private Optional<ThumbnailPlan> plan(Presentation presentation, ThumbnailConfig how) {
    return recorded(presentation, how).plan();
  }

  private RecordedThumbnails recorded(Presentation presentation, ThumbnailConfig how) {
    return recorded.get(presentation, key -> RecordedThumbnails.of(key, how));
  }

  /** A recording's multivariant playlist; where thumbnails are made it tells of them. */
  Document multivariant(Presentation presentation) {
    return config
        .map(how -> recorded(presentation, how).multivariant())
        .orElse(presentation.multivariant());
  }

  /**
   * A recording's manifest; where thumbnails are made it tells of them. Empty where there is none.
   */
  Document manifest(Presentation presentation) {
    return config
        .map(how -> recorded(presentation, how).manifest())
        .orElse(presentation.manifest());
  }

  /** A recording's image playlist; empty where it has none of this layout. */
  Optional<Document> images(Presentation presentation, ThumbnailGrid grid) {
    return config
        .map(how -> recorded(presentation, how))
        .filter(found -> found.plan().filter(plan -> plan.grid().equals(grid)).isPresent())
        .map(RecordedThumbnails::images);
  }

  private Future<OriginResponse> track(
      OriginRequest request, Optional<ThumbnailPlan> found, String caching) {
    if (found.isEmpty()) {
      return MediaPlaylists.refuse(request, NO_PICTURE);
    }
    ThumbnailPlan plan = found.get();
    TrackKey key =
        new TrackKey(plan.timeline(), plan.grid(), plan.first(), plan.end(), plan.grows());
    Document track =
        tracks.get(
            key,
            _ -> {
              Buffer text = ThumbnailTrack.write(plan);
              return Document.of(() -> text);
            });
    return Future.succeededFuture(
        new Representation(ThumbnailTrack.CONTENT_TYPE, track.etag(), caching, false, track.bytes())
            .answer(request));
  }

  /** A live stream's sheet. */
  Future<OriginResponse> liveSheet(
      OriginRequest request,
      Presentation presentation,
      Duration window,
      ResourcePath.ThumbnailSheet asked) {
    long kept = window.toSeconds() + 3L * presentation.targetSeconds();
    return config.isEmpty()
        ? MediaPlaylists.refuse(request, NONE_HERE)
        : sheet(
            request,
            presentation.multivariant().isEmpty()
                ? Optional.empty()
                : ThumbnailPlan.live(presentation, config.get(), window),
            asked,
            "public, max-age=" + kept + ", immutable");
  }

  /** A recording's sheet. */
  Future<OriginResponse> recordedSheet(
      OriginRequest request,
      Presentation presentation,
      ResourcePath.ThumbnailSheet asked,
      String caching) {
    return config.isEmpty()
        ? MediaPlaylists.refuse(request, NONE_HERE)
        : sheet(request, plan(presentation, config.get()), asked, caching);
  }

  private Future<OriginResponse> sheet(
      OriginRequest request,
      Optional<ThumbnailPlan> found,
      ResourcePath.ThumbnailSheet asked,
      String caching) {
    if (found.isEmpty() || maker.isEmpty() || !found.get().accepts(asked.grid())) {
      return MediaPlaylists.refuse(request, NO_SHEET);
    }
    ThumbnailPlan plan = found.get();
    long first = asked.sheet() * ThumbnailGrid.TILES;
    long there = plan.end() - first;
    boolean listed = first + ThumbnailGrid.TILES > plan.first() && there > 0;
    int whole = (int) Math.min(ThumbnailGrid.TILES, there);
    int tiles = asked.tiles().orElse(whole);
    // Without a number it is one that does not grow any more.
    boolean isPart = asked.tiles().isEmpty() && plan.grows() && there < ThumbnailGrid.TILES;
    if (!listed || tiles > there || isPart) {
      return MediaPlaylists.refuse(request, NO_SHEET);
    }
    SheetKey key = new SheetKey(plan.timeline(), asked.grid(), asked.sheet(), tiles);
    return sheets
        .get(key, () -> maker.get().make(plan, asked.grid(), asked.sheet(), tiles))
        .compose(
            sheet ->
                sheet.outcome() instanceof PictureOutcome.Made(Buffer jpeg)
                    ? Future.succeededFuture(
                        new Representation(
                                JPEG,
                                Document.of(() -> jpeg).etag(),
                                sheet.whole() ? caching : HOLED,
                                true,
                                jpeg)
                            .answer(request))
                    : MediaPlaylists.refuse(request, LATER));
  }
}
