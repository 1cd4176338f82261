package io.millrace.testkit.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.rtmp.FlvClip.Tag;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlvClipTest {
  private static final int SECONDS = 2;
  private static final int PICTURES = SECONDS * 24;

  @Test
  void whatIsRepeatedNeverSaysThatThePicturesAreOver() {
    FlvClip clip = FlvClip.encoded("64x36", Duration.ofSeconds(SECONDS));

    assertThat(clip.tags()).filteredOn(Tag::isEnd).hasSize(1);
    assertThat(clip.headers()).extracting(Tag::type).contains(Message.DATA, Message.VIDEO);
    List<Tag> pictures = clip.media().stream().filter(tag -> tag.type() == Message.VIDEO).toList();
    assertThat(pictures).hasSize(PICTURES);
    assertThat(pictures.getLast().timestamp()).isEqualTo(Math.round((PICTURES - 1) * 1000 / 24.0));
  }
}
