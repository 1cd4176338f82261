package io.millrace.packager.origin;

import io.millrace.http.Problem;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.hls.IFramePlaylistWriter;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.recording.AssetIndex;
import io.millrace.packager.recording.AssetReader;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StorageException;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers {@code /vod/{asset}/…} from the store and everything else as another origin does. Below
 * an asset the addresses are those below a stream: {@code index.m3u8}, {@code manifest.mpd} and
 * {@code b/{broadcast}/{rendition}/…}.
 */
public final class AssetOrigin implements Origin {
  private static final String PREFIX = "/vod/";
  private static final Pattern PATH =
      Pattern.compile("/vod/([0-7][0-9A-HJKMNP-TV-Z]{25})(/.{1,400})");
  private static final String KIND = "Asset";
  private static final Problem UNKNOWN =
      new Problem(404, "asset-not-found", "there is no such recording (any more)");
  private static final Problem NO_MANIFEST =
      new Problem(
          404,
          "no-manifest",
          "this recording is of MPEG-TS segments, for which there is no DASH manifest; play"
              + " index.m3u8");
  private static final Problem UNAVAILABLE =
      new Problem(503, "storage-unavailable", "the object store does not answer");

  /** It never changes, but it may be removed. */
  private static final String PLAYLIST_CACHING = "public, max-age=60";

  private static final String FILE_CACHING = "public, max-age=86400, immutable";

  private final Origin live;
  private final ObjectStore store;
  private final AssetIndex index;
  private final AssetReader reader;
  private final PackagerMetrics metrics;
  private final ThumbnailFiles thumbnails;

  /** One that has no thumbnails. */
  public AssetOrigin(
      Origin live,
      ObjectStore store,
      AssetIndex index,
      AssetReader reader,
      PackagerMetrics metrics) {
    this(live, store, index, reader, metrics, new ThumbnailFiles(store, Optional.empty()));
  }

  /**
   * @param live answers for what is no asset
   * @param thumbnails those of the recordings
   */
  public AssetOrigin(
      Origin live,
      ObjectStore store,
      AssetIndex index,
      AssetReader reader,
      PackagerMetrics metrics,
      ThumbnailFiles thumbnails) {
    this.live = live;
    this.store = store;
    this.index = index;
    this.reader = reader;
    this.metrics = metrics;
    this.thumbnails = thumbnails;
    metrics.answers(KIND);
  }

  @Override
  public Future<OriginResponse> answer(OriginRequest request) {
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    if (!reads || !request.path().startsWith(PREFIX)) {
      return live.answer(request);
    }
    Matcher path = PATH.matcher(request.path());
    Future<OriginResponse> answer =
        path.matches()
            ? asset(request, new BroadcastId(path.group(1)), path.group(2))
            : MediaPlaylists.refuse(request, UNKNOWN);
    return answer
        .recover(
            failure ->
                failure instanceof StorageException
                    ? MediaPlaylists.refuse(request, UNAVAILABLE)
                    : Future.failedFuture(failure))
        .onSuccess(response -> metrics.response(KIND, response.status()));
  }

  private Future<OriginResponse> asset(OriginRequest request, BroadcastId id, String below) {
    return index
        .find(id)
        .compose(
            found ->
                found.isEmpty()
                    ? MediaPlaylists.refuse(request, UNKNOWN)
                    : route(request, found.get(), below));
  }

  private Future<OriginResponse> route(OriginRequest request, Asset asset, String below) {
    Optional<ResourcePath> path = ResourcePath.parse("/" + asset.stream() + below);
    return switch (path.orElse(null)) {
      case ResourcePath.Multivariant _ ->
          document(
              request,
              asset,
              MediaPlaylists.CONTENT_TYPE,
              played -> Optional.of(thumbnails.multivariant(played)),
              UNKNOWN);
      case ResourcePath.Manifest _ ->
          document(
              request,
              asset,
              "application/dash+xml",
              played -> Optional.of(thumbnails.manifest(played)),
              NO_MANIFEST);
      case ResourcePath.Media asked when asked.broadcast().equals(asset.id()) ->
          document(
              request,
              asset,
              MediaPlaylists.CONTENT_TYPE,
              played -> played.rendition(asked.rendition()).map(Rendition::playlist),
              UNKNOWN);
      case ResourcePath.IFrames asked when asked.broadcast().equals(asset.id()) ->
          document(
              request,
              asset,
              MediaPlaylists.CONTENT_TYPE,
              played ->
                  played
                      .rendition(asked.rendition())
                      .filter(PlaylistKind.I_FRAMES::isOf)
                      .map(line -> iFrames(played, line)),
              UNKNOWN);
      case ResourcePath.Thumbnails _ ->
          read(
              request,
              asset,
              played -> thumbnails.recordedTrack(request, played, PLAYLIST_CACHING));
      case ResourcePath.ImageList asked when asked.broadcast().equals(asset.id()) ->
          document(
              request,
              asset,
              MediaPlaylists.CONTENT_TYPE,
              played -> thumbnails.images(played, asked.grid()),
              ThumbnailFiles.NO_LIST);
      case ResourcePath.ThumbnailSheet asked when asked.broadcast().equals(asset.id()) ->
          read(
              request,
              asset,
              played -> thumbnails.recordedSheet(request, played, asked, FILE_CACHING));
      case ResourcePath.Header asked when asked.broadcast().equals(asset.id()) ->
          file(
              request,
              asset,
              asked.rendition(),
              asked.file(),
              asked.rendition().startsWith("video") ? MediaFiles.MP4 : "audio/mp4");
      case ResourcePath.MediaSegment asked when asked.broadcast().equals(asset.id()) ->
          file(
              request,
              asset,
              asked.rendition(),
              asked.file(),
              MediaFiles.contentType(asked.file()));
      case null, default -> MediaPlaylists.refuse(request, MediaFiles.NO_OBJECT);
    };
  }

  private static Document iFrames(Presentation played, Rendition line) {
    return Document.of(() -> IFramePlaylistWriter.writeRecorded(played, line));
  }

  /** Which document of an asset is asked for. */
  private interface Choice {
    Optional<Document> of(Presentation played);
  }

  private Future<OriginResponse> document(
      OriginRequest request, Asset asset, String contentType, Choice choice, Problem none) {
    return read(
        request,
        asset,
        played -> {
          Optional<Document> document = choice.of(played).filter(found -> !found.isEmpty());
          return document.isEmpty()
              ? MediaPlaylists.refuse(request, none)
              : Future.succeededFuture(
                  new Representation(
                          contentType,
                          document.get().etag(),
                          PLAYLIST_CACHING,
                          false,
                          document.get().bytes())
                      .answer(request));
        });
  }

  private Future<OriginResponse> read(
      OriginRequest request, Asset asset, Function<Presentation, Future<OriginResponse>> answer) {
    return reader
        .read(asset.id())
        .compose(
            played ->
                played.isEmpty()
                    ? MediaPlaylists.refuse(request, UNKNOWN)
                    : answer.apply(played.get()));
  }

  private Future<OriginResponse> file(
      OriginRequest request, Asset asset, String rendition, String name, String contentType) {
    return store
        .get(ObjectNames.object(asset.broadcast(), rendition, name))
        .map(
            found ->
                found
                    .map(
                        object ->
                            new Representation(
                                    contentType,
                                    asset.id() + "-" + rendition + "-" + name,
                                    FILE_CACHING,
                                    true,
                                    object.content())
                                .answer(request))
                    .orElseGet(() -> Representation.problem(request, MediaFiles.NO_OBJECT)));
  }
}
