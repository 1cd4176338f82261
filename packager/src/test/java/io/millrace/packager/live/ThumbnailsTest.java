package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.media.EndReason;
import io.millrace.media.Sample;
import io.millrace.media.StreamProfile;
import io.millrace.media.Track;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.Pictures;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.dash.ManifestReader;
import io.millrace.packager.origin.AssetOrigin;
import io.millrace.packager.origin.PresentationOrigin;
import io.millrace.packager.origin.ThumbnailFiles;
import io.millrace.transcoding.PictureOutcome;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Element;

/**
 * {@code thumbnails.vtt} and its sheets, live and of a recording, by somebody who makes of a key
 * frame a tile whose brightness is its time.
 */
class ThumbnailsTest {
  private static final int CELL_SECONDS = 4;
  private static final int GREY = 0x80;

  /** Second of the media's timeline at which broadcasts begin. */
  private static final int MEDIA_BEGINS = 10;

  private static final Pattern CUE =
      Pattern.compile("(\\S+) --> (\\S+)\\n(\\S+)#xywh=(\\d+),(\\d+),(\\d+),(\\d+)\\n");

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private final Tiles tiles = new Tiles();
  private LiveNode node;
  private Origin origin;

  private record Cue(
      String from, String to, String sheet, int left, int top, int width, int height) {}

  /** Tiles are as bright as the second of their decoding time, and one; sheets are planes. */
  private static final class Tiles implements PictureMaker {
    final List<Buffer> asked = new ArrayList<>();
    int sheets;
    Optional<PictureOutcome> instead = Optional.empty();

    @Override
    public Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<PictureOutcome> tile(String source, Buffer file, int width, int height) {
      asked.add(file);
      byte[] planes = new byte[width * height * 3 / 2];
      int time = file.toString(StandardCharsets.ISO_8859_1).indexOf("tfdt") + 8;
      Arrays.fill(planes, (byte) (1 + file.getLong(time) / 90_000 - MEDIA_BEGINS));
      return Future.succeededFuture(instead.orElse(new PictureOutcome.Made(Buffer.buffer(planes))));
    }

