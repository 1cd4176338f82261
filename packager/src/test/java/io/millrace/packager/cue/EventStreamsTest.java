package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.in;
import static io.millrace.packager.cue.CueFixture.nanos;
import static io.millrace.packager.cue.CueFixture.out;
import static io.millrace.packager.cue.CueFixture.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueSignal;
import io.millrace.media.cue.CueTime;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class EventStreamsTest {
  private final CuePoints points = CueFixture.points();
  private final CueSignals signals = new CueSignals(points);

  @Test
  void saysTheSectionsAtTheirTimesInThePeriod() throws Exception {
    CueSignal out = signal(6, out(7, 10, 30, false));
    CueSignal in = signal(30, in(7, 34.5));
    signals.receive(out);
    points.advance(nanos(12));
    signals.receive(in);
    points.advance(nanos(36));

    List<Element> events = events(nanos(8), Long.MAX_VALUE);

    assertThat(events)
        .extracting(e -> e.getAttribute("presentationTime"))
        .containsExactly("2000", "26500");
    assertThat(events).extracting(e -> e.getAttribute("duration")).containsExactly("30000", "0");
    assertThat(events).extracting(e -> e.getAttribute("id")).doesNotHaveDuplicates();
    assertThat(events)
        .allSatisfy(
            event -> {
              Element stream = (Element) event.getParentNode();
              assertThat(stream.getAttribute("schemeIdUri"))
                  .isEqualTo("urn:scte:scte35:2014:xml+bin");
              assertThat(stream.getAttribute("timescale")).isEqualTo("1000");
              assertThat(binary(event).getNamespaceURI())
                  .isEqualTo("http://www.scte.org/schemas/35/2016");
            });
    assertThat(Base64.getDecoder().decode(binary(events.getFirst()).getTextContent()))
        .isEqualTo(out.bytes().getBytes());
    assertThat(Base64.getDecoder().decode(binary(events.getLast()).getTextContent()))
        .isEqualTo(in.bytes().getBytes());
    assertThat(events(nanos(8), nanos(34.5))).hasSize(1);
    assertThat(EventStreams.of(points.listed(), nanos(35), Long.MAX_VALUE)).isEmpty();
  }

  /** What an event says stays, however the cue point goes on. */
  @Test
  void anEventNeverChanges() throws Exception {
    signals.receive(signal(6, out(7, 10, 30, true)));
    points.advance(nanos(9));
    String announced = EventStreams.of(points.listed(), 0, Long.MAX_VALUE);
    points.advance(nanos(50));

    assertThat(EventStreams.of(points.listed(), 0, Long.MAX_VALUE)).isEqualTo(announced);
  }

  @Test
  void saysAttributesAsJson() throws Exception {
    String text = "a < b & \"c\"".replace('"', '\'');
    points.announce(
        CueRequest.of(
                "goal", Kind.MARK, new CueTime.Media(nanos(3)), Optional.of(Duration.ofSeconds(2)))
            .with("com.example.<goal>", Map.of("X-WHO", new CueAttribute.Text(text))));

    List<Element> events = events(0, Long.MAX_VALUE);

    Element event = events.getFirst();
    assertThat(((Element) event.getParentNode()).getAttribute("value"))
        .isEqualTo("com.example.<goal>");
    assertThat(event.getAttribute("duration")).isEqualTo("2000");
    assertThat(new JsonObject(event.getTextContent()))
        .isEqualTo(new JsonObject().put("ID", "goal").put("X-WHO", text));
  }

  private List<Element> events(long from, long until) throws Exception {
    String xml = "<Period>" + EventStreams.of(points.listed(), from, until) + "</Period>";
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    NodeList found =
        factory
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(xml)))
            .getElementsByTagName("Event");
    List<Element> events = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      events.add((Element) found.item(i));
    }
    return events;
  }

  private static Element binary(Element event) {
    return (Element) event.getElementsByTagName("Binary").item(0);
  }
}
