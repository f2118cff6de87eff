/** Where should this request run, and why: pure decisions over small estimators. */
package dev.brink.routing;
