namespace Roj.Agreement;

/// <summary>What a node has saved, this life's <see cref="AgreementEffect.Save"/>s included from the moment when they were asked
/// for.</summary>
public interface IStableStore
{
    /// <summary>So many bytes of each record are listed: enough to tell what was taken last, and if that was a deletion.</summary>
    const int HeadBytes = (2 * Wire.StateCodec.BallotLength) + 8 + 1 + 1;

    /// <summary>Finds a record; what it returns does not change any more.</summary>
    /// <param name="key">Under which key it was saved.</param>
    /// <param name="value">What was saved.</param>
    Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value);

    /// <summary>Lists the records of a slot's registers, and perhaps others; in any order. What was there throughout is listed at least
    /// once.</summary>
    /// <param name="slot">Which slot: a register's key is the letter r, the slot in 2 bytes, and the name.</param>
    /// <param name="cursor">Where to go on; zero at the beginning.</param>
    /// <param name="about">About how many at once; never four times as many.</param>
    /// <param name="found">Where they go.</param>
    /// <returns>Where to go on, zero at the end; null if some can't be read, and may be lacking.</returns>
    UInt128? List(ushort slot, UInt128 cursor, int about, ICollection<StoredHead> found);
}
