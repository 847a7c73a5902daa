module rotera.queue {
    requires static org.jspecify;
}
