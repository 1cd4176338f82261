/**
 * The MQTT door, 3.1.1 and 5, over TCP, TLS and WebSocket. What is supported and how it maps to
 * topics and positions is described in {@code docs/mqtt.md}; sections named in comments are those
 * of MQTT 5.
 */
@NullMarked
package io.millrace.broker.mqtt;

import org.jspecify.annotations.NullMarked;
