package io.millrace.media.cue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceCommand.Component;
import io.millrace.media.cue.SpliceDescriptor.ComponentOffset;
import io.millrace.media.cue.SpliceDescriptor.DeliveryRestrictions;
import io.millrace.media.cue.SpliceDescriptor.Segmentation;
import io.millrace.media.cue.SpliceDescriptor.SubSegments;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SpliceSectionPropertyTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    Seeds.forEach(
        2_000,
        random -> {
          SpliceInfoSection section = section(random);
          assertThat(SpliceInfoSection.parse(section.write())).isEqualTo(section);
        });
  }

  private static SpliceInfoSection section(RandomGenerator random) {
    SpliceCommand command = command(random);
    List<SpliceDescriptor> descriptors =
        command instanceof SpliceCommand.Encrypted
            ? List.of()
            : several(random, 4, () -> descriptor(random));
    return new SpliceInfoSection(
        random.nextInt(4),
        time(random),
        random.nextInt(256),
        random.nextInt(4096),
        command,
        descriptors);
  }

  private static SpliceCommand command(RandomGenerator random) {
    return switch (random.nextInt(9)) {
      case 0 -> new SpliceCommand.Null();
      case 1 -> new SpliceCommand.Schedule(bytes(random, 90));
      case 2 -> insert(random);
      case 3 -> new SpliceCommand.CancelInsert(u32(random));
      case 4 -> new SpliceCommand.TimeSignal(maybeTime(random));
      case 5 -> new SpliceCommand.BandwidthReservation();
      case 6 -> new SpliceCommand.Private(u32(random), bytes(random, 900));
      case 7 -> new SpliceCommand.Reserved(8 + random.nextInt(200), bytes(random, 30));
      default ->
          new SpliceCommand.Encrypted(
              1 + random.nextInt(63), random.nextInt(4096), bytes(random, 200));
    };
  }

  private static SpliceCommand insert(RandomGenerator random) {
    boolean immediate = random.nextBoolean();
    List<Component> components =
        several(
            random,
            3,
            () ->
                new Component(
                    random.nextInt(256), immediate ? OptionalLong.empty() : maybeTime(random)));
    return new SpliceCommand.Insert(
        u32(random),
        random.nextBoolean(),
        immediate,
        immediate || !components.isEmpty() ? OptionalLong.empty() : maybeTime(random),
        components,
        random.nextBoolean()
            ? Optional.of(new BreakDuration(random.nextBoolean(), time(random)))
            : Optional.empty(),
        random.nextInt(1 << 16),
        random.nextInt(256),
        random.nextInt(256));
  }

  private static SpliceDescriptor descriptor(RandomGenerator random) {
    return switch (random.nextInt(6)) {
      case 0 -> new SpliceDescriptor.Avail(u32(random));
      case 1 ->
          new SpliceDescriptor.Dtmf(
              random.nextInt(256), "0*#9".repeat(2).substring(random.nextInt(1, 9)));
      case 2 -> new SpliceDescriptor.CancelSegmentation(u32(random));
      case 3 ->
          new SpliceDescriptor.Time(
              random.nextLong(1L << 48), u32(random), random.nextInt(1 << 16));
      case 4 -> new SpliceDescriptor.Other(4 + random.nextInt(250), u32(random), bytes(random, 99));
      default -> segmentation(random);
    };
  }

  private static Segmentation segmentation(RandomGenerator random) {
    int type = random.nextInt(0x52);
    return new Segmentation(
        u32(random),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(
                new DeliveryRestrictions(
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(4))),
        several(random, 3, () -> new ComponentOffset(random.nextInt(256), time(random))),
        random.nextBoolean() ? OptionalLong.of(random.nextLong(1L << 40)) : OptionalLong.empty(),
        random.nextInt(17),
        bytes(random, 120),
        type,
        random.nextInt(256),
        random.nextInt(256),
        SegmentationTypes.hasSubSegments(type) && random.nextBoolean()
            ? Optional.of(new SubSegments(random.nextInt(256), random.nextInt(256)))
            : Optional.empty());
  }

  private static <T> List<T> several(RandomGenerator random, int most, Supplier<T> one) {
    List<T> all = new ArrayList<>();
    int count = random.nextInt(most + 1);
    for (int i = 0; i < count; i++) {
      all.add(one.get());
    }
    return all;
  }

  private static OptionalLong maybeTime(RandomGenerator random) {
    return random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(time(random));
  }

  private static long time(RandomGenerator random) {
    return random.nextLong(1L << 33);
  }

  private static long u32(RandomGenerator random) {
    return random.nextLong(1L << 32);
  }

  private static Buffer bytes(RandomGenerator random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return Buffer.buffer(bytes);
  }
}
