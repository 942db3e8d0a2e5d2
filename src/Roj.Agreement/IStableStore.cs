namespace Roj.Agreement;

/// <summary>What a node has saved, this life's <see cref="AgreementEffect.Save"/>s included from the moment when they were asked
/// for.</summary>
public interface IStableStore
{
    /// <summary>So much of each record is listed: enough for what was promised and taken, and for how what a register holds
    /// begins.</summary>
    const int HeadBytes = (2 * Wire.StateCodec.BallotLength) + 8 + 1 + 4 + TimedValue.HeadBytesMax;

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

    /// <summary>Lists the registers of a slot in order of their places, which are the same in each node's store.</summary>
    /// <param name="slot">Which slot: a register's key is the letter r, the slot in 2 bytes, and the name.</param>
    /// <param name="from">From which place on.</param>
    /// <param name="about">About how many; never four times as many.</param>
    /// <param name="found">Where their keys go, with the place of each and the first <see cref="HeadBytes"/> of what was saved.</param>
    /// <returns>The last place that was looked at, <see cref="Place.AtMax"/> at the end; null if something can't be read.</returns>
    ulong? Walk(ushort slot, ulong from, int about, ICollection<(ulong At, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head)> found);
}
