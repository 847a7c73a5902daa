package rotera.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rotera completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script with which a shell completes commands and options.",
        footer = {
            "",
            "Examples:",
            "  source <(rotera completion bash)          for this shell",
            "  rotera completion bash > ~/.local/share/bash-completion/completions/rotera",
            "  rotera completion zsh > ~/.rotera-completion; echo '. ~/.rotera-completion' >> ~/.zshrc"
        })
final class CompletionCommand implements Runnable {
    /** One script serves both: it asks which shell reads it. */
    private enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private Shell shell;

    @Override
    public void run() {
        System.out.println("# How " + shell + " completes rotera: to be read with source.");
        System.out.print(AutoComplete.bash("rotera", Main.withAllCommands()));
    }
}
