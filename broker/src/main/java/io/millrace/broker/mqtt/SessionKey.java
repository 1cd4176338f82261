package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.topic.MountPoint;

/** What sessions are kept under, as text. */
final class SessionKey {
  /** In no tenant's name, no topic and no client's identifier. */
  private static final char SEPARATOR = '\n';

  private SessionKey() {}

  /** What a session is kept under: a client's identifier is its own below its mount point only. */
  static String of(String tenant, MountPoint mount, String clientId) {
    return tenant + SEPARATOR + text(mount) + SEPARATOR + clientId;
  }

  /** Whose session it is. */
  static String tenantOf(String key) {
    return key.substring(0, key.indexOf(SEPARATOR));
  }

  /** Where its topics are. */
  static MountPoint mountOf(String key) {
    int from = key.indexOf(SEPARATOR) + 1;
    String text = key.substring(from, key.indexOf(SEPARATOR, from));
    return MountPoint.parse(text) instanceof Parsed.Value<MountPoint>(MountPoint mount)
        ? mount
        : MountPoint.NONE;
  }

  private static String text(MountPoint mount) {
    return switch (mount) {
      case MountPoint.None none -> "";
      case MountPoint.At at ->
          at.prefix().isEmpty() ? at.namespace() : at.namespace() + "/" + at.prefix();
    };
  }
}
