package io.millrace.broker.mqtt;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server for all tests of a class, whose clients hurt nobody but themselves. */
final class OneServer implements BeforeAllCallback, AfterAllCallback {
  private @Nullable MqttFixture fixture;

  @Override
  public void beforeAll(ExtensionContext context) {
    fixture = new MqttFixture();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    fixture().close();
  }

  MqttFixture fixture() {
    if (fixture == null) {
      throw new IllegalStateException("there is one while the tests run");
    }
    return fixture;
  }

  RawMqtt raw() {
    return new RawMqtt(fixture().server.port());
  }
}
