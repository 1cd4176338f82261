package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.testkit.Program;
import io.millrace.testkit.TempFolder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.PictureOutcome;
import io.millrace.transcoding.StillMaker;
import io.millrace.transcoding.Transcoders;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JPEGs of single key frames, by the real program. */
@Timeout(120)
class StillMakerTest {
  private static Track track;
  private static Sample keyFrame;

  private final TempFolder folder = TempFolder.create("millrace-stills-");
  private final Vertx vertx = Vertx.vertx();
  private DataDirectory data;
  private StillMaker stills;

  @BeforeAll
  static void readClip() {
    SourceClip clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(2)));
    track =
        clip.broadcast().stream()
            .filter(MediaEvent.TracksReady.class::isInstance)
            .flatMap(event -> ((MediaEvent.TracksReady) event).tracks().stream())
            .filter(Track::isVideo)
            .findFirst()
            .orElseThrow();
    keyFrame = clip.pictures().stream().filter(Sample::sync).findFirst().orElseThrow();
  }

  @BeforeEach
  void start() throws Exception {
    Path natives = Path.of("target", "natives").toAbsolutePath();
    Files.createDirectories(natives);
    Files.createDirectories(folder.path().resolve("transcoder"));
    Files.createSymbolicLink(folder.path().resolve("transcoder/natives"), natives);
    data = DataDirectory.open(folder.path());
    stills =
        new Transcoders(
                vertx,
                TranscodingNode.program(),
                TranscodingNode.CONFIG,
                data,
                Clock.systemUTC(),
                new PrometheusRegistry())
            .stills();
  }

  @AfterEach
  void stop() throws Exception {
    long pid = stills.pid();
    vertx.close().await(20, TimeUnit.SECONDS);
    await().until(() -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
    data.close();
    folder.close();
  }

  private Optional<Buffer> make(Sample sample, int lines) throws Exception {
    return switch (stills.jpeg("live/one", track, sample, lines).await(60, TimeUnit.SECONDS)) {
      case PictureOutcome.Made(Buffer jpeg) -> Optional.of(jpeg);
      case PictureOutcome.Broken _, PictureOutcome.Later _ -> Optional.empty();
    };
  }

  private static BufferedImage read(Optional<Buffer> jpeg) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(jpeg.orElseThrow().getBytes()));
  }

  @Test
  void isThePictureInTheSizeThatIsAskedForByOneProcess() throws Exception {
    assertThat(stills.pid()).isNegative();
    BufferedImage half = read(make(keyFrame, 120));
    long pid = stills.pid();
    BufferedImage whole = read(make(keyFrame, 2000));

    assertThat(half.getWidth()).isBetween(212, 214);
    assertThat(half.getHeight()).isEqualTo(120);
    assertThat(whole.getWidth()).isEqualTo(426);
    assertThat(whole.getHeight()).isEqualTo(240);
    assertThat(stills.pid()).isEqualTo(pid).isPositive();
  }

  @Test
  void whatCannotBeDecodedIsNoneAndTheNextIsMade() throws Exception {
    Sample broken =
        new Sample(keyFrame.track(), 0, 0, true, Buffer.buffer(new byte[] {0, 0, 0, 1, 9}));
    assertThat(make(broken, 120)).isEmpty();
    assertThat(make(keyFrame, 120)).isPresent();
  }

  @Test
  void aDeathIsNoPictureForAWhile() throws Exception {
    assertThat(make(keyFrame, 120)).isPresent();
    long pid = stills.pid();
    Program.start(List.of("kill", "-9", Long.toString(pid))).await(Duration.ofSeconds(10));
    await().until(() -> stills.pid() < 0);

    await().atMost(Duration.ofSeconds(30)).until(() -> make(keyFrame, 120).isPresent());
    assertThat(stills.pid()).isNotEqualTo(pid);
  }

  @Test
  void moreThanCanWaitIsRefusedAtOnce() {
    List<Future<PictureOutcome>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(stills.jpeg("live/one", track, keyFrame, 120));
    }
    Future.all(all).await();
    long made = all.stream().filter(each -> each.result() instanceof PictureOutcome.Made).count();
    // What waited too long for the program's start is none either.
    assertThat(made).isLessThan(40);
  }
}
