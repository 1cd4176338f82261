package io.millrace.packager.dash;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Reads manifests as a player does, strictly: what it does not know fails. */
public final class ManifestReader {
  /** One file that a manifest names, and where on the wall clock it is placed. */
  public record Listed(
      String period,
      String representation,
      String header,
      String address,
      String set,
      boolean startsWithKeyFrames,
      long bandwidth,
      long number,
      long ticks,
      long duration,
      int timescale,
      Instant date) {}

  public final Element root;
  public final List<Listed> segments = new ArrayList<>();

  private ManifestReader(Element root) {
    this.root = root;
    Instant zero =
        root.hasAttribute("availabilityStartTime")
            ? Instant.parse(root.getAttribute("availabilityStartTime"))
            : Instant.EPOCH;
    for (Element period : children(root, "Period")) {
      Instant start = zero.plus(Duration.parse(period.getAttribute("start")));
      for (Element set : children(period, "AdaptationSet")) {
        for (Element representation : children(set, "Representation")) {
          template(period, start, set, representation);
        }
      }
    }
  }

  public static ManifestReader read(String manifest) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Element root =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    return new ManifestReader(root);
  }

  public List<Element> periods() {
    return children(root, "Period");
  }

  public static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getLocalName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }

  private void template(Element period, Instant start, Element set, Element representation) {
    Element template = children(representation, "SegmentTemplate").getFirst();
    int timescale = Integer.parseInt(template.getAttribute("timescale"));
    long offset = Long.parseLong(template.getAttribute("presentationTimeOffset"));
    long number = Long.parseLong(template.getAttribute("startNumber"));
    long ticks = -1;
    Element timeline = children(template, "SegmentTimeline").getFirst();
    for (Element s : children(timeline, "S")) {
      ticks = s.hasAttribute("t") ? Long.parseLong(s.getAttribute("t")) : ticks;
      if (ticks < 0) {
        throw new IllegalArgumentException("the first S has no t");
      }
      long lasts = Long.parseLong(s.getAttribute("d"));
      int repeated = s.hasAttribute("r") ? Integer.parseInt(s.getAttribute("r")) : 0;
      for (int i = 0; i <= repeated; i++) {
        segments.add(
            new Listed(
                period.getAttribute("id"),
                representation.getAttribute("id"),
                template.getAttribute("initialization"),
                template.getAttribute("media").replace("$Number$", Long.toString(number)),
                set.getAttribute("id"),
                set.getAttribute("startWithSAP").equals("1"),
                Long.parseLong(representation.getAttribute("bandwidth")),
                number,
                ticks,
                lasts,
                timescale,
                start.plusNanos(Math.round((ticks - offset) * 1e9 / timescale))));
        ticks += lasts;
        number++;
      }
    }
  }
}
