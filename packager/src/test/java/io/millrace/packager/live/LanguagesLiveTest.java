package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.media.LanguageTag;
import io.millrace.media.MediaEvent;
import io.millrace.media.StreamProfile;
import io.millrace.media.Track;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.RungMaker;
import io.millrace.packager.dash.ManifestReader;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.mp4.Mp4Boxes;
import io.vertx.core.Context;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Element;

/** Sound in several languages, by what its publisher says and by what its stream's profile says. */
class LanguagesLiveTest {
  private static final String PLAYLIST = "/live/one/index.m3u8";
  private static final Track ENGLISH = LiveNode.AUDIO.withLabel(label("en"));
  private static final Track FRENCH =
      RandomBroadcast.numbered(LiveNode.AUDIO, 7).withLabel(label("fr"));
  private static final TrackLabel COMMENT =
      new TrackLabel(Optional.of(LanguageTag.of("pt-BR")), Optional.of("Eu & tu <3"));

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  private static TrackLabel label(String language) {
    return TrackLabel.of(LanguageTag.of(language));
  }

  private static StreamProfile saying(Map<String, TrackLabel> labels) {
    return new StreamProfile(Optional.empty(), Optional.empty(), new TrackLabels(labels));
  }

  private static List<Tuple> sound(LiveNode node, String playlist) {
    MultivariantPlaylist read =
        (MultivariantPlaylist) PlaylistReader.read(node.get(playlist).body().toString());
    assertThat(MultivariantRules.check(playlist, read)).isEmpty();
    return read.renditions().stream()
        .filter(r -> text(r, "TYPE").equals("AUDIO"))
        .map(r -> tuple(text(r, "NAME"), text(r, "LANGUAGE")))
        .toList();
  }

  private static String text(AttributeList attributes, String name) {
    return attributes.text(name).orElse("");
  }

  /** What a rendition's newest header says: the code of its mdhd, and the text of its elng. */
  private static Tuple header(LiveNode node, String rendition) {
    MediaPlaylist playlist = node.shown(rendition);
    String header = playlist.segments().getLast().initUri();
    byte[] bytes = node.get(node.base().orElseThrow() + rendition + "/" + header).body().getBytes();
    Mp4Boxes.Box media = Mp4Boxes.read(bytes).first("moov").orElseThrow().at("trak", "mdia");
    int packed = media.at("mdhd").reader().getShort(20);
    StringBuilder code = new StringBuilder();
    for (int shift = 10; shift >= 0; shift -= 5) {
      code.append((char) (0x60 + (packed >> shift & 0x1F)));
    }
    String tag =
        media
            .all("elng")
            .findFirst()
            .map(
                elng -> {
                  ByteBuffer inside = elng.reader();
                  byte[] text = new byte[inside.remaining() - 5];
                  inside.get(4, text);
                  return new String(text, StandardCharsets.UTF_8);
                })
            .orElse("");
    return tuple(code.toString(), tag);
  }

  // HLS M4, DASH R5
  @Test
  void theProfileCountsBeforeThePublisherInPlaylistsManifestsAndFiles() throws Exception {
    LiveNode node = fixture.node().wanting(saying(Map.of("audio-2", COMMENT)));
    node.publish(LiveNode.VIDEO, ENGLISH, FRENCH).send(5.08);
    node.awaitSegments("audio-2", 2);

    assertThat(sound(node, PLAYLIST))
        .containsExactly(tuple("English", "en"), tuple("Eu & tu <3", "pt-BR"));
    assertThat(header(node, "audio")).isEqualTo(tuple("eng", ""));
    assertThat(header(node, "audio-2")).isEqualTo(tuple("por", "pt-BR"));
    assertThat(header(node, "video")).isEqualTo(tuple("und", ""));
    ManifestReader manifest =
        ManifestReader.read(node.get("/live/one/manifest.mpd").body().toString());
    List<Element> sets =
        ManifestReader.children(manifest.periods().getFirst(), "AdaptationSet").stream()
            .filter(set -> set.getAttribute("contentType").equals("audio"))
            .toList();
    assertThat(sets)
        .extracting(
            set -> set.getAttribute("lang"),
            set -> ManifestReader.children(set, "Label").getFirst().getTextContent(),
            set -> ManifestReader.children(set, "Role").getFirst().getAttribute("value"))
        .containsExactly(tuple("en", "English", "main"), tuple("pt-BR", "Eu & tu <3", "alternate"));
  }

