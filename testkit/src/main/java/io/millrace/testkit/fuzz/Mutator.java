package io.millrace.testkit.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages inputs in the ways that networks, broken encoders and attackers do. */
final class Mutator {
  private static final int MAX_MUTATIONS = 6;
  private static final int MAX_RANDOM_BYTES = 64;
  private static final int MAX_LENGTH = 64 << 10;
  private static final int[] EDGES = {
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0xFFFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF
  };

  private final List<byte[]> corpus;

  Mutator(List<byte[]> corpus) {
    this.corpus = corpus;
  }

  byte[] next(RandomGenerator random) {
    if (random.nextInt(50) == 0) {
      byte[] noise = new byte[random.nextInt(MAX_RANDOM_BYTES)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
    for (int left = 1 + random.nextInt(MAX_MUTATIONS); left > 0; left--) {
      input = mutate(input, random);
    }
    return input;
  }

  private byte[] mutate(byte[] input, RandomGenerator random) {
    if (input.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(input.length);
    int end = at + 1 + random.nextInt(Math.min(16, input.length - at));
    return switch (random.nextInt(9)) {
      case 0, 1 -> {
        input[at] ^= (byte) (1 << random.nextInt(8));
        yield input;
      }
      case 2 -> {
        input[at] = (byte) random.nextInt(256);
        yield input;
      }
      case 3 -> edge(input, at, random);
      case 4 -> Arrays.copyOf(input, at);
      case 5 -> replace(input, at, end, new byte[0]);
      case 6 -> {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        yield replace(input, at, at, noise);
      }
      case 7 -> {
        byte[] block = Arrays.copyOfRange(input, at, end);
        int times = random.nextInt(20) == 0 ? 500 : 1 + random.nextInt(4);
        byte[] repeated = new byte[block.length * times];
        for (int i = 0; i < repeated.length; i++) {
          repeated[i] = block[i % block.length];
        }
        yield replace(input, at, at, repeated);
      }
      default -> {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int from = random.nextInt(other.length + 1);
        yield replace(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
      }
    };
  }

  /** Writes a number that lengths and counts trip over, in 1, 2, 3 or 4 bytes of either order. */
  private static byte[] edge(byte[] input, int at, RandomGenerator random) {
    int value = EDGES[random.nextInt(EDGES.length)] + (random.nextInt(4) == 0 ? -1 : 0);
    int bytes = Math.min(1 + random.nextInt(4), input.length - at);
    boolean littleEndian = random.nextBoolean();
    for (int i = 0; i < bytes; i++) {
      input[at + (littleEndian ? i : bytes - 1 - i)] = (byte) (value >>> (8 * i));
    }
    return input;
  }

  private static byte[] replace(byte[] input, int from, int to, byte[] by) {
    if (input.length + by.length > MAX_LENGTH) {
      return input;
    }
    byte[] result = new byte[input.length - (to - from) + by.length];
    System.arraycopy(input, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(input, to, result, from + by.length, input.length - to);
    return result;
  }
}
