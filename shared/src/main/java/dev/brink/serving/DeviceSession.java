package dev.brink.serving;

/**
 * A model's session on one device, which the instances on that device share.
 *
 * @param opener opens another on the same device
 */
record DeviceSession(Executable session, InstanceSlot.Opener opener) {}
