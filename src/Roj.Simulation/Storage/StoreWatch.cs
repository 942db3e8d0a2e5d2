using System.Globalization;
using System.Text;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Swarms;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Simulation.Storage;

/// <summary>Sees all that is asked, answered and kept in a run, and says so where it can't be right.</summary>
internal sealed class StoreWatch(StoreTown town)
{
    // From the first who sees somebody of the other half to the last.
    private static readonly TimeSpan halfMeets = TimeSpan.FromSeconds(1);

    private readonly List<StoreOperation> operations = [];
    private readonly SortedDictionary<StorageKey, List<StoreOperation>> byKey = [];
    private readonly SortedSet<NodeId> throwing = [];
    private int wipes;
    private Instant calmSince;
    private Instant? met;

    public Sights Sights { get; } = new();

    /// <summary>Whether nothing is wrong just now: no machine is down, no wire cut, all know of each other.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>The keys of which anything was asked.</summary>
    public IEnumerable<StorageKey> Keys => byKey.Keys;

    public IReadOnlyList<StoreOperation> Operations => operations;

    public IReadOnlyList<StoreOperation> Of(StorageKey key) => byKey.TryGetValue(key, out var some) ? some : [];

    /// <summary>What a write of somebody's holds.</summary>
    public static byte[] ValueOf(int operation, int length) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{operation};").PadRight(length, 'x'));

    public void Begin(StoreOperation operation)
    {
        operations.Add(operation);
        if (!byKey.TryGetValue(operation.Key, out var some))
            byKey.Add(operation.Key, some = []);
        some.Add(operation);
    }

    public StoreOperation New(StoreCallKind kind, StorageKey key, StoreNode node) =>
        new(operations.Count, kind, key, node, town.World.Now, IsCalm && SeesAll(node));

    /// <summary>Whether a node knows of all others, and where the copies are.</summary>
    public bool SeesAll(StoreNode node) =>
        node.Store?.Map is not null && town.Nodes.All(other => other == node || !other.IsAble || node.Here.Contains(other.Identity));

    /// <summary>From now on all is well, or not.</summary>
    public void BeCalm(bool isCalm)
    {
        (IsCalm, calmSince) = (isCalm, town.World.Now);
        foreach (var operation in operations.Where(one => one.End is null))
            operation.IsCalm = false;
    }

    public void Wiped() => wipes++;

    /// <summary>A node has looked around: two halves have met when the first of one sees the first of the other.</summary>
    public void Looked(StoreNode node)
    {
        if (met is null && town.Sides is { } sides
            && town.Nodes.Any(other => sides[other.Index] != sides[node.Index] && node.Here.Contains(other.Identity)))
            met = town.World.Now;
    }

    public void Hears(StoreNode node, StorageEvent what)
    {
        town.World.Trace.Comment(node, "store.event", what);
        Sights.Saw(what switch
        {
            StorageEvent.Mapped => "another map",
            StorageEvent.Hinting => "hints are kept",
            StorageEvent.HintsDelivered => "hints are delivered",
            StorageEvent.Repaired => "a copy is repaired",
            StorageEvent.Damaged => "a copy can't be read",
            StorageEvent.HandedOn => "a slot is handed on",
            StorageEvent.Buried { Keys: > 0 } => "tombstones are dropped",
            StorageEvent.Emptied => "who was done without throws away what he had",
            _ => "something else",
        });
        // Who is barred throws away what he had from now on.
        var isThrown = node.Store?.Map?.IsBarred(node.Identity) is true && throwing.Add(node.Identity);
        if (what is StorageEvent.Emptied)
            throwing.Remove(node.Identity);
        if (what is StorageEvent.Damaged || isThrown)
            wipes++; // a copy that can't be read is none: whatever comes takes its place
        if (node.Store is { } store && store.Hints > (long)town.Setup.HintsMax * node.Life)
            throw new BrokenInvariantException($"6: {node.Name} has {store.Hints} hints, more than {town.Setup.HintsMax} in each life");
    }

    /// <summary>A version is kept somewhere, as a copy or as a hint.</summary>
    public void Kept(StorageKey key, Entry entry)
    {
        if (entry.Data is { } data)
        {
            var writer = WriterOf(key, data) ?? throw new BrokenInvariantException($"K2: of {key} is kept what nobody wrote");
            writer.Stamp = writer.Stamp > entry.Stamp ? writer.Stamp : entry.Stamp;
            return;
        }

        foreach (var one in Of(key))
        {
            if (one.Kind is StoreCallKind.Delete && one.End is null && one.Asked == (entry.Stamp.Router, entry.Stamp.Boot))
                one.Stamp = one.Stamp > entry.Stamp ? one.Stamp : entry.Stamp;
        }
    }

    /// <summary>A write or a deletion is acknowledged.</summary>
    public void Acknowledged(StoreOperation operation)
    {
        operation.IsAcknowledged = true;
        operation.WipesBefore = wipes;
        if (operation.Stamp is not { } stamp)
        {
            if (operation.IsCalm && IsAlone(operation))
                throw new BrokenInvariantException($"order: {operation}\n  is kept nowhere");
            return; // all had a later one
        }

        operation.Holders = town.Nodes.Count(node => Has(node, operation.Key, stamp));
        if (!operation.IsCalm)
            return;
        foreach (var earlier in Of(operation.Key))
        {
            if (IsToCount(earlier, operation) && earlier.Stamp > stamp)
                throw new BrokenInvariantException($"order: {operation}\n  is beaten by an earlier one: {earlier}");
        }
    }

