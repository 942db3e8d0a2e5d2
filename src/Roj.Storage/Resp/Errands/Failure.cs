using Roj.Agreement;

namespace Roj.Storage.Resp.Errands;

/// <summary>How a client is told that something could not be done: <c>-ERR</c>, <c>-NOSERVER</c>, <c>-NOQUORUM</c>, <c>-FENCED</c> and
/// <c>-FULL</c> only if it surely was not.</summary>
internal static class Failure
{
    /// <summary>Says why.</summary>
    public static void Write(RespWriter writer, StorageAnswer.Failed failed)
    {
        var word = failed.Applied switch
        {
            Applied.No when failed.Fault is StorageFault.NoServer => "NOSERVER",
            Applied.No when failed.Fault is StorageFault.Full => "FULL",
            Applied.No when failed.Fault is StorageFault.NoQuorum => "NOQUORUM",
            Applied.No when failed.Fault is StorageFault.Fenced => "FENCED",
            Applied.No => "ERR",
            Applied.Yes => "APPLIED",
            _ => "UNKNOWN",
        };
        writer.Error($"{word} {Sentence(failed)}");
    }

    /// <summary>What a command with several keys is answered if one of them failed.</summary>
    /// <param name="failed">The first that did.</param>
    /// <param name="isPart">Whether others were written nevertheless.</param>
    public static StorageAnswer.Failed OfMany(StorageAnswer.Failed failed, bool isPart) =>
        !isPart || failed.Applied is not Applied.No
            ? failed
            : failed with { Applied = Applied.Unknown, Sentence = $"a part of the keys was written, then: {Sentence(failed)}" };

    // Where Redis has words for it, clients may look for them.
    private static string Sentence(StorageAnswer.Failed failed) => failed.Fault switch
    {
        StorageFault.NotANumber => "value is not an integer or out of range",
        StorageFault.Overflow => "increment or decrement would overflow",
        StorageFault.TooLarge => "string exceeds maximum allowed size (proto-max-bulk-len)",
        _ => failed.Sentence,
    };
}
