package io.millrace.broker;

import io.millrace.broker.door.DoorMetrics;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.kafka.KafkaLogMetrics;
import io.millrace.broker.mqtt.MqttMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What a broker counts, registered once however often it begins anew. */
record BrokerMetrics(
    KafkaLogMetrics log, IndexMetrics index, HubMetrics hub, DoorMetrics doors, MqttMetrics mqtt) {
  static BrokerMetrics in(PrometheusRegistry registry) {
    return new BrokerMetrics(
        new KafkaLogMetrics(registry),
        new IndexMetrics(registry),
        new HubMetrics(registry),
        new DoorMetrics(registry),
        new MqttMetrics(registry));
  }
}
