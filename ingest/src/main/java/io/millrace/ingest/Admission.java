package io.millrace.ingest;

import io.millrace.config.ValueText;
import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the open connections of publishers, all together and by address, so that neither all of
 * them nor one address takes more than its share. An IPv6 address counts as its network of 64 bits,
 * since one subscriber has all of that. Thread-safe.
 */
final class Admission {
  private static final int IPV6_NETWORK_BYTES = 8;

  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> openByAddress = new ConcurrentHashMap<>();

  /** Whether a connection is let in. */
  enum Answer {
    ADMITTED,
    TOO_MANY_CONNECTIONS,
    TOO_MANY_CONNECTIONS_OF_ADDRESS;

    /** The metric's label. */
    String word() {
      return ValueText.word(this);
    }

    /** The words of those that are not admitted. */
    static List<String> refusals() {
      return Arrays.stream(values())
          .filter(answer -> answer != ADMITTED)
          .map(Answer::word)
          .toList();
    }
  }

  Admission(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /** Counts a connection when it is admitted; {@link #left} must follow its end. */
  Answer enter(String address) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return Answer.TOO_MANY_CONNECTIONS;
    }
    if (openByAddress.merge(network(address), 1, Integer::sum) > mostPerAddress) {
      left(address);
      return Answer.TOO_MANY_CONNECTIONS_OF_ADDRESS;
    }
    return Answer.ADMITTED;
  }

  /** An admitted connection is closed. */
  void left(String address) {
    open.decrementAndGet();
    openByAddress.computeIfPresent(network(address), (key, count) -> count == 1 ? null : count - 1);
  }

  /** How many addresses have a connection. */
  int addresses() {
    return openByAddress.size();
  }

  private static String network(String address) {
    byte @Nullable [] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null || bytes.length == 4
        ? address
        : HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_BYTES);
  }
}
