namespace Roj.Agreement;

/// <summary>What a node has saved, this life's <see cref="AgreementEffect.Save"/>s included from the moment when they were asked
/// for.</summary>
public interface IStableStore
{
    /// <summary>Finds a record; what it returns does not change any more.</summary>
    /// <param name="key">Under which key it was saved.</param>
    /// <param name="value">What was saved.</param>
    Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value);

    /// <summary>Lists keys, in any order; what was there throughout is listed at least once.</summary>
    /// <param name="cursor">Where to go on; zero at the beginning.</param>
    /// <param name="max">How many at most are looked at.</param>
    /// <param name="keys">Where the keys go.</param>
    /// <returns>Where to go on, zero at the end; null if some can't be read, and may be lacking.</returns>
    UInt128? List(UInt128 cursor, int max, ICollection<ReadOnlyMemory<byte>> keys);
}
