using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Fetching the description from peers by its name, the info hash (BEP 9): a few parts at a time of each, from all who have
/// it.</summary>
/// <remarks>
/// <para>What came is kept only if its SHA-1 is the info hash, so a liar costs time and nothing else. If it is not, and all of it came from
/// one peer, that is to blame; if several contributed, nobody is, and from then on one peer at a time is asked for all of it.</para>
/// <para>A part that came is kept though its sender was slow or left: over the slowest link there is progress. Of several sizes that peers
/// tell, the one is believed that most tell. Memory grows with what comes, not with what a peer says will come.</para>
/// </remarks>
internal sealed class MetadataFetch(Sha1Digest infoHash, SwarmSettings settings)
{
    private readonly SortedDictionary<ConnectionId, MetadataSource> sources = [];
    private readonly SortedDictionary<int, (ReadOnlyMemory<byte> Bytes, ConnectionId From)> parts = [];
    private readonly SortedSet<int> givenBack = [];
    private int nextPart;
    private int totalBytes;
    private long turns;
    private bool isMistrustful;
    private ConnectionId? only;

    /// <summary>Whether somebody is being asked.</summary>
    public bool IsFetching => sources.Values.Any(source => source.Awaited.Count > 0);

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline =>
        sources.Values.Aggregate((Instant?)null, (due, source) => Instant.Earliest(due, source.Due(settings.MetadataPatience)));

    /// <summary>A peer told something of itself: perhaps that it has the description, or no longer.</summary>
    public void Met(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!MetadataSource.Is(peer, infoHash))
        {
            Left(now, peer, outbox);
            return;
        }