  @Test
  void languagesStayOverARestartAndInTheRecording() {
    RecordingConfig config = new RecordingConfig(true, 1L << 30, Duration.ofDays(7));
    LiveNode first = fixture.recordingNode(config).wanting(saying(Map.of("audio-2", COMMENT)));
    first.publish(LiveNode.VIDEO, ENGLISH, FRENCH).send(5.08);
    first.awaitSegments("audio-2", 2);
    List<Tuple> before = sound(first, PLAYLIST);
    first.kill();

    LiveNode node = fixture.recordingNode(config);
    assertThat(sound(node, PLAYLIST)).isEqualTo(before).hasSize(2);
    node.publish(LiveNode.VIDEO, ENGLISH, FRENCH).send(5.08);
    node.awaitSegments("audio-2", 4);
    assertThat(header(node, "audio-2")).isEqualTo(tuple("por", "pt-BR"));
    node.end();
    String asset =
        LiveNode.awaitPresent(
            () -> {
              node.tick();
              return node.recordings.all().stream().map(it -> it.id().value()).findFirst();
            });

    assertThat(sound(node, "/vod/" + asset + "/index.m3u8")).isEqualTo(before);
  }

  /** No break: the encoding is the same, and another header comes with the next segment. */
  @Test
  void aLanguageThatIsNamedLaterCountsFromThenOn() {
    LiveNode node = fixture.node();
    node.publish().send(5.08);
    node.awaitSegments("audio", 2);
    assertThat(sound(node, PLAYLIST)).containsExactly(tuple("Audio", ""));

    node.announce(LiveNode.VIDEO, ENGLISH).send(6);
    MediaPlaylist playlist = node.awaitSegments("audio", 5);

    assertThat(sound(node, PLAYLIST)).containsExactly(tuple("English", "en"));
    assertThat(header(node, "audio")).isEqualTo(tuple("eng", ""));
    assertThat(playlist.segments()).noneMatch(segment -> segment.discontinuity());
    assertThat(playlist.segments()).noneMatch(segment -> segment.gap());
  }

  /** What a transcoder makes of the first sound is in its language. */
  @Test
  void soundThatIsMadeOfTheSourceHasItsLanguage() {
    LiveNode node = fixture.nodeWithRung(new EchoingSound());
    node.wanting(
            new StreamProfile(
                Optional.of(List.of("copy", "audio")), Optional.empty(), TrackLabels.NONE))
        .publish(LiveNode.VIDEO, ENGLISH)
        .send(5.08);
    node.awaitSegments("audio-aac", 2);

    assertThat(header(node, "audio-aac")).isEqualTo(tuple("eng", ""));
  }

  // HLS M4
  @Test
  void soundWithinThePictureHasItsLanguageInMpegTs() {
    LiveNode node =
        new LiveNode(fixture.store(), fixture.clock, PackagerConfig.Container.TS)
            .wanting(saying(Map.of("audio", COMMENT)));
    node.publish(LiveNode.VIDEO, ENGLISH, FRENCH).send(5.08);
    MediaPlaylist playlist = node.awaitSegments("video", 2);

    assertThat(sound(node, PLAYLIST))
        .containsExactly(tuple("Eu & tu <3", "pt-BR"), tuple("Français", "fr"));
    String base = node.base().orElseThrow();
    assertThat(latin(node, base + "video/" + playlist.segments().getLast().uri()))
        .contains("\n\4por\0");
    String french = node.shown("audio").segments().getLast().uri();
    assertThat(latin(node, base + "audio/" + french)).contains("\n\4fra\0");
    node.kill();
  }

  private static String latin(LiveNode node, String path) {
    return new String(node.get(path).body().getBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Makes AAC of AAC. */
  private static final class EchoingSound implements RungMaker {
    @Override
    public Making start(String stream, Context home, TranscodingWish wish, RungListener listener) {
      return new Making() {
        @Override
        public void accept(MediaEvent event) {
          if (event instanceof MediaEvent.TracksReady) {
            listener.event(Rung.AUDIO, new MediaEvent.TracksReady(List.of(LiveNode.AUDIO)));
          } else if (event instanceof MediaEvent.SampleReady(var sample)
              && sample.track().equals(LiveNode.AUDIO.id())) {
            listener.event(Rung.AUDIO, event);
          }
        }

        @Override
        public void close() {}
      };
    }
  }
}
