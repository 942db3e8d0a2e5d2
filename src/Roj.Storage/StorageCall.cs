using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Storage;

/// <summary>One thing that a store is asked for. What it writes must not change any more.</summary>
/// <remarks>A key whose time to live is over is not there.</remarks>
public abstract record StorageCall
{
    private Terms? terms; // few calls have any, and many are under way

    private StorageCall()
    {
    }

    /// <summary>Whether it changes anything.</summary>
    public abstract bool IsWrite { get; }

    /// <summary>By which right it changes a key; null for none in particular. In <c>quorum</c> mode only.</summary>
    public Fence? Fence
    {
        get => terms?.Fence;
        init => terms = value is null ? terms : (terms ?? new Terms()) with { Fence = value };
    }

    /// <summary>At which version the key must be for it; null if at any. In <c>quorum</c> mode only.</summary>
    public ulong? AtVersion
    {
        get => terms?.AtVersion;
        init => terms = value is null ? terms : (terms ?? new Terms()) with { AtVersion = value };
    }

    /// <summary>By which id it is told from all other changes, so that it is made once however often it is asked for; null for one that is
    /// asked for once. In <c>quorum</c> mode only.</summary>
    public ChangeId? Request
    {
        get => terms?.Request;
        init => terms = value is null ? terms : (terms ?? new Terms()) with { Request = value };
    }

    /// <summary>If it may have been asked for before: at which version of the key at the earliest, 0 if that is not known; null if it
    /// surely has not.</summary>
    public ulong? TriedSince
    {
        get => terms?.TriedSince;
        init => terms = value is null ? terms : (terms ?? new Terms()) with { TriedSince = value };
    }

    /// <summary>Whether it can be carried out only where each key is a register.</summary>
    internal bool NeedsRegisters => terms is not null;

    /// <summary>The one key that it is about; null if it is about a whole database.</summary>
    public virtual StorageKey? Subject => null;

    /// <summary>What does a key hold? Answered by <see cref="StorageAnswer.Value"/>.</summary>
    /// <param name="Key">Which.</param>
    public sealed record Read(StorageKey Key) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => false;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>A key is to hold this. Answered by <see cref="StorageAnswer.Done"/>: whether the condition was met; if it returns the old
    /// value, by <see cref="StorageAnswer.Value"/>.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="Value">What, at most <see cref="StorageLimits.ValueBytesMax"/> bytes.</param>
    /// <param name="Condition">What must hold for it.</param>
    /// <param name="Expiry">For how long.</param>
    /// <param name="ReturnsOld">Whether to answer what it held before.</param>
    public sealed record Write(
        StorageKey Key,
        ReadOnlyMemory<byte> Value,
        WriteCondition Condition = WriteCondition.Always,
        Expiry Expiry = default,
        bool ReturnsOld = false) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>A key is to hold nothing. Answered by <see cref="StorageAnswer.Done"/>: whether it was there; if it returns the old value,
    /// by <see cref="StorageAnswer.Value"/>.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="ReturnsOld">Whether to answer what it held before.</param>
    public sealed record Delete(StorageKey Key, bool ReturnsOld = false) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>A key is to live until another time. Answered by <see cref="StorageAnswer.Done"/>: whether it was there, the condition was
    /// met and, if it is to live for ever, it had a time to live; if it returns the value, by <see cref="StorageAnswer.Value"/>.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="At">Until when, in milliseconds since 1970 (UTC): a time that is over deletes the key. Null: for ever.</param>
    /// <param name="Condition">What must hold for it; several must hold together.</param>
    /// <param name="ReturnsValue">Whether to answer what it holds.</param>
    public sealed record Expire(
        StorageKey Key, long? At, ExpireCondition Condition = ExpireCondition.Always, bool ReturnsValue = false) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>This is to be added to the number that a key holds in decimal digits; none counts as 0. The time to live stays. Answered by
    /// <see cref="StorageAnswer.Number"/>: the sum.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="Delta">How much.</param>
    public sealed record Add(StorageKey Key, long Delta) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>This is to stand behind what a key holds; none counts as empty. The time to live stays. Answered by
    /// <see cref="StorageAnswer.Number"/>: how many bytes it holds afterwards.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="Tail">What.</param>
    public sealed record Append(StorageKey Key, ReadOnlyMemory<byte> Tail) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;

        /// <inheritdoc/>
        public override StorageKey? Subject => Key;
    }

    /// <summary>Which keys are there? Answered by <see cref="StorageAnswer.Keys"/>. Whoever goes on until the cursor is 0 misses no key
    /// that was there throughout; he may hear of one twice.</summary>
    /// <param name="Database">In which database.</param>
    /// <param name="Cursor">From where on: 0 for the beginning, or what the last answer said.</param>
    /// <param name="Batch">About how many keys to look at, at least 1.</param>
    /// <param name="Pattern">What their names are to match (<see cref="Resp.Glob"/>), at most
    /// <see cref="StorageLimits.PatternBytesMax"/> bytes; null for all.</param>
    public sealed record List(int Database, ulong Cursor, int Batch, ReadOnlyMemory<byte>? Pattern = null) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => false;
    }

    /// <summary>How many keys are there? Answered by <see cref="StorageAnswer.Number"/>.</summary>
    /// <param name="Database">In which database.</param>
    public sealed record Count(int Database) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => false;
    }

    /// <summary>A key, whichever. Answered by <see cref="StorageAnswer.Keys"/> with one name, or none if there are no keys.</summary>
    /// <param name="Database">In which database.</param>
    public sealed record AnyKey(int Database) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => false;
    }

    /// <summary>All keys are to be deleted, one by one. Answered by <see cref="StorageAnswer.Done"/>.</summary>
    /// <param name="Database">In which database.</param>
    public sealed record Clear(int Database) : StorageCall
    {
        /// <inheritdoc/>
        public override bool IsWrite => true;
    }

    private sealed record Terms(
        Fence? Fence = null, ulong? AtVersion = null, ChangeId? Request = null, ulong? TriedSince = null);
}
