package io.millrace.http;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The networks whose word about the client's address is believed. {@code Forwarded} (RFC 7239) and
 * {@code X-Forwarded-For} are read from the right: each address was added by the hop on its right,
 * so the first one that is not itself trusted is the client. A proxy adds to one of the two fields
 * and lets the other through as the client sent it; where both are there and name two clients,
 * neither is believed.
 */
public final class TrustedProxies {
  public static final TrustedProxies NONE = new TrustedProxies(List.of());
  private static final int MAX_HOPS = 32;

  /** Fields that proxies add and clients do not. */
  private static final List<String> TRACES =
      List.of("Via", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port");

  /** The addresses whose first {@code bits} are those of {@code address}. */
  private static final class Network {
    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i % 8);
        if ((address[i / 8] & mask) != (other[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * Reads addresses and networks ({@code 10.0.0.0/8}, {@code ::1}).
   *
   * @throws IllegalArgumentException naming every entry that is neither
   */
  public static TrustedProxies parse(List<String> entries) {
    List<Network> networks = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (String entry : entries) {
      int slash = entry.indexOf('/');
      byte[] address =
          NetUtil.createByteArrayFromIpAddressString(slash < 0 ? entry : entry.substring(0, slash));
      int bits = -1;
      if (address != null) {
        bits = slash < 0 ? address.length * 8 : prefixLength(entry.substring(slash + 1));
      }
      if (address == null || bits < 0 || bits > address.length * 8) {
        wrong.add("'" + entry + "'");
      } else {
        networks.add(new Network(address, bits));
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          String.join(", ", wrong)
              + (wrong.size() == 1
                  ? " is neither an address nor a network"
                  : " are neither addresses nor networks")
              + "; write for example '10.0.0.0/8'");
    }
    return new TrustedProxies(List.copyOf(networks));
  }

  /** Who sent a request. */
  public ClientAddress clientOf(HttpServerRequest request) {
    @Nullable SocketAddress remote = request.remoteAddress();
    @Nullable String peer = remote == null ? null : remote.hostAddress();
    ClientAddress client =
        clientOf(
            peer == null ? "unknown" : peer,
            request.headers().getAll("Forwarded"),
            request.headers().getAll("X-Forwarded-For"));
    boolean direct =
        client.direct()
            && TRACES.stream().noneMatch(request.headers()::contains)
            && !hasProxyHeader(request.connection());
    return new ClientAddress(client.host(), direct);
  }

  /** Whether a request came over TLS, to us or, as a trusted proxy reports, to the proxy. */
  public boolean isSecure(HttpServerRequest request) {
    @Nullable SocketAddress remote = request.remoteAddress();
    @Nullable String peer = remote == null ? null : remote.hostAddress();
    return request.isSSL()
        || (peer != null
            && isSecure(
                peer,
                request.headers().getAll("Forwarded"),
                request.headers().getAll("X-Forwarded-Proto")));
  }

  /** Whether {@code peer} is trusted and says so; where it uses both fields, in both. */
  boolean isSecure(String peer, List<String> forwarded, List<String> forwardedProto) {
    List<String> said = new ArrayList<>();
    if (!forwarded.isEmpty()) {
      said.add(parameter(split(forwarded).getLast(), "proto").orElse(""));
    }
    if (!forwardedProto.isEmpty()) {
      said.add(split(forwardedProto).getLast());
    }
    return trusts(peer) && !said.isEmpty() && said.stream().allMatch("https"::equalsIgnoreCase);
  }

  /** Whether the address is what a PROXY protocol header says, rather than the socket. */
  private static boolean hasProxyHeader(HttpConnection connection) {
    return !Objects.equals(connection.remoteAddress(true), connection.remoteAddress(false));
  }

  /** Who sent a request that came from {@code peer} with these header fields. */
  public ClientAddress clientOf(String peer, List<String> forwarded, List<String> forwardedFor) {
    boolean direct = forwarded.isEmpty() && forwardedFor.isEmpty();
    if (direct || !trusts(peer)) {
      return new ClientAddress(peer, direct);
    }
    String byFor = client(peer, split(forwardedFor));
    String byForwarded =
        client(peer, split(forwarded).stream().map(TrustedProxies::forOf).toList());
    String named = forwarded.isEmpty() ? byFor : byForwarded;
    boolean disagree =
        !forwarded.isEmpty() && !forwardedFor.isEmpty() && !byFor.equals(byForwarded);
    return new ClientAddress(disagree ? peer : named, false);
  }

  /** The nearest address of these, from the right, that is no trusted proxy's. */
  private String client(String peer, List<String> hops) {
    String client = peer;
    for (String hop : hops.reversed().subList(0, Math.min(hops.size(), MAX_HOPS))) {
      byte[] address = NetUtil.createByteArrayFromIpAddressString(withoutPort(hop));
      if (address == null) {
        return client;
      }
      client = NetUtil.bytesToIpAddress(address);
      if (!trusts(client)) {
        return client;
      }
    }
    return client;
  }

  private boolean trusts(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    return address != null && networks.stream().anyMatch(network -> network.contains(address));
  }

  private static List<String> split(List<String> fields) {
    List<String> items = new ArrayList<>();
    for (String field : fields) {
      Collections.addAll(items, field.split(",", -1));
    }
    return items.stream().map(String::strip).toList();
  }

  private static String forOf(String element) {
    return parameter(element, "for").orElse("unknown");
  }

  /** A parameter of one element of {@code Forwarded}. */
  private static Optional<String> parameter(String element, String name) {
    for (String pair : element.split(";", -1)) {
      String trimmed = pair.strip();
      if (trimmed.regionMatches(true, 0, name + "=", 0, name.length() + 1)) {
        return Optional.of(trimmed.substring(name.length() + 1).replace("\"", ""));
      }
    }
    return Optional.empty();
  }

  /** {@code 192.0.2.1:80}, {@code [2001:db8::1]:80} and the same without ports. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      int end = hop.indexOf(']');
      return end < 0 ? hop : hop.substring(1, end);
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }

  private static int prefixLength(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Whether an address, as text, is this machine's own. */
  static boolean isLoopback(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      return false;
    }
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (java.net.UnknownHostException e) {
      return false;
    }
  }
}
