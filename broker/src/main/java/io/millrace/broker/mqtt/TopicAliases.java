package io.millrace.broker.mqtt;

import io.millrace.broker.topic.TopicNames;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Short numbers for topics on one connection (section 3.3.2.3.4). Pure. */
final class TopicAliases {
  private TopicAliases() {}

  /** Those that the client has given. */
  static final class FromClient {
    private static final int LONGEST_TOPIC = TopicNames.MAX_PATH_BYTES + 64;

    private final int most;
    private final Map<Integer, String> topics = new HashMap<>();

    FromClient(int most) {
      this.most = most;
    }

    /**
     * The topic that a PUBLISH means.
     *
     * @param alias 0 is not one; -1 where there is none
     * @throws MqttException when it means none
     */
    String resolve(String topic, long alias) throws MqttException {
      if (alias < 0) {
        if (topic.isEmpty()) {
          throw MqttException.protocol("a message without a topic");
        }
        return topic;
      }
      if (alias == 0 || alias > most) {
        throw new MqttException(
            ReasonCode.TOPIC_ALIAS_INVALID, "topic aliases are from 1 to " + most);
      }
      if (topic.length() > LONGEST_TOPIC) {
        throw new MqttException(ReasonCode.TOPIC_NAME_INVALID, "the topic is too long");
      }
      if (!topic.isEmpty()) {
        topics.put((int) alias, topic);
        return topic;
      }
      String known = topics.get((int) alias);
      if (known == null) {
        throw new MqttException(
            ReasonCode.TOPIC_ALIAS_INVALID, "the topic alias " + alias + " has no topic yet");
      }
      return known;
    }
  }

  /** Those that the server gives: to the first topics, which keep them. */
  static final class ToClient {
    private final int most;
    private final Map<String, Integer> aliases = new HashMap<>();

    ToClient(int most) {
      this.most = most;
    }

    /** The alias that the client knows for a topic; null for none. */
    @Nullable Integer known(String topic) {
      return most == 0 ? null : aliases.get(topic);
    }

    /** The alias that a topic could be given; 0 when there is none left. */
    int free() {
      return aliases.size() < most ? aliases.size() + 1 : 0;
    }

    /** From now on the client knows {@link #free} for a topic. */
    void give(String topic) {
      aliases.put(topic, free());
    }
  }
}
