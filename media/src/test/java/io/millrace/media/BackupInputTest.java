package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.LiveConfig.PrimaryReturns;
import io.millrace.testkit.Seeds;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A primary and a backup publish one stream. */
class BackupInputTest extends LiveStreamsFixture {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final LiveConfig NEVER_SILENT =
      new LiveConfig(
          HOUR, HOUR, Duration.ofMillis(300), HOUR, PrimaryReturns.STAY, Optional.empty());
  private static final LiveConfig SOON_SILENT =
      new LiveConfig(
          HOUR, HOUR, HOUR, Duration.ofMillis(200), PrimaryReturns.STAY, Optional.empty());
  private static final MediaEvent TRACKS =
      new MediaEvent.TracksReady(List.of(TwoTracks.VIDEO_TRACK, TwoTracks.AUDIO_TRACK));
  private static final int FRAMES = 250;

  private final List<InputChange> changes = new CopyOnWriteArrayList<>();

  @Override
  LiveStreams streams(LiveConfig config) {
    LiveStreams streams = super.streams(config);
    streams.onInput(changes::add);
    return streams;
  }

  /** One encode comes twice, on two event loops; the primary's connection is lost anywhere. */
  @Test
  void viewersGetThePrimarysOwnSamplesWhereverItFails() throws Exception {
    Context home = eventLoop();
    Context other = eventLoop();
    Seeds.forEach(
        25,
        random -> {
          seen.clear();
          LiveStreams streams = streams(NEVER_SILENT);
          Publication primary = publish(streams, home, InputRole.PRIMARY);
          Publication backup = publish(streams, other, InputRole.BACKUP);
          int dies = 60 + random.nextInt(100);
          int backupKnows = dies - 30 + random.nextInt(60);
          write(home, primary, 0, dies, 0);
          write(other, backup, 20, backupKnows, 0);
          // What crosses to the home loop is there before the primary ends.
          on(other, () -> true);
          end(home, primary, EndReason.CONNECTION_LOST);
          write(other, backup, backupKnows, FRAMES, 0);
          end(other, backup, EndReason.UNPUBLISHED);
          await().until(() -> !isPublished(streams));

          assertThat(seen).noneMatch(MediaEvent.Discontinuity.class::isInstance);
          assertThat(dts(TwoTracks.VIDEO))
              .isEqualTo(IntStream.range(0, FRAMES).mapToObj(frame -> frame * 40L).toList());
          assertThat(dts(TwoTracks.AUDIO))
              .isEqualTo(IntStream.range(0, FRAMES).mapToObj(frame -> frame * 40L + 5).toList());
          valueOf(streams.close());
        });
    assertThat(changes)
        .filteredOn(change -> change.cause() == InputChange.Cause.GONE)
        .hasSize(25)
        .allMatch(change -> change.seamless().orElseThrow());
  }

  @Test
  void aBackupWithAClockOfItsOwnTakesOverBehindOneDiscontinuity() throws Exception {
    LiveStreams streams = streams(NEVER_SILENT);
    Context home = eventLoop();
    Publication primary = publish(streams, home, InputRole.PRIMARY);
    Publication backup = publish(streams, home, InputRole.BACKUP);
    write(home, primary, 0, 100, 0);
    write(home, backup, 0, 110, 7_000_017);

    end(home, primary, EndReason.CONNECTION_LOST);
    write(home, backup, 110, 200, 7_000_017);

    assertThat(seen).filteredOn(MediaEvent.Discontinuity.class::isInstance).hasSize(1);
    int broken = seen.indexOf(firstDiscontinuity());
    assertThat(seen.get(broken + 1)).isEqualTo(TRACKS);
    assertThat(((MediaEvent.SampleReady) seen.get(broken + 2)).sample().sync()).isTrue();
    assertThat(stream(streams).inputs().onAir()).contains(InputRole.BACKUP);
    assertThat(stream(streams).status().state()).isEqualTo(LiveState.ON_AIR);
    assertThat(changes.getLast().seamless()).contains(false);
  }