        if (!sources.TryGetValue(peer.Id, out var source))
            sources[peer.Id] = source = new MetadataSource(peer);
        if (source.Size != peer.Extensions!.MetadataSize!.Value)
            GiveBack(source);
        source.Size = peer.Extensions.MetadataSize.Value;
        Fill(now, outbox);
    }

    /// <summary>A peer is gone, or of no use any more. What it sent stays.</summary>
    public void Left(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!sources.Remove(peer.Id, out var source))
            return;
        GiveBack(source);
        Fill(now, outbox);
    }

    /// <summary>A peer won't send a part: others are asked now, and this one again when a slow one would be.</summary>
    public void Refused(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!sources.TryGetValue(peer.Id, out var source) || source.Awaited.Count == 0)
            return;
        GiveBack(source);
        source.IsSlow = true;
        source.RestsUntil = now + settings.MetadataPatience;
        Fill(now, outbox);
    }

    /// <summary>Time has passed: whoever is too slow loses what it was asked for to others.</summary>
    public void Tick(Instant now, SwarmOutbox outbox)
    {
        if (!(Deadline <= now))
            return;
        foreach (var source in sources.Values.Where(source => source.Due(settings.MetadataPatience) <= now))
        {
            source.IsSlow = true;
            source.RestsUntil = null;
            GiveBack(source);
        }

        Fill(now, outbox);
    }

    /// <summary>A part came. What it came to, when it was the last one or a lie.</summary>
    public MetadataOutcome? Receive(Instant now, Peer peer, MetadataMessage.Data data, SwarmOutbox outbox)
    {
        if (!sources.TryGetValue(peer.Id, out var source) || !source.Asked.Remove(data.Piece))
            return null; // it was never asked for
        if (data.TotalSize != source.Size || data.Bytes.Length != MetadataMessage.PieceSize(data.Piece, source.Size))
            return new MetadataOutcome.Lied();
        source.Awaited.Remove(data.Piece);
        source.Since = peer.MovedAt = now;
        source.IsSlow = false;
        if (source.Size == totalBytes && (!isMistrustful || only == peer.Id) && !parts.ContainsKey(data.Piece))
        {
            parts.Add(data.Piece, (data.Bytes.ToArray(), peer.Id));
            givenBack.Remove(data.Piece);
            if (parts.Count == MetadataMessage.CountPieces(totalBytes))
                return Finish(now, outbox);
        }

        Fill(now, outbox);
        return null;
    }

    private MetadataOutcome? Finish(Instant now, SwarmOutbox outbox)
    {
        var whole = new byte[totalBytes];
        foreach (var (part, (bytes, _)) in parts)
            bytes.Span.CopyTo(whole.AsSpan(part * MetadataMessage.PieceLength));
        if (Sha1Digest.Of(whole) == infoHash)
        {
            if (!InfoDictionary.TryRead(whole, out var info))
                return new MetadataOutcome.Unusable(infoHash, InfoFault.Of(whole));
            return info.IsPrivate ? new MetadataOutcome.Unusable(infoHash, Metainfo.PrivateFault) : new MetadataOutcome.Described(info);
        }

        var isOnes = parts.Values.Select(part => part.From).Distinct().Count() == 1;
        isMistrustful |= !isOnes;
        only = null;
        Restart(totalBytes);
        if (isOnes)
            return new MetadataOutcome.Lied();
        Fill(now, outbox);
        return null;
    }

    private void Fill(Instant now, SwarmOutbox outbox)
    {
        if (sources.Count == 0)
            return;
        var inTurn = sources.Values.OrderBy(source => source.IsSlow).ThenBy(source => source.Turn).ToArray();
        if (BestSize(inTurn) is var size && size != totalBytes)
            Restart(size);
        if (isMistrustful)
            Choose(inTurn);
        foreach (var source in inTurn.Where(MayBeAsked))
        {
            var room = source.IsSlow ? 1 : settings.MetadataRequestsMax;
            while (source.Awaited.Count < room && TakePart() is { } part)
                Ask(now, source, part, outbox);
        }
    }

    private bool MayBeAsked(MetadataSource source) =>
        source.Size == totalBytes && source.RestsUntil is null && (!isMistrustful || only == source.Peer.Id);

    /// <summary>What most of those say that are not slow; while none is left, what whoever is next says.</summary>
    private int BestSize(MetadataSource[] inTurn)
    {
        var told = inTurn.Where(source => !source.IsSlow).CountBy(source => source.Size).ToArray();
        return told.Length > 0 ? told.MaxBy(size => (size.Value, size.Key == totalBytes)).Key : inTurn[0].Size;
    }

    private void Choose(MetadataSource[] inTurn)
    {
        if (only is { } one && sources.TryGetValue(one, out var chosen) && !chosen.IsSlow && chosen.Size == totalBytes)
            return;
        var next = inTurn.FirstOrDefault(source => source.Size == totalBytes && source.RestsUntil is null)?.Peer.Id;
        if (next == only)
            return;
        Restart(totalBytes); // what one sent must not be held against another
        only = next;
    }

    private void Restart(int size)
    {
        totalBytes = size;
        nextPart = 0;
        parts.Clear();
        givenBack.Clear();
        foreach (var source in sources.Values)
            source.Awaited.Clear();
    }

    private int? TakePart()
    {
        if (givenBack.Count > 0)
        {
            var part = givenBack.Min;
            givenBack.Remove(part);
            return part;
        }

        while (nextPart < MetadataMessage.CountPieces(totalBytes))
        {
            if (!parts.ContainsKey(nextPart++))
                return nextPart - 1;
        }

        return null;
    }

    private void GiveBack(MetadataSource source)
    {
        if (source.Size == totalBytes)
            givenBack.UnionWith(source.Awaited.Where(part => !parts.ContainsKey(part)));
        source.Awaited.Clear();
    }

    private void Ask(Instant now, MetadataSource source, int part, SwarmOutbox outbox)
    {
        source.Since = source.Awaited.Count == 0 ? now : source.Since;
        source.Turn = ++turns;
        source.Awaited.Add(part);
        source.Asked.Add(part);
        outbox.Send(
            source.Peer.Id,
            new PeerMessage.Extended(source.Peer.Extensions!.MetadataId!.Value, new MetadataMessage.Request(part).Write()));
    }
}
