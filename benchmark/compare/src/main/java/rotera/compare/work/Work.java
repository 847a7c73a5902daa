package rotera.compare.work;

/** Work for a contender that has started; checks that every message comes back, and measures. */
interface Work {
    void run(Stage stage) throws Exception;
}