  @Test
  void aSilentPrimaryStandsByAndTheBackupStaysOnAirWhenItReturns() throws Exception {
    LiveStreams streams = streams(SOON_SILENT);
    Context home = eventLoop();
    Publication primary = publish(streams, home, InputRole.PRIMARY);
    Context other = eventLoop();
    Publication backup = publish(streams, other, InputRole.BACKUP);
    write(home, primary, 0, 50, 0);
    Feed feed = new Feed(other, backup, 50);

    await().until(() -> stream(streams).inputs().onAir().equals(Optional.of(InputRole.BACKUP)));

    assertThat(changes.getLast().cause()).isEqualTo(InputChange.Cause.SILENT);
    assertThat(stream(streams).inputs().standby()).contains(InputRole.PRIMARY);
    assertThat(evicted.get()).isNull();
    Feed returned = new Feed(home, primary, 500);
    await().until(() -> feed.sent() > 100 && returned.sent() > 50);
    assertThat(stream(streams).inputs().onAir()).contains(InputRole.BACKUP);
    feed.stop();
    await().until(() -> stream(streams).inputs().onAir().equals(Optional.of(InputRole.PRIMARY)));
    returned.stop();
  }

  @Test
  void thePrimaryIsOnAirAgainWhereThatIsWanted() throws Exception {
    LiveStreams streams =
        streams(
            new LiveConfig(
                HOUR,
                HOUR,
                HOUR,
                Duration.ofMillis(100),
                PrimaryReturns.SWITCH_BACK,
                Optional.empty()));
    Context home = eventLoop();
    Publication primary = publish(streams, home, InputRole.PRIMARY);
    Publication backup = publish(streams, home, InputRole.BACKUP);
    write(home, primary, 0, 50, 0);
    Feed feed = new Feed(home, backup, 0);
    await().until(() -> stream(streams).inputs().onAir().equals(Optional.of(InputRole.BACKUP)));

    Feed returned = new Feed(home, primary, 0);

    await().until(() -> stream(streams).inputs().onAir().equals(Optional.of(InputRole.PRIMARY)));
    assertThat(changes.getLast().cause()).isEqualTo(InputChange.Cause.PRIMARY_RETURNED);
    feed.stop();
    returned.stop();
  }

  /** Where nothing comes of either, there is nothing to change to. */
  @Test
  void aSilentBackupDoesNotTakeOver() throws Exception {
    LiveStreams streams = streams(SOON_SILENT);
    Context home = eventLoop();
    Publication primary = publish(streams, home, InputRole.PRIMARY);
    Publication backup = publish(streams, home, InputRole.BACKUP);
    write(home, primary, 0, 50, 0);
    write(home, backup, 0, 50, 0);
    long since = System.nanoTime();

    await().until(() -> System.nanoTime() - since > Duration.ofMillis(600).toNanos());

    assertThat(stream(streams).inputs().onAir()).contains(InputRole.PRIMARY);
  }

  @Test
  void aSecondBackupIsRefusedWithWords() throws Exception {
    LiveStreams streams = streams(NEVER_SILENT);
    Context home = eventLoop();
    Publication primary = publish(streams, home, InputRole.PRIMARY);
    Publication backup = publish(streams, home, InputRole.BACKUP);
    long heartbeat = vertx.setPeriodic(10, id -> backup.heard());

    PublishOutcome outcome = tryPublish(streams, home, InputRole.BACKUP);

    vertx.cancelTimer(heartbeat);
    assertThat(((PublishOutcome.Busy) outcome).message())
        .isEqualTo("live/demo has a backup already, from 10.0.0.1");
    assertThat(primary.stream()).isSameAs(backup.stream());
  }

  @Test
  void aBackupThatComesAloneIsOnAirAndThePrimaryStandsByBesideIt() throws Exception {
    LiveStreams streams = streams(NEVER_SILENT);
    Context home = eventLoop();
    Publication backup = publish(streams, home, InputRole.BACKUP);
    write(home, backup, 0, 10, 0);
    assertThat(dts(TwoTracks.VIDEO)).hasSize(10);

    Publication primary = publish(streams, home, InputRole.PRIMARY);

    assertThat(stream(streams).inputs())
        .isEqualTo(new LiveInputs(Optional.of(InputRole.BACKUP), Optional.of(InputRole.PRIMARY)));
    end(home, primary, EndReason.UNPUBLISHED);
    assertThat(changes.getLast().cause()).isEqualTo(InputChange.Cause.LEFT);
    assertThat(stream(streams).status().state()).isEqualTo(LiveState.ON_AIR);
  }

