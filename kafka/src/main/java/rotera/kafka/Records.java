package rotera.kafka;

/** Bytes of a field that are written at the last moment, from where they lie. */
interface Records {
    int bytes();

    void writeTo(Bytes output);
}
