package rotera.compare.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rotera.compare.contender.Contender;

/**
 * Resident memory of a server's processes, or of this one with a library in it.
 *
 * @param anonymousBytes heap, code and buffers, shared memory too
 * @param fileBytes pages of files, which the kernel takes back when it needs them
 */
record Memory(long anonymousBytes, long fileBytes) {

    static Memory of(Contender contender) throws IOException {
        List<ProcessHandle> processes = contender.processes();
        if (processes.isEmpty()) return of(ProcessHandle.current());
        long anonymous = 0;
        long file = 0;
        for (ProcessHandle process : processes) {
            Memory one = of(process);
            anonymous += one.anonymousBytes;
            file += one.fileBytes;
        }
        return new Memory(anonymous, file);
    }

    private static Memory of(ProcessHandle process) throws IOException {
        List<String> status =
                Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"));
        return new Memory(
                bytes(status, "RssAnon:") + bytes(status, "RssShmem:"), bytes(status, "RssFile:"));
    }

    private static long bytes(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }
}
