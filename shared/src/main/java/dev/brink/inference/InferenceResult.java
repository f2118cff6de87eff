package dev.brink.inference;

/** What a request comes to when nothing went wrong: an answer now, or the promise of one. */
public sealed interface InferenceResult permits InferenceResponse, Deferral {}
