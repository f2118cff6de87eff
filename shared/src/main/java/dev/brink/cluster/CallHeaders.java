package dev.brink.cluster;

import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.RequestContext;
import io.vertx.core.MultiMap;
import java.time.Duration;

/** What travels beside a request on the bus. A time left travels, never an instant. */
public final class CallHeaders {

  private static final String CALL = "call";
  private static final String TIME_LEFT = "time-left-us";
  private static final String PRIORITY = "priority";
  private static final String TENANT = "tenant";
  private static final String TRACE = "traceparent";
  private static final String KEY = "idempotency-key";
  private static final Duration LONGEST = Duration.ofHours(1);

  private CallHeaders() {}

  static MultiMap of(String call, RequestContext context, Duration timeLeft) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add(CALL, call).add(TIME_LEFT, Long.toString(timeLeft.toNanos() / 1000));
    if (context.priority() != 0) {
      headers.add(PRIORITY, Integer.toString(context.priority()));
    }
    addText(headers, TENANT, context.tenant());
    addText(headers, TRACE, context.traceparent());
    addText(headers, KEY, context.idempotencyKey());
    return headers;
  }

  /** The name under which this call can be cancelled; empty for none. */
  public static String call(MultiMap headers) {
    return text(headers, CALL);
  }

  /** The node that called; empty where it does not say. */
  public static String sender(MultiMap headers) {
    String call = call(headers);
    return call.substring(0, Math.max(0, call.lastIndexOf('#')));
  }

  /**
   * The context of the request that came with {@code headers}.
   *
   * @throws IllegalArgumentException where the time left or the priority is no number
   */
  public static RequestContext context(MultiMap headers, Cancellation cancellation, long nowNanos) {
    Duration timeLeft = Duration.ofNanos(number(headers, TIME_LEFT, 0) * 1000);
    Duration bounded = timeLeft.compareTo(LONGEST) < 0 ? timeLeft : LONGEST;
    return new RequestContext(
        Deadline.after(bounded, nowNanos),
        (int) number(headers, PRIORITY, 0),
        text(headers, TENANT),
        text(headers, TRACE),
        text(headers, KEY),
        cancellation);
  }

  private static void addText(MultiMap headers, String name, String value) {
    if (!value.isEmpty()) {
      headers.add(name, value);
    }
  }

  private static String text(MultiMap headers, String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  private static long number(MultiMap headers, String name, long otherwise) {
    String value = headers.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }
}
