package io.millrace.catalog.api;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slows down whoever guesses: after five failures in a row from one address (over IPv6 one /64, of
 * which a customer has every address) it has to wait, for twice as long after each further one, for
 * a minute at most. Remembers the 10,000 addresses that failed last. Thread-safe.
 */
final class FailureLimiter {
  private static final int FREE = 5;
  private static final int LONGEST_WAIT_SECONDS = 60;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
  private static final int CAPACITY = 10_000;

  private record Failures(int count, Instant last) {
    Instant until() {
      int over = Math.min(count - FREE, 10);
      return over < 0 ? last : last.plusSeconds(Math.min(1L << over, LONGEST_WAIT_SECONDS));
    }
  }

  private final Map<String, Failures> byPeer =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > CAPACITY;
        }
      };

  /** How long this address has to wait yet; empty when it may try. */
  synchronized Optional<Duration> waitFor(String peer, Instant now) {
    Failures failures = byPeer.get(network(peer));
    if (failures == null || !now.isBefore(failures.until())) {
      return Optional.empty();
    }
    return Optional.of(Duration.between(now, failures.until()));
  }

  synchronized void failed(String peer, Instant now) {
    Failures before = byPeer.get(network(peer));
    int count =
        before == null || before.last.plus(FORGOTTEN_AFTER).isBefore(now) ? 0 : before.count;
    byPeer.put(network(peer), new Failures(count + 1, now));
  }

  synchronized void succeeded(String peer) {
    byPeer.remove(network(peer));
  }

  private static String network(String peer) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(peer);
    return address == null || address.length == 4
        ? peer
        : HexFormat.of().formatHex(address, 0, 8) + "/64";
  }
}
