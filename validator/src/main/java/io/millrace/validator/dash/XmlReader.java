package io.millrace.validator.dash;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a document of a server that is not trusted: no document type, so neither entities of its
 * own nor other documents; a bounded number of elements, none too deep. Pure.
 */
final class XmlReader {
  private static final int MOST_ELEMENTS = 500_000;
  private static final int DEEPEST = 32;

  private final XMLStreamReader reader;
  private int elements;

  private XmlReader(XMLStreamReader reader) {
    this.reader = reader;
  }

  /**
   * The root element.
   *
   * @throws MalformedManifestException when the document is not well-formed, or too large
   */
  static Element read(byte[] body) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("refers to another document");
        });
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(body));
      try {
        return new XmlReader(reader).document();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber());
      throw new MalformedManifestException(line, "not well-formed XML: " + firstLine(e));
    }
  }

  private static String firstLine(XMLStreamException problem) {
    String words = String.valueOf(problem.getMessage());
    return words.replaceFirst("(?s)^.*\nMessage: ", "").lines().findFirst().orElse("");
  }

  private Element document() throws XMLStreamException {
    Element root = null;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.DTD) {
        throw new MalformedManifestException(line(), "has a document type");
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        root = element(1);
      }
    }
    if (root == null) {
      throw new MalformedManifestException(0, "has no element");
    }
    return root;
  }

  private Element element(int depth) throws XMLStreamException {
    if (depth > DEEPEST || ++elements > MOST_ELEMENTS) {
      throw new MalformedManifestException(line(), "too many elements, or too deep");
    }
    int line = line();
    String name = reader.getLocalName();
    String namespace = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
    }
    List<Element> children = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    while (true) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> children.add(element(depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new MalformedManifestException(line(), "refers to an entity");
        case XMLStreamConstants.END_ELEMENT -> {
          return new Element(
              name,
              namespace,
              line,
              Map.copyOf(attributes),
              List.copyOf(children),
              text.toString().strip());
        }
        default -> {
          // Comments and instructions say nothing to a player.
        }
      }
    }
  }

  private int line() {
    return Math.max(0, reader.getLocation().getLineNumber());
  }
}
