package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.InputRole;
import io.millrace.media.StreamKey;
import io.millrace.testkit.Seeds;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// RTMP R18, R20
class PublishAddressTest {
  private static final StreamKey DEMO = new StreamKey("live", "demo");

  @Test
  void takesTheKeyFromTheNameTheAppOrTheTcUrl() {
    assertThat(PublishAddress.parse("live", "", "demo?key=a")).isEqualTo(demo("a"));
    assertThat(PublishAddress.parse("live?key=a", "", "demo")).isEqualTo(demo("a"));
    assertThat(PublishAddress.parse("live", "rtmp://host/live?key=a", "demo")).isEqualTo(demo("a"));
    assertThat(PublishAddress.parse("live", "", "demo").key()).isEmpty();
  }

  @Test
  void decodesThePercentEncodingOfKeys() {
    assertThat(PublishAddress.parse("live", "", "demo?key=a%2Fb%3D+%C3%A4%zz%4"))
        .isEqualTo(demo("a/b=+ä%zz%4"));
  }

  @Test
  void keepsTheOtherParameters() {
    PublishAddress address = PublishAddress.parse("live?a=1", "", "demo?key=k&b=2&c=&=d&e");
    assertThat(address.parameters()).isEqualTo(Map.of("a", "1", "b", "2", "c", ""));
  }

  @Test
  void theBackupSaysSoWhereverAQueryStands() {
    assertThat(PublishAddress.parse("live", "", "demo?key=k&backup=1").input())
        .isEqualTo(InputRole.BACKUP);
    assertThat(PublishAddress.parse("live?backup=1", "", "demo").input())
        .isEqualTo(InputRole.BACKUP);
    assertThat(PublishAddress.parse("live", "", "demo?backup=0").input())
        .isEqualTo(InputRole.PRIMARY);
    assertThatThrownBy(() -> PublishAddress.parse("live", "", "demo?backup=yes"))
        .hasMessageContaining("backup is neither 1");
  }

  @Test
  void ignoresSlashesPrefixesAndGstreamersOptions() {
    assertThat(PublishAddress.parse("/live/", "", "/demo").stream()).isEqualTo(DEMO);
    assertThat(PublishAddress.parse("live", "", "mp4:demo").stream()).isEqualTo(DEMO);
    assertThat(PublishAddress.parse("live", "", "demo live=1")).isEqualTo(demo(""));
    assertThat(PublishAddress.parse("live", "", "demo?key=a live=1")).isEqualTo(demo("a"));
  }

  @Test
  void findsTheStreamInTheAppWhenTheNameIsEmpty() {
    assertThat(PublishAddress.parse("live/demo?key=a", "", "")).isEqualTo(demo("a"));
  }

  @Test
  void saysWhatIsWrongWithAName() {
    assertThatThrownBy(() -> PublishAddress.parse("live", "", "bad name"))
        .hasMessageContaining("a stream's name has");
    assertThatThrownBy(() -> PublishAddress.parse("Live", "", "demo"))
        .hasMessageContaining("an app's name has");
    assertThatThrownBy(() -> PublishAddress.parse("live", "", "x".repeat(5000)))
        .hasMessageContaining("longer than");
  }

  @Test
  void hidesTheKey() {
    assertThat(PublishAddress.parse("live", "", "demo?key=secret&a=secret").toString())
        .isEqualTo("live/demo");
  }

  @Test
  void anyTextIsAnAddressOrIsRefusedWithWords() {
    String letters = "a%?&=/ :2F\u0000ä";
    Seeds.forEach(
        5000,
        random -> {
          String[] parts = new String[3];
          for (int i = 0; i < 3; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < random.nextInt(20); j++) {
              text.append(letters.charAt(random.nextInt(letters.length())));
            }
            parts[i] = text.toString();
          }
          try {
            assertThat(PublishAddress.parse(parts[0], parts[1], parts[2]).stream()).isNotNull();
          } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("name");
          }
        });
  }

  private static PublishAddress demo(String key) {
    return new PublishAddress(
        DEMO, InputRole.PRIMARY, key.isEmpty() ? Optional.empty() : Optional.of(key), Map.of());
  }

  // RTMP R18, R20
  @Test
  void theAppMayStandInTheAddressOrBeforeTheNameOnly() {
    assertThat(PublishAddress.parse("", "rtmp://host/live", "demo").stream().toString())
        .isEqualTo("live/demo");
    assertThat(PublishAddress.parse("", "rtmp://host:1935/live/", "demo?key=k").key())
        .contains("k");
    assertThat(PublishAddress.parse("", "", "live/demo").stream().toString())
        .isEqualTo("live/demo");
    assertThat(PublishAddress.parse("", "rtmp://host", "/live/demo").stream().toString())
        .isEqualTo("live/demo");
  }

  // RTMP R20
  @Test
  void aNameWithMoreSlashesIsRefusedWithWords() {
    assertThatThrownBy(() -> PublishAddress.parse("live", "", "room/demo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a stream's name has");
  }
}
