package rotera.kafka.wire;

/** Bytes of a field that are written at the last moment, from where they lie. */
public interface Records {
    int bytes();

    void writeTo(Bytes output);
}
