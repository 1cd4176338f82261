package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.cue.StoredCues;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.state.StateWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a writer begins.
 *
 * @param epoch 1 for a new broadcast, else one more than the last writer's
 * @param writer a random word
 * @param container the form of its segments, the same for the whole broadcast
 * @param states continues the stored state
 * @param partTarget the longest part, the same for the whole broadcast; empty where its playlists
 *     list none
 * @param targetSeconds 0 for a new broadcast
 * @param nextMsn the same for all renditions
 * @param firstPeriod where the period starts in which the playlists begin, if that is known
 * @param departed what is in the store that no playlist lists any more
 * @param recorded what has been recorded of it
 */
record Resumption(
    int epoch,
    String writer,
    PackagerConfig.Container container,
    StateWriter states,
    Optional<Duration> partTarget,
    int targetSeconds,
    long nextMsn,
    Duration mediaEnd,
    List<RenditionLog> renditions,
    StoredCues cues,
    Optional<PeriodStart> firstPeriod,
    DepartedSegments departed,
    Recorded recorded) {
  static Resumption none(WriterSetup setup, Broadcast broadcast) {
    PackagerConfig config = setup.config();
    return new Resumption(
        1,
        randomWord(),
        config.container(),
        new StateWriter(setup.store(), ObjectNames.state(broadcast), Optional.empty()),
        config.partTarget(),
        0,
        0,
        Duration.ZERO,
        List.of(),
        StoredCues.NONE,
        Optional.empty(),
        DepartedSegments.none(),
        setup.shelf().isOn() ? Recorded.begun() : Recorded.nothing());
  }

  static String randomWord() {
    return UUID.randomUUID().toString();
  }
}
