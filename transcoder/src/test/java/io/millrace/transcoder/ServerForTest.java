package io.millrace.transcoder;

import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.Rung;
import java.time.Duration;

/** A server that transcodes, says the process id of its transcoder, and waits to be killed. */
final class ServerForTest {
  private ServerForTest() {}

  public static void main(String[] args) throws Exception {
    SourceClip clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(3)));
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "240p")) {
      node.feed(clip.events());
      node.awaitSamples(Rung.P240, 20);
      System.out.println("transcoder " + node.pid());
      Thread.currentThread().join();
    }
  }
}
