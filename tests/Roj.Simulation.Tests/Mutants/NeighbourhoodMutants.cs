namespace Roj.Simulation.Tests.Mutants;

/// <summary>What the simulation of neighbourhoods must catch: at least one for each of the invariants M1 to M7.</summary>
internal static class NeighbourhoodMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "M1: an older incarnation is news, if the state is a later one",
            "Roj.Membership/Keeping/Roster.cs",
            "incarnation > Incarnation || (incarnation == Incarnation && state > State);",
            "incarnation > Incarnation || state > State;",
            Seeds: 100),
        new(
            "M2: a suspect is given a new incarnation by who suspects it",
            "Roj.Membership/Keeping/Beliefs.cs",
            "HearGone(now, entry, entry.Incarnation, MemberState.Suspect, settings.Id, outbox);",
            "HearGone(now, entry, entry.Incarnation + 1, MemberState.Suspect, settings.Id, outbox);",
            Seeds: 50),
        new(
            "M3: a suspicion lasts for minutes",
            "Roj.Membership/Keeping/Beliefs.cs",
            "var least = settings.SuspicionMin * Math.Max(6, doublings) / 6;",
            "var least = settings.SuspicionMin * 100 * Math.Max(6, doublings) / 6;",
            Seeds: 20),
        new(
            "M4: no member hears another's datagrams",
            "Roj.Membership/Keeping/Keeper.cs",
            "if (message.Sender == settings.Id)",
            "if (message.Sender != settings.Id)",
            Seeds: 20),
        new(
            "M5: what is said of oneself is never refuted",
            "Roj.Membership/Keeping/Beliefs.cs",
            "if ((!isFuture && !isWrong) ||",
            "if (isFuture || !isFuture ||",
            Seeds: 100),
        new(
            "M6: whoever leaves says nothing of it",
            "Roj.Membership/Keeping/Keeper.cs",
            "speaker.State = MemberState.Left;",
            "Check.That(speaker.State == MemberState.Alive);",
            Seeds: 100),
        new(
            "M6: who meets its clone is not told",
            "Roj.Membership/Finder.cs",
            "if (!proven || (clashQuiet.Boot == hello.Boot && now < clashQuiet.Until))",
            "if (!proven || hello.Id == settings.Id)",
            Seeds: 400) { Likely = 29 },
        new(
            "M1: a word that was refuted is believed again",
            "Roj.Membership/Keeping/Beliefs.cs",
            "if (entry.IsNews(incarnation, state))",
            "if (entry.IsNews(incarnation, state) || incarnation + 1 == entry.Incarnation)",
            Seeds: 400),
        new(
            "M3: nobody looks after those who don't answer",
            "Roj.Membership/Keeping/Keeper.cs",
            "foreach (var probe in prober.Tick(now, outbox))",
            "foreach (var probe in prober.Tick(now, outbox).Take(0))",
            Seeds: 20),
        new(
            "M7: an answer has as much news as fits into a datagram",
            "Roj.Membership/Keeping/Speaker.cs",
            "new SwimMessage.Ack(settings.Id, Incarnation, number, []), SwimCodec.PingLength, first, outbox);",
            "new SwimMessage.Ack(settings.Id, Incarnation, number, []), SwimCodec.Length, first, outbox);",
            Seeds: 50),
        new(
            "M7: news are told for ever",
            "Roj.Membership/Keeping/Gossip.cs",
            "if (++item.Told >= timesMax)",
            "if (++item.Told >= 1_000_000 * timesMax)",
            Seeds: 20),
    ];
}
