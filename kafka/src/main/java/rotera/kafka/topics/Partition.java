package rotera.kafka.topics;

/** A partition of a topic. */
public record Partition(String topic, int index) {}
