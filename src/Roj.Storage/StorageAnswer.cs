using Roj.Agreement;

namespace Roj.Storage;

/// <summary>What a store answers to a <see cref="StorageCall"/>.</summary>
public abstract record StorageAnswer
{
    private StorageAnswer()
    {
    }

    /// <summary>A key holds this; or held it, before what was asked for was done.</summary>
    /// <param name="Data">What; null for nothing.</param>
    /// <param name="ExpiresAt">When it ends, or would have ended, in milliseconds since 1970 (UTC); null for never.</param>
    /// <param name="IsApplied">Whether what was asked for was done; true of a reading.</param>
    public sealed record Value(ReadOnlyMemory<byte>? Data, long? ExpiresAt = null, bool IsApplied = true) : StorageAnswer
    {
        /// <summary>At which version the key is, in <c>quorum</c> mode; 0 if it never was written, or that is not known.</summary>
        public ulong Version { get; init; }

        /// <summary>Of a key that is not there.</summary>
        public static Value Nothing { get; } = new(null, null);
    }

    /// <summary>It was decided on.</summary>
    /// <param name="IsApplied">Whether it was done: what had to hold for it did.</param>
    public sealed record Done(bool IsApplied) : StorageAnswer
    {
        /// <summary>At which version the key is by it, or was when what had to hold did not, in <c>quorum</c> mode; 0 if that is not
        /// known.</summary>
        public ulong Version { get; init; }

        /// <summary>It was done.</summary>
        public static Done Yes { get; } = new(true);

        /// <summary>It was not done, and that is no fault.</summary>
        public static Done No { get; } = new(false);
    }

    /// <summary>A sum, a length, or how many keys there are.</summary>
    /// <param name="Result">Which.</param>
    public sealed record Number(long Result) : StorageAnswer;

    /// <summary>Some of the keys.</summary>
    /// <param name="Next">The cursor to go on with; 0 at the end.</param>
    /// <param name="Names">What they are called.</param>
    public sealed record Keys(ulong Next, IReadOnlyList<ReadOnlyMemory<byte>> Names) : StorageAnswer;

    /// <summary>It could not be done.</summary>
    /// <param name="Fault">Why not.</param>
    /// <param name="Sentence">Why not, for people: one line that ends without a full stop.</param>
    /// <param name="Applied">Whether it changed anything nevertheless.</param>
    public sealed record Failed(StorageFault Fault, string Sentence, Applied Applied) : StorageAnswer;
}
