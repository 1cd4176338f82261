package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.Packet.Acknowledgement;
import java.util.ArrayDeque;
import java.util.Deque;

/** Acknowledges messages in the order in which they came (section 4.6). Pure. */
final class AckOrder {
  /** Takes what is to be sent. */
  interface Output {
    void acknowledge(Acknowledgement.Kind kind, int packetId, ReasonCode reason, String text);
  }

  /** One message that is to be acknowledged. */
  static final class Slot {
    private final Acknowledgement.Kind kind;
    private final int packetId;
    private ReasonCode reason = ReasonCode.SUCCESS;
    private String text = "";
    private boolean isDone;

    private Slot(Acknowledgement.Kind kind, int packetId) {
      this.kind = kind;
      this.packetId = packetId;
    }
  }

  private final Deque<Slot> slots = new ArrayDeque<>();
  private final Output output;

  AckOrder(Output output) {
    this.output = output;
  }

  /** A message has come. */
  Slot came(Acknowledgement.Kind kind, int packetId) {
    Slot slot = new Slot(kind, packetId);
    slots.add(slot);
    return slot;
  }

  /** It is known what became of it. */
  void done(Slot slot, ReasonCode reason, String text) {
    slot.reason = reason;
    slot.text = text;
    slot.isDone = true;
    while (!slots.isEmpty() && slots.getFirst().isDone) {
      Slot next = slots.removeFirst();
      output.acknowledge(next.kind, next.packetId, next.reason, next.text);
    }
  }

  /** How many have not been acknowledged. */
  int size() {
    return slots.size();
  }
}
