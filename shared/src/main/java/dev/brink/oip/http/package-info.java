/** The Open Inference Protocol over HTTP: routes, bodies, answers, the mapping of errors. */
package dev.brink.oip.http;
