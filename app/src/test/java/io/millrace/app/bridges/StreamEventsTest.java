package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.EndReason;
import io.millrace.media.HealthFinding;
import io.millrace.media.InputChange;
import io.millrace.media.InputRole;
import io.millrace.media.LiveInputs;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.StreamKey;
import io.millrace.packager.StoredSegment;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StreamEventsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final StreamKey CAM1 = new StreamKey("live", "cam1");
  private static final Broadcast BROADCAST =
      new Broadcast(BroadcastId.create(NOW), "default", CAM1, NOW);

  private final List<StreamEvent> told = new ArrayList<>();
  private final StreamEvents events = new StreamEvents(told::add, InstantSource.fixed(NOW));

  private static LiveStatus status(LiveState state) {
    return new LiveStatus(BROADCAST, state, NOW, List.of(), "rtmp", "192.0.2.7");
  }

  private void changed(LiveState state) {
    events.changed(status(state), Optional.empty());
  }

  private List<String> types() {
    return told.stream().map(event -> event.kind().word()).toList();
  }

  @Test
  void aBroadcastStartsIsInterruptedResumesAndEnds() {
    changed(LiveState.STARTING);
    changed(LiveState.ON_AIR);
    events.changed(status(LiveState.INTERRUPTED), Optional.of(EndReason.CONNECTION_LOST));
    changed(LiveState.STARTING);
    changed(LiveState.ON_AIR);
    events.changed(status(LiveState.INTERRUPTED), Optional.of(EndReason.UNPUBLISHED));
    events.changed(status(LiveState.ENDED), Optional.of(EndReason.UNPUBLISHED));

    assertThat(types())
        .containsExactly(
            "broadcast.started",
            "broadcast.interrupted",
            "broadcast.resumed",
            "broadcast.interrupted",
            "broadcast.ended");
    assertThat(told.get(1).data().getString("reason")).isEqualTo("connection-lost");
    assertThat(told).allMatch(event -> event.path().equals("streams/live/cam1/broadcast"));
  }

  @Test
  void aBroadcastThatWasNeverOnAirIsNotToldOf() {
    changed(LiveState.STARTING);
    events.changed(status(LiveState.ENDED), Optional.of(EndReason.MALFORMED));
    assertThat(told).isEmpty();
  }

  @Test
  void aBroadcastOfBeforeARestartIsInterruptedFirst() {
    events.changed(status(LiveState.INTERRUPTED), Optional.of(EndReason.CONNECTION_LOST));
    changed(LiveState.STARTING);
    changed(LiveState.ON_AIR);
    assertThat(types()).containsExactly("broadcast.interrupted", "broadcast.resumed");
  }

  @Test
  void viewersAreToldWhenTheirNumberChanges() {
    List<LiveStatus> live = List.of(status(LiveState.ON_AIR));
    for (int viewers : new int[] {0, 3, 3, 0}) {
      events.look(live, stream -> viewers, stream -> List.of());
    }
    assertThat(types()).containsExactly("viewers.changed", "viewers.changed");
    assertThat(told.getFirst().data().getInteger("viewers")).isEqualTo(3);
    assertThat(told.getLast().data().getInteger("viewers")).isZero();
    assertThat(told.getLast().path()).isEqualTo("streams/live/cam1/viewers");
  }

  @Test
  void healthIsToldWhenThereAreOtherFindings() {
    List<LiveStatus> live = List.of(status(LiveState.ON_AIR));
    HealthFinding finding = finding("low-bitrate");
    for (List<HealthFinding> findings :
        List.<List<HealthFinding>>of(List.of(), List.of(finding), List.of(finding), List.of())) {
      events.look(live, stream -> 0, stream -> findings);
    }
    assertThat(types()).containsExactly("health.changed", "health.changed");
    assertThat(told.getFirst().data().getJsonArray("findings").getJsonObject(0).getString("code"))
        .isEqualTo("low-bitrate");
    assertThat(told.getLast().data().getJsonArray("findings")).isEmpty();
  }

  @Test
  void everyEventIsACloudEventWithoutItsPublishersAddress() {
    changed(LiveState.ON_AIR);
    StreamEvent event = told.getFirst();
    assertThat(event.headers())
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_type", "io.millrace.broadcast.started")
        .containsEntry("ce_source", "/streams/live/cam1")
        .containsEntry("ce_time", "2026-11-22T10:00:00Z")
        .containsEntry("ce_subject", BROADCAST.id().value())
        .containsKey("ce_id");
    assertThat(event.data().encode()).doesNotContain("192.0.2.7");
  }

  /** Each example of the document has the fields of the real event, and the same type of value. */
  @Test
  void theDocumentShowsEveryEvent() throws IOException {
    changed(LiveState.ON_AIR);
    events.changed(status(LiveState.INTERRUPTED), Optional.of(EndReason.CONNECTION_LOST));
    changed(LiveState.ON_AIR);
    events.changed(status(LiveState.ENDED), Optional.of(EndReason.UNPUBLISHED));
    events.stored(
        new StoredSegment(BROADCAST, "video", 7, NOW, Duration.ofSeconds(2), 1000, "default/…"));
    events.inputChanged(
        new InputChange(
            BROADCAST,
            new LiveInputs(Optional.of(InputRole.BACKUP), Optional.of(InputRole.PRIMARY)),
            InputChange.Cause.SILENT,
            Optional.of(true)));
    events.look(
        List.of(status(LiveState.ON_AIR)), stream -> 3, stream -> List.of(finding("some-code")));

    String document = Files.readString(Path.of("../docs/events.md"));
    Matcher shown =
        Pattern.compile("(?ms)^### `io\\.millrace\\.([a-z.]+)`.*?^```json\\n(.*?)^```")
            .matcher(document);
    List<String> types = new ArrayList<>();
    while (shown.find()) {
      String type = shown.group(1);
      types.add(type);
      StreamEvent real =
          told.stream().filter(its -> its.kind().word().equals(type)).findFirst().orElseThrow();
      same(type, new JsonObject(shown.group(2)), real.data());
      assertThat(document).contains(real.path().replace("live/cam1", "{app}/{stream}"));
    }
    assertThat(types)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(StreamEvent.Kind.values()).map(StreamEvent.Kind::word).toList());
  }

  private static void same(String where, JsonObject shown, JsonObject real) {
    assertThat(shown.fieldNames()).as(where).isEqualTo(real.fieldNames());
    for (String field : real.fieldNames()) {
      Object one = shown.getValue(field);
      Object other = real.getValue(field);
      assertThat(one instanceof Number).as(where).isEqualTo(other instanceof Number);
      assertThat(one instanceof JsonArray).as(where).isEqualTo(other instanceof JsonArray);
      if (one instanceof JsonArray items
          && !items.isEmpty()
          && items.getValue(0) instanceof JsonObject item) {
        same(where + "." + field, item, ((JsonArray) other).getJsonObject(0));
      }
    }
  }

  private static HealthFinding finding(String code) {
    return new HealthFinding(code, HealthFinding.Severity.WARNING, "what", "effect", "advice", NOW);
  }
}
