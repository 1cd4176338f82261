package io.millrace.packager.origin;

import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.thumbnails.ThumbnailGrid;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a path below the playback prefix names. */
sealed interface ResourcePath {
  /** {@code /{app}/{stream}/index.m3u8}. */
  record Multivariant(StreamKey stream) implements ResourcePath {}

  /** {@code /{app}/{stream}/manifest.mpd}. */
  record Manifest(StreamKey stream) implements ResourcePath {}

  /** {@code /{app}/{stream}/still.mp4}. */
  record Still(StreamKey stream) implements ResourcePath {}

  /** {@code /{app}/{stream}/low-latency.mpd}. */
  record LowLatencyManifest(StreamKey stream) implements ResourcePath {}

  /** {@code /{app}/{stream}/still.jpg}. */
  record StillImage(StreamKey stream) implements ResourcePath {}

  /** {@code /{app}/{stream}/thumbnails.vtt}. */
  record Thumbnails(StreamKey stream) implements ResourcePath {}

  /**
   * {@code …/b/{broadcast}/thumbnails-{grid}/sheet-{number}.jpg}, or {@code
   * sheet-{number}-{tiles}.jpg} while it grows.
   */
  record ThumbnailSheet(
      StreamKey stream, BroadcastId broadcast, ThumbnailGrid grid, long sheet, OptionalInt tiles)
      implements ResourcePath {}

  /** {@code …/b/{broadcast}/thumbnails-{grid}/index.m3u8}. */
  record ImageList(StreamKey stream, BroadcastId broadcast, ThumbnailGrid grid)
      implements ResourcePath {}

  /** {@code …/b/{broadcast}/{rendition}/index.m3u8}. */
  record Media(StreamKey stream, BroadcastId broadcast, String rendition) implements ResourcePath {}

  /** {@code …/b/{broadcast}/{rendition}/iframes.m3u8}. */
  record IFrames(StreamKey stream, BroadcastId broadcast, String rendition)
      implements ResourcePath {}

  /** {@code …/b/{broadcast}/{rendition}/init-{hash}.mp4}. */
  record Header(StreamKey stream, BroadcastId broadcast, String rendition, String file)
      implements ResourcePath {}

  /** {@code …/b/{broadcast}/{rendition}/{msn}-{epoch}.m4s}, {@code .ts} or {@code .vtt}. */
  record MediaSegment(
      StreamKey stream, BroadcastId broadcast, String rendition, String file, long msn)
      implements ResourcePath {}

  /** {@code …/b/{broadcast}/{rendition}/{msn}-{epoch}.{number}.m4s}. */
  record MediaPart(
      StreamKey stream,
      BroadcastId broadcast,
      String rendition,
      String file,
      long msn,
      int epoch,
      int number)
      implements ResourcePath {}

  int MAX_LENGTH = 512;
  Pattern RENDITION = Pattern.compile(RenditionInfo.NAME_PATTERN);
  Pattern HEADER = Pattern.compile("init-[0-9a-f]{16}\\.mp4");
  Pattern SEGMENT = Pattern.compile("(0|[1-9][0-9]{0,17})-[1-9][0-9]{0,8}\\.(m4s|ts|vtt)");
  Pattern PART =
      Pattern.compile("(0|[1-9][0-9]{0,17})-([1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,4})\\.m4s");

  Pattern SHEET = Pattern.compile("sheet-(0|[1-9][0-9]{0,8})(?:-([1-9]|1[0-9]|2[0-4]))?\\.jpg");

  /** Empty when the path can name nothing here. */
  static Optional<ResourcePath> parse(String path) {
    if (path.length() > MAX_LENGTH || !path.startsWith("/")) {
      return Optional.empty();
    }
    String[] parts = path.substring(1).split("/", -1);
    if (parts.length < 3) {
      return Optional.empty();
    }
    StreamKey stream;
    try {
      stream = new StreamKey(parts[0], parts[1]);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (parts.length == 3) {
      return switch (parts[2]) {
        case "index.m3u8" -> Optional.of(new Multivariant(stream));
        case "manifest.mpd" -> Optional.of(new Manifest(stream));
        case "low-latency.mpd" -> Optional.of(new LowLatencyManifest(stream));
        case "still.mp4" -> Optional.of(new Still(stream));
        case "thumbnails.vtt" -> Optional.of(new Thumbnails(stream));
        case "still.jpg" -> Optional.of(new StillImage(stream));
        default -> Optional.empty();
      };
    }
    boolean known = parts.length == 6 && parts[2].equals("b");
    return known ? ofBroadcast(stream, parts[3], parts[4], parts[5]) : Optional.empty();
  }

  private static Optional<ResourcePath> ofBroadcast(
      StreamKey stream, String id, String rendition, String file) {
    Optional<ThumbnailGrid> grid = ThumbnailGrid.parse(rendition);
    if (grid.isEmpty() && !RENDITION.matcher(rendition).matches()) {
      return Optional.empty();
    }
    BroadcastId broadcast;
    try {
      broadcast = new BroadcastId(id);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (grid.isPresent() && file.equals("index.m3u8")) {
      return Optional.of(new ImageList(stream, broadcast, grid.get()));
    }
    if (grid.isPresent()) {
      return sheet(stream, broadcast, grid.get(), file);
    }
    if (file.equals("index.m3u8")) {
      return Optional.of(new Media(stream, broadcast, rendition));
    }
    if (file.equals("iframes.m3u8")) {
      return Optional.of(new IFrames(stream, broadcast, rendition));
    }
    if (HEADER.matcher(file).matches()) {
      return Optional.of(new Header(stream, broadcast, rendition, file));
    }
    Matcher part = PART.matcher(file);
    if (part.matches()) {
      return Optional.of(
          new MediaPart(
              stream,
              broadcast,
              rendition,
              file,
              Long.parseLong(part.group(1)),
              Integer.parseInt(part.group(2)),
              Integer.parseInt(part.group(3))));
    }
    Matcher segment = SEGMENT.matcher(file);
    return segment.matches()
        ? Optional.of(
            new MediaSegment(stream, broadcast, rendition, file, Long.parseLong(segment.group(1))))
        : Optional.empty();
  }

  private static Optional<ResourcePath> sheet(
      StreamKey stream, BroadcastId broadcast, ThumbnailGrid grid, String file) {
    Matcher sheet = SHEET.matcher(file);
    return sheet.matches()
        ? Optional.of(
            new ThumbnailSheet(
                stream,
                broadcast,
                grid,
                Long.parseLong(sheet.group(1)),
                sheet.group(2) == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(sheet.group(2)))))
        : Optional.empty();
  }
}
