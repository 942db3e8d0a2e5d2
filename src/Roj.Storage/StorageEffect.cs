namespace Roj.Storage;

/// <summary>What the store asks of its host.</summary>
public abstract record StorageEffect
{
    private StorageEffect()
    {
    }

    /// <summary>A call is answered.</summary>
    /// <param name="Call">Which.</param>
    /// <param name="With">By what.</param>
    public sealed record Answer(ulong Call, StorageAnswer With) : StorageEffect
    {
        /// <summary>Whether it says that something was kept: it may be told only once that is durable.</summary>
        public bool RestsOnDisk { get; init; }
    }
}
