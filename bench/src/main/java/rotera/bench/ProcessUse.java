package rotera.bench;

/**
 * What a process used over a while.
 *
 * @param cores processor time per time: 2 is two cores busy throughout
 * @param ownBytes most resident memory that was seen, mapped files not counted
 * @param mappedFileBytes most resident pages of mapped files that were seen
 */
public record ProcessUse(double cores, long ownBytes, long mappedFileBytes) {

    static ProcessUse between(
            ProcessFigures begin, ProcessFigures end, ProcessFigures most, long nanos) {
        return new ProcessUse(
                (double) (end.processorNanos() - begin.processorNanos()) / nanos,
                most.ownBytes(),
                most.mappedFileBytes());
    }
}
