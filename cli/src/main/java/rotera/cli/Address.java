package rotera.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the server is: two options that most commands have. */
final class Address {
    static final String DEFAULT_PORT = "8245";
    static final String DEFAULT_HOST = "127.0.0.1";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = DEFAULT_PORT,
            converter = WholeNumber.PortConverter.class,
            description = "Port of the server (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = DEFAULT_HOST,
            description = "Host of the server (default: ${DEFAULT-VALUE}).")
    private String host;

    /** Opens a queue wherever it is. */
    Access open(Target target, boolean toWrite) {
        return switch (target) {
            case Target.OnServer(long number) -> Connection.open(host, port, number);
            case Target.InFile file -> {
                refuseServerOptions(file);
                yield FileAccess.open(file.path(), toWrite);
            }
        };
    }

    private void refuseServerOptions(Target.InFile file) {
        for (String name : new String[] {"--port", "--host"}) {
            if (command.commandLine().getParseResult().hasMatchedOption(name)) {
                throw new ParameterException(
                        command.commandLine(),
                        name
                                + " makes no sense with the file "
                                + file.path()
                                + ": leave it out,"
                                + " or name the queue by its number");
            }
        }
    }
}
