package dev.brink.telemetry;

/**
 * The keys of log events, for SLF4J's {@code addKeyValue}. Contents of requests are never logged.
 */
public final class LogKeys {

  public static final String REQUEST_ID = "request_id";
  public static final String MODEL = "model";
  public static final String VERSION = "version";
  public static final String ROUTE = "route";
  public static final String REASON = "reason";
  public static final String NODE = "node";
  public static final String ERROR = "error";
  public static final String STATUS = "status";

  private LogKeys() {}
}
