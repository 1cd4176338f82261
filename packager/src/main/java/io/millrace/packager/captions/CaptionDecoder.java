package io.millrace.packager.captions;

import io.millrace.media.codec.CaptionSei;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decodes {@code cc_data} (CTA-708 4.4) of pictures in the order of presentation: each packet goes
 * to one of two CTA-608 fields, or is a part of a CTA-708 packet.
 */
final class CaptionDecoder implements DtvccPackets.Output {
  private static final int VALID = 0x04;
  private static final int TYPE = 0x03;
  private static final int FIELD_1 = 0;
  private static final int FIELD_2 = 1;
  private static final int PACKET_DATA = 2;

  private final Map<CaptionChannel, Line21Channel> channels = new EnumMap<>(CaptionChannel.class);
  private final Map<CaptionChannel, DtvccService> services = new EnumMap<>(CaptionChannel.class);
  private final Line21Field[] fields = new Line21Field[2];
  private final DtvccPackets packets = new DtvccPackets(this);

  /**
   * @param wide whether the picture is nearer to 16:9 than to 4:3
   */
  CaptionDecoder(boolean wide) {
    for (int field = 0; field < fields.length; field++) {
      fields[field] = new Line21Field(channel(field, 0), channel(field, 1));
    }
    for (int number = 1; number <= CaptionChannel.SERVICES; number++) {
      services.put(CaptionChannel.ofService(number), new DtvccService(wide));
    }
  }

  private Line21Channel channel(int field, int number) {
    Line21Channel channel = new Line21Channel();
    channels.put(CaptionChannel.ofField(field, number), channel);
    return channel;
  }

  /**
   * Takes what a picture carries.
   *
   * @param now its presentation time; not before the one before
   * @param captions whole packets
   */
  void picture(long now, Buffer captions) {
    tick(now);
    for (int at = 0; at + CaptionSei.PACKET <= captions.length(); at += CaptionSei.PACKET) {
      int head = captions.getByte(at);
      int first = captions.getUnsignedByte(at + 1);
      int second = captions.getUnsignedByte(at + 2);
      boolean isValid = (head & VALID) != 0;
      int type = head & TYPE;
      if (type == FIELD_1 || type == FIELD_2) {
        if (isValid) {
          fields[type].pair(now, first, second);
        }
      } else if (!isValid) {
        packets.end(now);
      } else if (type == PACKET_DATA) {
        packets.data(now, first, second);
      } else {
        packets.start(now, first, second);
      }
    }
  }

  /** Time goes on without a picture. */
  void tick(long now) {
    channels.values().forEach(channel -> channel.cues().tick(now));
    services.values().forEach(service -> service.tick(now));
  }

  /** The cues of a channel since the last cut; what is still shown goes on behind it. */
  List<TimedCaption> cut(CaptionChannel channel, long until) {
    return cues(channel).cut(until);
  }

  /** Begins anew: nothing is shown any more from this time on, and no code of before counts. */
  void reset(long now) {
    channels.values().forEach(channel -> channel.reset(now));
    services.values().forEach(service -> service.reset(now));
    for (Line21Field field : fields) {
      field.reset();
    }
    packets.reset();
  }

  /** Channels that have ever shown something. */
  Set<CaptionChannel> used() {
    Set<CaptionChannel> used = EnumSet.noneOf(CaptionChannel.class);
    for (CaptionChannel each : CaptionChannel.values()) {
      if (cues(each).used()) {
        used.add(each);
      }
    }
    return used;
  }

  /** Byte pairs, packets and codes that could not be read. */
  long damaged() {
    long damaged = packets.damaged();
    for (Line21Field field : fields) {
      damaged += field.damaged();
    }
    for (DtvccService service : services.values()) {
      damaged += service.damaged();
    }
    return damaged;
  }

  @Override
  public void block(long now, int service, byte[] data, int from, int until) {
    if (service <= CaptionChannel.SERVICES) {
      service(CaptionChannel.ofService(service)).codes(now, data, from, until);
    }
  }

  @Override
  public void lost(long now) {
    services.values().forEach(service -> service.reset(now));
  }

  private CueLine cues(CaptionChannel channel) {
    Line21Channel line21 = channels.get(channel);
    return line21 == null ? service(channel).cues() : line21.cues();
  }

  private DtvccService service(CaptionChannel channel) {
    DtvccService service = services.get(channel);
    if (service == null) {
      throw new IllegalArgumentException(channel + " is no service");
    }
    return service;
  }
}
