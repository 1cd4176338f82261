package io.millrace.packager.ts;

import static io.millrace.packager.ts.TransportSamples.AUDIO;
import static io.millrace.packager.ts.TransportSamples.SOUND;
import static io.millrace.packager.ts.TransportSamples.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.codec.AacConfiguration;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** AAC in ADTS, and what cannot be in it. */
class AdtsFramingTest {
  private final TransportFormat format = new TransportFormat(Set.of(), cut -> {});

  @Test
  void writesAdtsHeadersOfTheCoreCoder() {
    // HE-AAC: 24 kHz core, 48 kHz output, LC; and HE-AAC v2 with a mono core.
    assertThat(header("2b098800")).isEqualTo("fff158801101fc".substring(0, 6));
    // AAC-LC, 48 kHz, 6 channels.
    assertThat(header("11b0")).isEqualTo("fff14d");
    assertThat(header("131056e598")).as("SBR behind the configuration").isEqualTo("fff158");
    assertThat(header("130856e59d4880")).as("PS behind it").isEqualTo("fff158");
  }

  /** ISO/IEC 14496-3 4.4.2.1: channels that the header has no number for. */
  @Test
  void putsAProgramConfigElementBeforeEachFrame() {
    AdtsFraming framing = framing("118004c8050001088000");
    PacketWriter out = new PacketWriter(1);
    out.startPes(new Pid(SOUND), framing.size() + 2, Adaptation.NONE);
    framing.write(2, out);
    out.put(Buffer.buffer("me"));

    Buffer packet = out.finish();
    Buffer frame = packet.getBuffer(188 - framing.size() - 2, 188);
    assertThat(HexFormat.of().formatHex(frame.getBytes()))
        .isEqualTo("fff14c00023ffc" + "a09900a000211000" + "6d65");
    assertThat(TransportReader.adtsFrames(frame)).containsExactly(frame);
  }

  @Test
  void refusesAacThatAdtsHasNoWordsFor() {
    AacConfiguration shortFrames =
        AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex("1194")));
    assertThatThrownBy(() -> new AdtsFraming(shortFrames))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("960 samples a frame");
    assertThat(
            format.objection(
                new Track(new TrackId(2), new TrackFormat.Aac(shortFrames), new Timescale(48_000))))
        .isPresent();
    assertThat(format.objection(AUDIO)).isEmpty();
    assertThat(format.objection(VIDEO)).isEmpty();
  }

  /** The first three bytes, which tell the format. */
  private static String header(String configuration) {
    AdtsFraming framing = framing(configuration);
    PacketWriter out = new PacketWriter(1);
    out.startPes(new Pid(SOUND), 7, Adaptation.NONE);
    framing.write(0, out);
    Buffer packet = out.finish();
    return HexFormat.of().formatHex(packet.getBytes(181, 184));
  }

  private static AdtsFraming framing(String configuration) {
    return new AdtsFraming(
        AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex(configuration))));
  }
}
