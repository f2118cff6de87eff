package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.rules.Restrictions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Which endpoint a path names. Every answer to a wrong path or verb is the protocol's JSON. */
final class Routes {

  /** Paths that have been found, so that they need not be taken apart again. */
  private static final int MAX_KNOWN = 1024;

  private final Map<String, Endpoint> known = new ConcurrentHashMap<>();
  private final ServerApi server;
  private final ModelApi models;
  private final InferApi infer;
  private final GenerateApi generate;
  private final RepositoryApi repository;
  private final SettingsApi settings;
  private final Restrictions restrictions;

  Routes(
      ServerApi server,
      ModelApi models,
      InferApi infer,
      GenerateApi generate,
      RepositoryApi repository,
      SettingsApi settings,
      Restrictions restrictions) {
    this.server = server;
    this.models = models;
    this.infer = infer;
    this.generate = generate;
    this.repository = repository;
    this.settings = settings;
    this.restrictions = restrictions;
  }

  void handle(Exchange exchange) {
    Endpoint endpoint = endpoint(exchange.request().path());
    if (endpoint == null) {
      Answers.error(exchange.response(), 404, "Not Found");
      return;
    }
    if (isRefused(exchange)) {
      return;
    }
    HttpMethod method = exchange.request().method();
    Consumer<Exchange> action = endpoint.actions().get(method);
    if (action == null) {
      exchange.response().putHeader(HttpHeaders.ALLOW, endpoint.allowed());
      Answers.error(exchange.response(), 405, "Method Not Allowed");
      return;
    }
    try {
      action.accept(exchange);
    } catch (InferenceException refused) {
      exchange.fail(refused);
    }
  }

  /** Answers callers who do not know the secret that they would need. */
  private boolean isRefused(Exchange exchange) {
    if (!restrictions.exist()) {
      return false;
    }
    Optional<String> missing =
        restrictions.missing(
            ApiPaths.group(decoded(segments(exchange.request().path()))),
            exchange.request()::getHeader);
    if (missing.isPresent()) {
      UnreadBody.refuse(
          exchange,
          new InferenceError.Forbidden(
              "This API is restricted, expecting header '" + missing.get() + "'"));
    }
    return missing.isPresent();
  }

  /** The endpoint, or null where there is none. */
  private Endpoint endpoint(String path) {
    if (path == null || !path.startsWith("/v2")) {
      return null;
    }
    Endpoint endpoint = known.get(path);
    if (endpoint == null) {
      endpoint = find(path);
      if (endpoint != null && known.size() < MAX_KNOWN) {
        known.put(path, endpoint);
      }
    }
    return endpoint;
  }

  private Endpoint find(String path) {
    List<String> segments = segments(path);
    if (segments.size() > 1 && segments.get(1).equals("repository")) {
      return inRepository(segments.subList(2, segments.size()));
    }
    return segments.contains("") ? null : find(segments);
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  /** The endpoint, or null where there is none. */
  private Endpoint find(List<String> segments) {
    List<String> behind = segments.subList(Math.min(2, segments.size()), segments.size());
    if (!segments.get(0).equals("v2")) {
      return null;
    }
    if (segments.size() == 1) {
      return Endpoint.get(server::metadata);
    }
    return switch (segments.get(1)) {
      case "health" -> health(behind);
      case "models" -> model(behind);
      case "logging" -> behind.isEmpty() ? logging() : null;
      case "systemsharedmemory" -> SharedMemoryApi.find("system", behind);
      case "cudasharedmemory" -> SharedMemoryApi.find("cuda", behind);
      case "trace" -> behind.equals(List.of("setting")) ? trace() : null;
      default -> null;
    };
  }

  private Endpoint logging() {
    return Endpoint.getOrPost(settings::logging, settings::changeLogging);
  }

  private Endpoint trace() {
    return Endpoint.getOrPost(settings::trace, settings::changeTrace);
  }

  /** A model's name may hold slashes here, so that what leads elsewhere is refused as such. */
  private Endpoint inRepository(List<String> behind) {
    if (behind.equals(List.of("index"))) {
      return Endpoint.post(repository::index);
    }
    int last = behind.size() - 1;
    boolean models = last >= 2 && behind.get(0).equals("models");
    String name = models ? decode(String.join("/", behind.subList(1, last))) : "";
    return switch (behind.isEmpty() ? "" : behind.get(last)) {
      case "load" -> inRepository(models, exchange -> repository.load(exchange, name));
      case "unload" -> inRepository(models, exchange -> repository.unload(exchange, name));
      case "index" -> Endpoint.post(RepositoryApi::unsupported);
      default -> null;
    };
  }

  private static Endpoint inRepository(boolean ours, Consumer<Exchange> action) {
    return Endpoint.post(ours ? action : RepositoryApi::unsupported);
  }

  private Endpoint health(List<String> behind) {
    return switch (String.join("/", behind)) {
      case "live" -> Endpoint.get(server::live);
      case "ready" -> Endpoint.get(server::ready);
      default -> null;
    };
  }

  private Endpoint model(List<String> behind) {
    if (behind.isEmpty()) {
      return Endpoint.get(models::list);
    }
    if (behind.equals(List.of("stats"))) {
      return Endpoint.get(models::statistics);
    }
    ModelPath path = ModelPath.of(decoded(behind));
    return path == null ? null : model(path);
  }

  private Endpoint model(ModelPath path) {
    return switch (path.action()) {
      case "" -> Endpoint.get(exchange -> models.metadata(exchange, path));
      case "ready" -> Endpoint.get(exchange -> models.ready(exchange, path));
      case "infer" -> Endpoint.post(exchange -> infer.handle(exchange, path));
      case "generate" -> Endpoint.post(exchange -> generate.generate(exchange, path));
      case "generate_stream" -> Endpoint.post(exchange -> generate.stream(exchange, path));
      case "config" -> Endpoint.get(exchange -> models.config(exchange, path));
      case "stats" -> Endpoint.get(exchange -> models.statistics(exchange, path));
      case "trace/setting" -> path.version().isEmpty() ? trace() : null;
      default -> null;
    };
  }

  private static List<String> decoded(List<String> segments) {
    return segments.stream().map(Routes::decode).toList();
  }

  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return segment;
    }
  }
}
