package rotera.cli.command;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import rotera.cli.text.CommandException;

/** The settings of a server in a file: its options without the dashes. */
public final class ServerSettings {
    private static final Set<String> OTHER_OPTIONS = Set.of("config", "help", "version");

    private final Path file;
    private final Map<String, String> settings = new TreeMap<>();

    private ServerSettings(Path file) {
        this.file = file;
    }

    public static ServerSettings read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new CommandException("there is no file " + file + ": check --config", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(
                    "cannot read the settings in " + file + ": " + e.getMessage(), e);
        }
        ServerSettings result = new ServerSettings(file);
        properties.forEach((key, value) -> result.add((String) key, ((String) value).strip()));
        return result;
    }

    private void add(String key, String value) {
        if (!known().contains(key)) {
            throw new CommandException(
                    "%s: there is no setting '%s', only %s"
                            .formatted(file, key, String.join(", ", known())));
        }
        try {
            new CommandLine(new ServerCommand()).parseArgs("--" + key + "=" + value);
        } catch (ParameterException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new CommandException(
                    "%s: %s=%s: %s".formatted(file, key, value, reason.getMessage()), e);
        }
        settings.put(key, value);
    }

    public static Set<String> known() {
        return new CommandLine(new ServerCommand())
                .getCommandSpec().options().stream()
                        .map(option -> option.longestName().replaceFirst("^--", ""))
                        .filter(name -> !OTHER_OPTIONS.contains(name))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As options of the command line, without those that are given there: these win. */
    public List<String> asOptions(CommandLine.ParseResult given) {
        return settings.entrySet().stream()
                .filter(setting -> !given.hasMatchedOption("--" + setting.getKey()))
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