  @Test
  void theEndOfTheBroadcastAndOfAKeyIsThatOfBothInputs() throws Exception {
    LiveStreams streams = streams(NEVER_SILENT);
    List<EndReason> ended = new CopyOnWriteArrayList<>();
    Context home = eventLoop();
    for (InputRole role : InputRole.values()) {
      PublishRequest request =
          new PublishRequest(
              KEY,
              "default",
              "rtmp",
              "",
              role,
              Optional.of("k-" + role),
              StreamProfile.CONFIGURED,
              ended::add);
      Publication one =
          ((PublishOutcome.Accepted) valueOf(on(home, () -> streams.publish(request))))
              .publication();
      write(home, one, 0, 10, 0);
    }
    assertThat(streams.keysOnAir()).containsExactlyInAnyOrder("k-PRIMARY", "k-BACKUP");

    streams.dismiss("k-PRIMARY");

    await().until(() -> ended.equals(List.of(EndReason.KEY_ENDED)));
    assertThat(stream(streams).inputs().onAir()).contains(InputRole.BACKUP);
    publish(streams, home, InputRole.PRIMARY);
    valueOf(streams.end(KEY, EndReason.ENDED_BY_API));
    await().until(() -> ended.contains(EndReason.ENDED_BY_API));
    await().until(() -> evicted.get() == EndReason.ENDED_BY_API);
  }

  /** Sends a picture and sound every 10 ms, 40 ms apart, on its publication's own loop. */
  private final class Feed {
    private final int first;
    private final CompletableFuture<Long> timer = new CompletableFuture<>();
    private volatile int frame;

    Feed(Context loop, Publication publication, int first) {
      this.first = first;
      this.frame = first;
      loop.runOnContext(
          v -> {
            publication.write(TRACKS);
            timer.complete(vertx.setPeriodic(10, id -> next(publication)));
          });
    }

    private void next(Publication publication) {
      int now = frame;
      send(publication, now, 0);
      frame = now + 1;
    }

    int sent() {
      return frame - first;
    }

    void stop() {
      vertx.cancelTimer(timer.join());
    }
  }

  private Publication publish(LiveStreams streams, Context loop, InputRole role) throws Exception {
    return ((PublishOutcome.Accepted) tryPublish(streams, loop, role)).publication();
  }

  private PublishOutcome tryPublish(LiveStreams streams, Context loop, InputRole role)
      throws Exception {
    PublishRequest request =
        new PublishRequest(
            KEY,
            "default",
            "rtmp",
            "10.0.0.1",
            role,
            Optional.empty(),
            StreamProfile.CONFIGURED,
            evicted::set);
    return valueOf(on(loop, () -> streams.publish(request)));
  }

  private static void write(Context loop, Publication to, int from, int until, long shift)
      throws Exception {
    on(
        loop,
        () ->
            run(
                () -> {
                  to.write(TRACKS);
                  for (int frame = from; frame < until; frame++) {
                    send(to, frame, shift);
                  }
                }));
  }

  private static void send(Publication to, int frame, long shift) {
    Buffer payload = Buffer.buffer().appendInt(frame);
    long at = frame * 40L + shift;
    to.write(
        new MediaEvent.SampleReady(new Sample(TwoTracks.VIDEO, at, 0, frame % 25 == 0, payload)));
    to.write(new MediaEvent.SampleReady(new Sample(TwoTracks.AUDIO, at + 5, 0, true, payload)));
  }

  private static LiveStream stream(LiveStreams streams) {
    return streams.find(KEY).orElseThrow();
  }

  private static boolean isPublished(LiveStreams streams) {
    return stream(streams).inputs().onAir().isPresent();
  }

  private MediaEvent firstDiscontinuity() {
    return seen.stream()
        .filter(MediaEvent.Discontinuity.class::isInstance)
        .findFirst()
        .orElseThrow();
  }

  private List<Long> dts(TrackId track) {
    List<Long> times = new ArrayList<>();
    for (MediaEvent event : seen) {
      if (event instanceof MediaEvent.SampleReady(Sample sample) && sample.track().equals(track)) {
        times.add(sample.dts());
      }
    }
    return times;
  }
}
