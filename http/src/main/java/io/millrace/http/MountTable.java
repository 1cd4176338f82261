package io.millrace.http;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the mount of a path: the longest prefix wins. Immutable. */
final class MountTable {
  private final List<Mount> longestFirst;

  /**
   * @throws IllegalArgumentException when two mounts have one prefix
   */
  MountTable(List<Mount> mounts) {
    Set<String> prefixes = new HashSet<>();
    for (Mount mount : mounts) {
      if (!prefixes.add(mount.prefix())) {
        throw new IllegalArgumentException("two mounts at '" + mount.prefix() + "'");
      }
    }
    longestFirst =
        mounts.stream()
            .sorted(Comparator.comparingInt((Mount mount) -> mount.prefix().length()).reversed())
            .toList();
  }

  /** The WebSocket subprotocols of all mounts. */
  List<String> subprotocols() {
    return longestFirst.stream().flatMap(mount -> mount.subprotocols().stream()).toList();
  }

  /** The longest WebSocket message that one of them takes. */
  int webSocketBytes() {
    return longestFirst.stream().mapToInt(Mount::webSocketBytes).max().orElse(0);
  }

  Optional<Mount> find(String path) {
    for (Mount mount : longestFirst) {
      if (covers(mount.prefix(), path)) {
        return Optional.of(mount);
      }
    }
    return Optional.empty();
  }

  private static boolean covers(String prefix, String path) {
    return prefix.equals("/")
        || (path.startsWith(prefix)
            && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/'));
  }
}
