/** Pure maths of overload and failure: owns no thread and no timer, time comes in as a Ticker. */
package dev.brink.resilience;
