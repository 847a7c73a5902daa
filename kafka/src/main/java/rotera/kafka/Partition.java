package rotera.kafka;

/** A partition of a topic. */
record Partition(String topic, int index) {}
