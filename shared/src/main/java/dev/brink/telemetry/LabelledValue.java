package dev.brink.telemetry;

import java.util.Map;

/** One line of a gauge whose lines come and go. */
public record LabelledValue(Map<String, String> labels, double value) {}
