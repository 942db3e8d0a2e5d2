using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj.EndToEnd.Interop;

/// <summary>A store in memory that does what is asked for, at once and one after the other: what the real one is to look like.</summary>
internal sealed class DumbStore
{
    private readonly SortedDictionary<StorageKey, (ReadOnlyMemory<byte> Data, long? EndsAt)> kept = [];

    /// <summary>Does it.</summary>
    /// <param name="call">What.</param>
    /// <param name="now">In milliseconds since 1970.</param>
    public StorageAnswer Answer(StorageCall call, long now)
    {
        if (call.Subject is { } key && kept.TryGetValue(key, out var old) && old.EndsAt <= now)
            kept.Remove(key);
        return call switch
        {
            StorageCall.Read read => Held(read.Key),
            StorageCall.Write write => Write(write),
            StorageCall.Delete delete => Delete(delete),
            StorageCall.Expire expire => Expire(expire, now),
            StorageCall.Add add => Add(add),
            StorageCall.Append append => Append(append),
            StorageCall.List list => List(list, now),
            StorageCall.Count count => new StorageAnswer.Number(Alive(count.Database, now).Count),
            StorageCall.AnyKey any => new StorageAnswer.Keys(0, [.. Alive(any.Database, now).Take(1)]),
            StorageCall.Clear clear => Clear(clear.Database),
            _ => throw new ArgumentException($"what is {call}?"),
        };
    }

    private StorageAnswer.Value Held(StorageKey key, bool isApplied = true) =>
        kept.TryGetValue(key, out var held)
            ? new StorageAnswer.Value(held.Data, held.EndsAt, isApplied)
            : new StorageAnswer.Value(null, null, isApplied);

    private StorageAnswer Write(StorageCall.Write write)
    {
        var isThere = kept.TryGetValue(write.Key, out var old);
        var isMet = write.Condition switch
        {
            WriteCondition.IfAbsent => !isThere,
            WriteCondition.IfPresent => isThere,
            _ => true,
        };
        var before = Held(write.Key, isMet);
        if (isMet)
            kept[write.Key] = (write.Value, write.Expiry.Keeps ? old.EndsAt : write.Expiry.EndsAt);
        return write.ReturnsOld ? before : new StorageAnswer.Done(isMet);
    }

    private StorageAnswer Delete(StorageCall.Delete delete)
    {
        var isThere = kept.ContainsKey(delete.Key);
        StorageAnswer answer = delete.ReturnsOld ? Held(delete.Key, isThere) : new StorageAnswer.Done(isThere);
        kept.Remove(delete.Key);
        return answer;
    }

    private StorageAnswer Expire(StorageCall.Expire expire, long now)
    {
        var isMet = kept.TryGetValue(expire.Key, out var old) && IsMet(expire, old.EndsAt);
        var before = Held(expire.Key, isMet);
        if (isMet && expire.At <= now)
            kept.Remove(expire.Key);
        else if (isMet)
            kept[expire.Key] = (old.Data, expire.At);
        return expire.ReturnsValue ? before : new StorageAnswer.Done(isMet);
    }

    private static bool IsMet(StorageCall.Expire expire, long? old) =>
        (expire.At is not null || old is not null)
        && (!expire.Condition.HasFlag(ExpireCondition.IfNone) || old is null)
        && (!expire.Condition.HasFlag(ExpireCondition.IfAny) || old is not null)
        && (!expire.Condition.HasFlag(ExpireCondition.IfLater) || expire.At > old)
        && (!expire.Condition.HasFlag(ExpireCondition.IfSooner) || old is null || expire.At < old);

    private StorageAnswer Add(StorageCall.Add add)
    {
        kept.TryGetValue(add.Key, out var old);
        var sum = 0L;
        if (!old.Data.IsEmpty || kept.ContainsKey(add.Key))
        {
            var text = Encoding.Latin1.GetString(old.Data.Span);
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out sum)
                || sum.ToString(CultureInfo.InvariantCulture) != text)
            {
                return new StorageAnswer.Failed(StorageFault.NotANumber, "it is no number", Applied.No);
            }
        }

        var exact = (Int128)sum + add.Delta;
        if (exact < long.MinValue || exact > long.MaxValue)
            return new StorageAnswer.Failed(StorageFault.Overflow, "it would be no number of 64 bits", Applied.No);
        kept[add.Key] = (Encoding.ASCII.GetBytes(exact.ToString(CultureInfo.InvariantCulture)), old.EndsAt);
        return new StorageAnswer.Number((long)exact);
    }

    private StorageAnswer Append(StorageCall.Append append)
    {
        kept.TryGetValue(append.Key, out var old);
        var joined = new byte[old.Data.Length + append.Tail.Length];
        if (joined.Length > StorageLimits.ValueBytesMax)
            return new StorageAnswer.Failed(StorageFault.TooLarge, "it would be too long", Applied.No);
        old.Data.CopyTo(joined);
        append.Tail.CopyTo(joined.AsMemory(old.Data.Length));
        kept[append.Key] = (joined, old.EndsAt);
        return new StorageAnswer.Number(joined.Length);
    }

    // The cursor counts keys in their order: right as long as nothing changes meanwhile, which is enough here.
    private StorageAnswer.Keys List(StorageCall.List list, long now)
    {
        var alive = Alive(list.Database, now);
        var page = alive.Skip((int)Math.Min(list.Cursor, int.MaxValue)).Take(list.Batch).ToList();
        var next = list.Cursor + (ulong)page.Count;
        return new StorageAnswer.Keys(
            page.Count == 0 || next >= (ulong)alive.Count ? 0 : next,
            [.. page.Where(name => list.Pattern is not { } pattern || Glob.IsMatch(pattern.Span, name.Span))]);
    }

    private List<ReadOnlyMemory<byte>> Alive(int database, long now) =>
        [.. kept.Where(each => each.Key.Database == database && !(each.Value.EndsAt <= now)).Select(each => each.Key.Name)];

    private StorageAnswer.Done Clear(int database)
    {
        foreach (var key in kept.Keys.Where(key => key.Database == database).ToList())
            kept.Remove(key);
        return StorageAnswer.Done.Yes;
    }
}
