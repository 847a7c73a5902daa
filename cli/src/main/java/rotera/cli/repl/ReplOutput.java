package rotera.cli.repl;

/** Where a {@link Repl} puts what it says: a terminal, or the two standard streams. */
interface ReplOutput {

    /** What was asked for. */
    void answer(String line);

    /** Good to know, but no script wants it among the answers. */
    void notice(String line);

    /** A command failed. */
    void error(String line);

    /** A message of a queue, with something in front of it. */
    void message(String prefix, byte[] message);

    /** Shows everything so far, before somebody waits. */
    void flush();
}