    @Override
    public Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height) {
      sheets++;
      return Future.succeededFuture(new PictureOutcome.Made(planes));
    }
  }

  @BeforeEach
  void start() {
    fixture.clock.advance(Duration.ofNanos(123_456));
    node =
        fixture.recordingNode(
            new RecordingConfig(true, 1L << 30, Duration.ofDays(7)), Duration.ofSeconds(20));
    origin =
        origin(
            Optional.of(
                new Pictures(tiles, new ThumbnailConfig(Duration.ofSeconds(CELL_SECONDS), 160))));
  }

  private Origin origin(Optional<Pictures> pictures) {
    Configuration window =
        new Configuration(Map.of("packager", Map.of("window", "20s")), Map.of(), Map.of());
    PackagerMetrics metrics = new PackagerMetrics(new PrometheusRegistry());
    ThumbnailFiles thumbnails = new ThumbnailFiles(fixture.store(), pictures);
    return new AssetOrigin(
        new PresentationOrigin(
            node.presentations,
            fixture.store(),
            PackagerConfig.read(window.root().section("packager")),
            metrics,
            fixture.clock,
            pictures.map(Pictures::maker),
            thumbnails),
        fixture.store(),
        node.recordings.index(),
        node.recordings.reader(),
        metrics,
        thumbnails);
  }

  private OriginResponse get(String path) {
    return LiveNode.await(origin.answer(new OriginRequest("GET", path, "", Map.of())));
  }

  private List<Cue> cues(String folder) {
    OriginResponse answer = get(folder + "thumbnails.vtt");
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("content-type", "text/vtt");
    String text = answer.body().toString();
    assertThat(text).startsWith("WEBVTT\n\n");
    List<Cue> cues = new ArrayList<>();
    Matcher cue = CUE.matcher(text);
    while (cue.find()) {
      cues.add(
          new Cue(
              cue.group(1),
              cue.group(2),
              folder + cue.group(3),
              Integer.parseInt(cue.group(4)),
              Integer.parseInt(cue.group(5)),
              Integer.parseInt(cue.group(6)),
              Integer.parseInt(cue.group(7))));
    }
    return cues;
  }

  private int brightness(Cue cue) {
    OriginResponse sheet = get(cue.sheet);
    assertThat(sheet.status()).as(cue + ": " + sheet.body()).isEqualTo(200);
    assertThat(sheet.headers()).containsEntry("content-type", "image/jpeg");
    return at(sheet.body(), cue, cue.width / 2, cue.height / 2);
  }

  private static int at(Buffer planes, Cue cue, int x, int y) {
    return planes.getByte((cue.top + y) * 5 * cue.width + cue.left + x) & 0xFF;
  }

  /** {@code seconds} of media, all of it listed. */
  private void sent(int seconds) {
    node.publish().send(seconds + 1);
    node.awaitSegments("video", seconds / 2);
  }

  @Test
  void aLiveStreamHasOneForEachCellOfItsWindowAndTheirTimesAreThoseSinceItBegan() {
    sent(16);
    List<Cue> cues = cues("/live/one/");
    assertThat(cues).hasSize(4);
    assertThat(get(cues.getFirst().sheet.replaceFirst("sheet-.*", "index.m3u8")).status())
        .isEqualTo(404);
    for (int i = 0; i < cues.size(); i++) {
      Cue cue = cues.get(i);
      assertThat(cue.from).isEqualTo("00:00:%02d.000".formatted(CELL_SECONDS * i));
      assertThat(cue.left).isEqualTo(160 * i);
      assertThat(brightness(cue)).isEqualTo(1 + CELL_SECONDS * i);
    }
    assertThat(cues.getFirst().sheet)
        .matches("/live/one/b/[0-9A-Z]{26}/thumbnails-4s-160x\\d+/sheet-0-4\\.jpg");
    assertThat(get("/live/one/thumbnails.vtt").body().toString())
        .contains("NOTE 00:00:00.000 is 2026-11-21T12:00:00Z\n");
    assertThat(get("/live/one/thumbnails.vtt").headers())
        .containsEntry("cache-control", "public, max-age=1");
    assertThat(get(cues.getFirst().sheet).headers().get("cache-control"))
        .as("a sheet of four tiles stays one")
        .contains("immutable");
    assertThat(tiles.sheets).as("made once").isEqualTo(1);
    assertThat(tiles.asked).allMatch(file -> file.getString(4, 8).equals("ftyp"));
  }

  @Test
  void aStreamThatCanBeGoneBackInForADayHasLongerCells() {
    node.wanting(new StreamProfile(Optional.empty(), Optional.of(Duration.ofHours(24))));
    sent(98);

    assertThat(cues("/live/one/"))
        .hasSizeLessThan(3)
        .first()
        .satisfies(
            cue -> {
              assertThat(cue.to).isEqualTo("00:01:36.000");
              assertThat(cue.sheet).contains("/thumbnails-96s-160x");
              assertThat(brightness(cue)).isEqualTo(1);
            });
  }

  @Test
  void ofASheetThatGrowsOnlyTheNewTileIsDecodedAndWhatHasLeftTheWindowStays() {
    sent(16);
    brightness(cues("/live/one/").getFirst());
    assertThat(tiles.asked).hasSize(4);
    node.send(20);
    node.awaitSegments("video", 18);
    List<Cue> cues = cues("/live/one/");
    assertThat(cues.getFirst().from).isGreaterThan("00:00:10");
    Cue newest = cues.getLast();
    assertThat(newest.sheet).endsWith("/sheet-0-9.jpg");
    brightness(newest);
    assertThat(tiles.asked).hasSize(9);
    assertThat(at(get(newest.sheet).body(), new Cue("", "", "", 0, 0, 160, newest.height), 1, 1))
        .isEqualTo(1);
  }

  @Test
  void aPictureThatCannotBeDecodedIsGreyAndIsNotTriedAgain() {
    sent(16);
    tiles.instead = Optional.of(new PictureOutcome.Broken());
    List<Cue> cues = cues("/live/one/");
    assertThat(cues).allSatisfy(cue -> assertThat(brightness(cue)).isEqualTo(GREY));
    assertThat(get(cues.getFirst().sheet).headers())
        .as("nobody keeps for long what may be there the next time")
        .containsEntry("cache-control", "public, max-age=10");
    tiles.instead = Optional.empty();
    node.send(4);
    node.awaitSegments("video", 10);
    assertThat(brightness(cues("/live/one/").getLast())).isEqualTo(17);
    assertThat(tiles.asked).hasSize(5);
  }

  @Test
  void whatCannotBeMadeNowIsAskedForAgainAndGoesOnWhereItStopped() {
    sent(16);
    Cue cue = cues("/live/one/").getFirst();
    tiles.instead = Optional.of(new PictureOutcome.Later());
    OriginResponse answer = get(cue.sheet);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry("cache-control", "no-store");
    assertThat(answer.body().toString()).contains("thumbnails-later");
    tiles.instead = Optional.empty();
    assertThat(get(cue.sheet).status()).isEqualTo(200);
  }

  @Test
  void aRecordingHasThemFromItsBeginningToItsEnd() {
    sent(30);
    node.end();
    String id =
        LiveNode.awaitPresent(
                () -> {
                  node.tick();
                  return node.recordings.all().stream().findFirst();
                })
            .id()
            .value();
    List<Cue> cues = cues("/vod/" + id + "/");
    assertThat(cues).hasSize(8);
    assertThat(cues.getFirst().from).isEqualTo("00:00:00.000");
    assertThat(cues.getLast().to).isBetween("00:00:30.9", "00:00:31.1");
    assertThat(cues.getLast().sheet).endsWith("/sheet-0.jpg");
    assertThat(cues.get(5).top).as("the second row").isEqualTo(cues.get(5).height);
    for (int i = 0; i < cues.size(); i++) {
      assertThat(brightness(cues.get(i))).isEqualTo(1 + CELL_SECONDS * i);
    }
    assertThat(get(cues.getFirst().sheet).headers())
        .containsEntry("cache-control", "public, max-age=86400, immutable");
    assertThat(get("/vod/" + id + "/thumbnails.vtt").body().toString()).doesNotContain("NOTE");
    assertThat(tiles.asked).hasSize(8).doesNotHaveDuplicates();
  }

  private String recorded(int seconds) {
    sent(seconds);
    node.end();
    return "/vod/"
        + LiveNode.awaitPresent(
                () -> {
                  node.tick();
                  return node.recordings.all().stream().findFirst();
                })
            .id()
            .value()
        + "/";
  }

  @Test
  void aRecordingsPlaylistAndManifestTellOfItsSheets() throws Exception {
    String folder = recorded(120);
    String text = get(folder + "index.m3u8").body().toString();
    MultivariantPlaylist playlist = (MultivariantPlaylist) PlaylistReader.read(text);
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
    Matcher declared =
        Pattern.compile(
                "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=7200,RESOLUTION=160x90,CODECS=\"jpeg\","
                    + "URI=\"(b/[0-9A-Z]{26}/thumbnails-4s-160x90/)index.m3u8\"\n$")
            .matcher(text);
    assertThat(declared.find()).as(text).isTrue();
    String sheets = folder + declared.group(1);

    OriginResponse images = get(sheets + "index.m3u8");
    assertThat(images.headers())
        .containsEntry("content-type", "application/vnd.apple.mpegurl")
        .containsEntry("cache-control", "public, max-age=60");
    assertThat(images.body().toString().replaceAll("EXTINF:2[01]\\.[0-9]{3}", "EXTINF:REST"))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-TARGETDURATION:100
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-IMAGES-ONLY
            #EXTINF:100.000,
            #EXT-X-TILES:RESOLUTION=160x90,LAYOUT=5x5,DURATION=4
            sheet-0.jpg
            #EXTINF:REST,
            #EXT-X-TILES:RESOLUTION=160x90,LAYOUT=5x5,DURATION=4
            sheet-1.jpg
            #EXT-X-ENDLIST
            """);
    assertThat(get(sheets + "sheet-1.jpg").status()).isEqualTo(200);
    assertThat(get(sheets.replace("4s", "8s") + "index.m3u8").status()).isEqualTo(404);

    String manifest = get(folder + "manifest.mpd").body().toString();
    Element set =
        ManifestReader.children(ManifestReader.read(manifest).periods().getFirst(), "AdaptationSet")
            .getLast();
    Element representation = ManifestReader.children(set, "Representation").getFirst();
    Element template = ManifestReader.children(representation, "SegmentTemplate").getFirst();
    assertThat(set.getAttribute("mimeType")).isEqualTo("image/jpeg");
    assertThat(representation.getAttribute("width") + "x" + representation.getAttribute("height"))
        .isEqualTo("800x450");
    assertThat(folder + template.getAttribute("media").replace("$Number$", "0"))
        .isEqualTo(sheets + "sheet-0.jpg");
    assertThat(manifest)
        .contains("thumbnail_tile\" value=\"5x5\"", "<S t=\"0\" d=\"100000\" r=\"1\"/>");
  }

  /** The sheet in which a period begins has begun before it. */
  @Test
  void aPeriodBeginsInTheMiddleOfASheet() throws Exception {
    node.publish().send(111);
    node.unpublish(EndReason.CONNECTION_LOST);
    for (int i = 0; i < 5; i++) {
      node.advance(Duration.ofSeconds(2)).tick();
    }
    String folder = recorded(10);
    ManifestReader manifest = ManifestReader.read(get(folder + "manifest.mpd").body().toString());
    Element second =
        ManifestReader.children(manifest.periods().getLast(), "AdaptationSet").getLast();
    Element template =
        ManifestReader.children(
                ManifestReader.children(second, "Representation").getFirst(), "SegmentTemplate")
            .getFirst();

    assertThat(template.getAttribute("startNumber")).isEqualTo("1");
    assertThat(Long.parseLong(template.getAttribute("presentationTimeOffset")))
        .isBetween(112_000L, 124_000L);
    Element line = ManifestReader.children(template, "SegmentTimeline").getFirst();
    assertThat(ManifestReader.children(line, "S").getFirst().getAttribute("t")).isEqualTo("100000");
  }

  @Test
  void whereNoneAreMadeNobodyIsToldOfThem() {
    String folder = recorded(10);
    String images =
        get(folder + "index.m3u8").body().toString().replaceAll("(?s).*URI=\"(b/.*)\"\n$", "$1");
    assertThat(get(folder + images).status()).isEqualTo(200);

    origin = origin(Optional.empty());

    assertThat(get(folder + "index.m3u8").body().toString()).doesNotContain("IMAGE");
    assertThat(get(folder + "manifest.mpd").body().toString()).doesNotContain("image");
    assertThat(get(folder + images).status()).isEqualTo(404);
  }

  @Test
  void refusesWhatIsNotListed() {
    sent(16);
    String sheet = cues("/live/one/").getFirst().sheet;
    for (String other :
        List.of(
            sheet.replace("-4.jpg", ".jpg"),
            sheet.replace("-4.jpg", "-5.jpg"),
            sheet.replace("sheet-0", "sheet-1"),
            sheet.replace("4s-160", "8s-160"),
            sheet.replace("4s-160", "4s-320"),
            sheet.replaceFirst("x\\d+/", "x300/"))) {
      assertThat(get(other).status()).as(other).isEqualTo(404);
      assertThat(get(other).body().toString()).contains("no-sheet");
    }
    assertThat(get(sheet.replace("-4.jpg", "-25.jpg")).body().toString())
        .doesNotContain("no-sheet");
    assertThat(tiles.asked).isEmpty();
    assertThat(get(sheet.replace("-4.jpg", "-3.jpg")).status()).isEqualTo(200);
  }

  @Test
  void saysWhyThereAreNone() {
    assertThat(get("/live/one/thumbnails.vtt").body().toString()).contains("stream-not-found");
    node.publish(LiveNode.AUDIO).send(9);
    node.awaitSegments("audio", 2);
    assertThat(get("/live/one/thumbnails.vtt").body().toString()).contains("no-picture");
    origin = origin(Optional.empty());
    assertThat(get("/live/one/thumbnails.vtt").status()).isEqualTo(404);
    assertThat(get("/live/one/thumbnails.vtt").body().toString()).contains("no-thumbnails");
    node.unpublish(EndReason.UNPUBLISHED);
  }
}