    /// <summary>A read has seen something; null for nothing.</summary>
    public void Seen(StoreOperation read, ReadOnlyMemory<byte>? data)
    {
        var writer = data is { } bytes ? WriterOf(read.Key, bytes) : null;
        if (data is not null && writer is null)
            throw new BrokenInvariantException($"K2: {read} reads what nobody wrote");
        if (!read.IsCalm)
            return;
        foreach (var earlier in Of(read.Key))
        {
            if (!IsToCount(earlier, read) || earlier == writer)
                continue;
            var isStale = writer is not null
                ? earlier.Stamp > writer.Stamp
                : earlier.Kind is StoreCallKind.Write && !MayBeGone(earlier, read);
            if (isStale)
                throw new BrokenInvariantException($"stale: {read}\n  reads {writer?.ToString() ?? "nothing"}\n  and not {earlier}");
        }
    }

    /// <summary>Something could not be done.</summary>
    public void Failed(StoreOperation operation, StorageAnswer.Failed failed)
    {
        Sights.Saw($"refused: {failed.Fault}");
        if (operation.IsCalm && town.Setup.HintsMax > operations.Count)
            throw new BrokenInvariantException($"liveness: {operation}\n  is refused, though all is well: {failed.Sentence}");
    }

    /// <summary>Nobody has answered for long.</summary>
    public void Late(StoreOperation operation)
    {
        Sights.Saw("a call is given up");
        if (operation.IsCalm)
            throw new BrokenInvariantException($"liveness: {operation}\n  is not answered, though all is well");
    }

    // Though it was written before a reading began: then somebody has deleted it since, or while not all could be reached.
    private bool MayBeGone(StoreOperation write, StoreOperation read) =>
        Of(write.Key).Any(one => one.Kind is StoreCallKind.Delete && one != read
            && (!one.IsBefore(write) || (!one.IsCalm && !(one.Stamp < write.Stamp))));

    /// <summary>What the owners have of a key at the end.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public string? Judge(StorageKey key, Entry? entry)
    {
        if (entry?.Data is { } data && WriterOf(key, data) is null)
            return $"K2: {key} holds what nobody wrote";
        foreach (var one in Of(key))
        {
            if (!one.IsAcknowledged || one.Stamp is not { } stamp || stamp <= (entry?.Stamp ?? default))
                continue;
            if (IsForgotten(key, stamp, entry))
                continue;
            // A hint is a copy only until it is delivered: there were more than are stated for a while, no longer.
            if (wipes - one.WipesBefore < Math.Clamp(one.Holders, 1, town.Setup.Copies))
                return $"K1: lost is {one}\n  the owners have {entry?.Stamp.ToString() ?? "nothing"}";
            Sights.Saw("all copies are wiped");
        }

        return null;
    }

    // It was deleted, and that is forgotten by now. What comes back then must have been unknown to whoever deleted it: two halves that had
    // never met, and what each wrote lives on.
    private bool IsForgotten(StorageKey key, Stamp stamp, Entry? entry)
    {
        var writer = entry?.Data is { } data ? WriterOf(key, data) : null;
        return Of(key).Any(other => other.Kind is StoreCallKind.Delete && other.Stamp >= stamp
            && (entry is null or { IsTombstone: true } || (writer is not null && AreStrangers(writer, other))));
    }

    private bool AreStrangers(StoreOperation one, StoreOperation other) =>
        town.Sides is { } sides && sides[one.Node.Index] != sides[other.Node.Index]
            && !(one.Start > met + halfMeets) && !(other.Start > met + halfMeets);

    public StoreOperation? WriterOf(StorageKey key, ReadOnlyMemory<byte> data)
    {
        var text = data.Span[..Math.Max(0, data.Span.IndexOf((byte)';'))];
        return int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id < operations.Count
            && operations[id] is { Kind: StoreCallKind.Write } writer && writer.Key == key ? writer : null;
    }

    // Whether nobody else was changing the key, or could not be reached when he did.
    private bool IsAlone(StoreOperation operation) => Of(operation.Key).All(one => one == operation
        || one.Kind is StoreCallKind.Read || one.Start < calmSince || (one.IsCalm && one.IsBefore(operation)));

    // An earlier change that was over when the later operation began, of the same calm, by no later map.
    private static bool IsToCount(StoreOperation earlier, StoreOperation later) =>
        earlier.IsAcknowledged && earlier.IsCalm && earlier != later && earlier.IsBefore(later) && earlier.Stamp is not null
            && earlier.Maps.End?.IsLaterThan(later.Maps.Start) is not true;

    private static bool Has(StoreNode node, StorageKey key, Stamp stamp) => node.Shelf is { } shelf && node.Undisturbed(() =>
        (shelf.Find(key, out var entry, out var isDurable) is ShelfFinding.Found && isDurable && entry!.Stamp >= stamp)
            || node.Store!.HintedNodes.Any(target =>
                shelf.FindNote(Hints.NameOf(target, key)) is { } note
                    && EntryCodec.ReadHead(note.Span) is { } hint && hint.Stamp >= stamp));
}
