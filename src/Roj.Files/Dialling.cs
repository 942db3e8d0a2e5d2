using Roj.Kernel;

namespace Roj.Files;

/// <summary>Dials until there are as many connections as we aim for, whenever there is a file to dial for.</summary>
/// <remarks>Who has everything rests where it may (<see cref="SwarmSettings.RestsWhenComplete"/>), unless somebody looks at it: then it
/// calls on those of whom it does not know that they have everything too. They may have got it elsewhere, or before we began.</remarks>
internal sealed class Dialling(SwarmSettings settings, Connections connections, Candidates candidates, SoughtFile file)
{
    private Instant lookedAtUntil;

    /// <summary>Somebody looks at what others have.</summary>
    public void Look(Instant now) => lookedAtUntil = now + settings.LookedAtFor;

    /// <summary>When somebody may be dialled; null if that does not depend on time.</summary>
    public Instant? Due(Instant now, bool isComplete)
    {
        if (file.InfoHash is null || Rests(now, isComplete))
            return null;
        return connections.HasRoomToDial(now) ? candidates.NextAt(connections.IsHere) : connections.RoomToDialAt(now);
    }

    /// <summary>The candidate to be dialled next; null if there is none now.</summary>
    public Candidate? Next(Instant now) => candidates.Next(now, connections.IsHere);

    /// <summary>Dials whoever is due.</summary>
    public void Fill(Instant now, bool isComplete, SwarmOutbox outbox)
    {
        while (!Rests(now, isComplete) && file.InfoHash is not null && connections.HasRoomToDial(now) && Next(now) is { } candidate)
            Dial(now, candidate, outbox);
    }

    /// <summary>Dials one more, though there may be enough, as far as the limits allow it.</summary>
    public void Dial(Instant now, Candidate candidate, SwarmOutbox outbox)
    {
        // Some have our file under another name (see Kinship).
        if (file.InfoHash is { } hash && connections.MayDial(now))
            connections.Dial(now, candidate, candidate.Alias ?? hash, outbox);
    }

    private bool Rests(Instant now, bool isComplete) => settings.RestsWhenComplete && isComplete && now >= lookedAtUntil;
}
