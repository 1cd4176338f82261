package io.millrace.broker.mqtt;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/** The meters that only the MQTT door has; the others are {@code DoorMetrics}. Thread-safe. */
public final class MqttMetrics {
  private final Counter tooLarge;
  private final Counter certificateReloads;
  private volatile IntSupplier waitingSessions = () -> 0;
  private volatile IntSupplier sharedGroups = () -> 0;

  public MqttMetrics(PrometheusRegistry registry) {
    tooLarge =
        Counter.builder()
            .name("millrace_broker_mqtt_too_large_messages_total")
            .help("Messages that a client did not get because it takes no packets of their size")
            .register(registry);
    certificateReloads =
        Counter.builder()
            .name("millrace_broker_mqtt_certificate_reloads_total")
            .help("Changed certificate files that were looked at, by whether they were taken")
            .labelNames("result")
            .register(registry);
    certificateReloads.initLabelValues("taken");
    certificateReloads.initLabelValues("refused");
    GaugeWithCallback.builder()
        .name("millrace_broker_mqtt_waiting_sessions")
        .help("Sessions that are kept for a client that is not connected")
        .callback(gauge -> gauge.call(waitingSessions.getAsInt()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("millrace_broker_mqtt_shared_groups")
        .help("Shared subscriptions that have a member, or whose members' sessions wait")
        .callback(gauge -> gauge.call(sharedGroups.getAsInt()))
        .register(registry);
  }

  /** Shows these from now on: of the door that was made last. */
  void observe(IntSupplier sessions, IntSupplier groups) {
    waitingSessions = sessions;
    sharedGroups = groups;
  }

  void tooLarge() {
    tooLarge.inc();
  }

  void certificateReloaded(boolean taken) {
    certificateReloads.labelValues(taken ? "taken" : "refused").inc();
  }
}
