package io.millrace.broker.kafka;

import io.millrace.config.Secret;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the embedded Kafka can be reached, and as whom.
 *
 * @param bootstrapServers as Kafka's clients want it ({@code 127.0.0.1:41234})
 */
public record KafkaAddress(String bootstrapServers, String user, Secret password) {
  /** What any of Kafka's clients needs to reach it; a new map, with the password in it. */
  public Map<String, String> clientProperties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("security.protocol", "SASL_PLAINTEXT");
    properties.put("sasl.mechanism", "PLAIN");
    properties.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password.reveal()));
    return properties;
  }
}
