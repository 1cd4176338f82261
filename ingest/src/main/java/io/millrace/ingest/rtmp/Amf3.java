package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfBoolean;
import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.ingest.rtmp.AmfValue.AmfString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the Action Message Format 3 (Adobe AMF3, 2013) where AMF0's avmplus marker switches to it.
 * One reader serves one message: its tables of texts and traits last as long.
 *
 * <p>A reference to an earlier object is read as null: no encoder has been seen that needs one, and
 * so there are no loops. Externalizable objects other than ArrayCollection end the message, since
 * only their own class knows their length.
 */
final class Amf3 {
  private static final int UNDEFINED = 0;
  private static final int NULL = 1;
  private static final int FALSE = 2;
  private static final int TRUE = 3;
  private static final int INTEGER = 4;
  private static final int DOUBLE = 5;
  private static final int STRING = 6;
  private static final int XML_DOCUMENT = 7;
  private static final int DATE = 8;
  private static final int ARRAY = 9;
  private static final int OBJECT = 10;
  private static final int XML = 11;
  private static final int BYTE_ARRAY = 12;
  private static final int VECTOR_INT = 13;
  private static final int VECTOR_UINT = 14;
  private static final int VECTOR_DOUBLE = 15;
  private static final int VECTOR_OBJECT = 16;
  private static final int DICTIONARY = 17;
  private static final String ARRAY_COLLECTION = "flex.messaging.io.ArrayCollection";

  /** What instances of one class have in common. */
  private record Traits(
      String name, boolean externalizable, boolean dynamic, List<String> members) {}

  private final AmfInput in;
  private final List<String> texts = new ArrayList<>();
  private final List<Traits> traits = new ArrayList<>();

  Amf3(AmfInput in) {
    this.in = in;
  }

  AmfValue value(int depth) {
    in.enter(depth);
    int type = in.unsignedByte();
    return switch (type) {
      case UNDEFINED, NULL -> AmfValue.NULL;
      case FALSE -> new AmfBoolean(false);
      case TRUE -> new AmfBoolean(true);
      case INTEGER -> new AmfNumber(in29() << 3 >> 3);
      case DOUBLE -> new AmfNumber(in.number());
      case STRING -> new AmfString(text());
      case XML_DOCUMENT, XML -> {
        int header = in29();
        yield isReference(header) ? AmfValue.NULL : new AmfString(in.text(header >> 1));
      }
      case DATE -> isReference(in29()) ? AmfValue.NULL : new AmfNumber(in.number());
      case BYTE_ARRAY -> {
        int header = in29();
        in.skip(isReference(header) ? 0 : header >> 1);
        yield AmfValue.NULL;
      }
      case ARRAY -> array(depth);
      case OBJECT -> object(depth);
      case VECTOR_INT, VECTOR_UINT -> vector(4);
      case VECTOR_DOUBLE -> vector(8);
      case VECTOR_OBJECT -> vectorOfObjects(depth);
      case DICTIONARY -> dictionary(depth);
      default -> {
        in.giveUp();
        yield AmfValue.NULL;
      }
    };
  }

  /** An unsigned integer of 29 bits in one to four bytes. */
  private int in29() {
    int number = 0;
    for (int i = 0; i < 3; i++) {
      int octet = in.unsignedByte();
      number = (number << 7) | (octet & 0x7F);
      if (octet < 0x80) {
        return number;
      }
    }
    return (number << 8) | in.unsignedByte();
  }

  private static boolean isReference(int header) {
    return (header & 1) == 0;
  }

  private String text() {
    int header = in29();
    if (isReference(header)) {
      int index = header >> 1;
      if (index >= texts.size()) {
        throw in.malformed("refers to text " + index + " of " + texts.size());
      }
      return texts.get(index);
    }
    String text = in.text(header >> 1);
    if (!text.isEmpty()) {
      texts.add(text);
    }
    return text;
  }

  private AmfValue array(int depth) {
    int header = in29();
    if (isReference(header)) {
      return AmfValue.NULL;
    }
    Map<String, AmfValue> named = new LinkedHashMap<>();
    for (String name = text(); !name.isEmpty() && !in.hasGivenUp(); name = text()) {
      named.put(name, value(depth + 1));
    }
    List<AmfValue> items = values(header >> 1, depth);
    if (named.isEmpty()) {
      return new AmfArray(items);
    }
    for (int i = 0; i < items.size(); i++) {
      named.put(Integer.toString(i), items.get(i));
    }
    return new AmfObject(named);
  }

  private List<AmfValue> values(int count, int depth) {
    List<AmfValue> items = new ArrayList<>();
    for (int i = 0; i < count && !in.hasGivenUp(); i++) {
      items.add(value(depth + 1));
    }
    return items;
  }

  private AmfValue object(int depth) {
    int header = in29();
    if (isReference(header)) {
      return AmfValue.NULL;
    }
    Traits type = traits(header);
    if (type.externalizable) {
      if (type.name.equals(ARRAY_COLLECTION)) {
        return value(depth + 1);
      }
      in.giveUp();
      return AmfValue.NULL;
    }
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    for (String member : type.members) {
      if (in.hasGivenUp()) {
        break;
      }
      properties.put(member, value(depth + 1));
    }
    if (type.dynamic) {
      while (!in.hasGivenUp()) {
        String name = text();
        if (name.isEmpty()) {
          break;
        }
        properties.put(name, value(depth + 1));
      }
    }
    return new AmfObject(properties);
  }

  private Traits traits(int header) {
    if ((header & 2) == 0) {
      int index = header >> 2;
      if (index >= traits.size()) {
        throw in.malformed("refers to traits " + index + " of " + traits.size());
      }
      return traits.get(index);
    }
    boolean externalizable = (header & 4) != 0;
    String name = text();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < header >> 4 && !externalizable; i++) {
      if (i >= AmfInput.MAX_VALUES) {
        throw in.malformed("has more than " + AmfInput.MAX_VALUES + " members");
      }
      members.add(text());
    }
    Traits type = new Traits(name, externalizable, (header & 8) != 0, members);
    traits.add(type);
    return type;
  }

  private AmfValue vector(int itemLength) {
    int header = in29();
    if (!isReference(header)) {
      in.unsignedByte();
      in.skip((long) itemLength * (header >> 1));
    }
    return AmfValue.NULL;
  }

  private AmfValue vectorOfObjects(int depth) {
    int header = in29();
    if (isReference(header)) {
      return AmfValue.NULL;
    }
    in.unsignedByte();
    text();
    return new AmfArray(values(header >> 1, depth));
  }

  private AmfValue dictionary(int depth) {
    int header = in29();
    if (!isReference(header)) {
      in.unsignedByte();
      for (int i = 0; i < header >> 1 && !in.hasGivenUp(); i++) {
        value(depth + 1);
        value(depth + 1);
      }
    }
    return AmfValue.NULL;
  }
}
