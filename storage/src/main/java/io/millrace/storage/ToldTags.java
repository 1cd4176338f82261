package io.millrace.storage;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tags that were told before an upload, and what the objects are called since: the last {@value
 * #MAX}. Confined to one context.
 */
final class ToldTags {
  private static final int MAX = 10_000;

  private final Map<String, Alias> aliases =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Alias> eldest) {
          return size() > MAX;
        }
      };

  private record Alias(String told, String tag) {}

  /** An object whose tag was told has another one in the bucket. */
  void became(String key, String told, String tag) {
    aliases.put(key, new Alias(told, tag));
  }

  /** What the bucket calls what was told. */
  String current(String key, String tag) {
    Alias alias = aliases.get(key);
    return alias != null && alias.told().equals(tag) ? alias.tag() : tag;
  }

  /** What the bucket says of an object, with the tag that was told. */
  ObjectInfo asTold(ObjectInfo info) {
    Alias alias = aliases.get(info.key());
    return alias != null && alias.tag().equals(info.tag())
        ? new ObjectInfo(info.key(), info.size(), alias.told(), info.storedAt())
        : info;
  }

  void forget(String key) {
    aliases.remove(key);
  }
}
