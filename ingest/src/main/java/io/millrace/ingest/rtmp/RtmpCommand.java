package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.ingest.rtmp.AmfValue.AmfString;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command message (RTMP 1.0, 7.1.1).
 *
 * @param transaction echoed in the answer, whatever it is
 * @param arguments after the command object
 */
record RtmpCommand(String name, AmfValue transaction, AmfObject object, List<AmfValue> arguments) {
  /** Empty when the message doesn't begin with a name. */
  static Optional<RtmpCommand> read(RtmpMessage message) {
    List<AmfValue> values = message.values();
    if (values.isEmpty() || !(values.getFirst() instanceof AmfString name)) {
      return Optional.empty();
    }
    AmfValue transaction = values.size() > 1 ? values.get(1) : AmfValue.of(0);
    AmfObject object =
        values.size() > 2 && values.get(2) instanceof AmfObject given
            ? given
            : new AmfObject(Map.of());
    List<AmfValue> arguments =
        values.size() > 3 ? values.subList(3, values.size()) : List.<AmfValue>of();
    return Optional.of(new RtmpCommand(name.value(), transaction, object, arguments));
  }

  /** A text argument, or nothing. */
  String text(int index) {
    return index < arguments.size() && arguments.get(index) instanceof AmfString text
        ? text.value()
        : "";
  }
}
