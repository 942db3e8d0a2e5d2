namespace Roj.Simulation.Tests.Mutants;

/// <summary>What the simulation of sessions must catch: what keeps recordings out, and what lets members in.</summary>
internal static class SessionMutants
{
    private const string Book = "Roj.Membership/Sealing/SessionBook.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("echo off: whoever holds the key is met", Book, "if (yours != Session && !(isMet && yours == 0))", "if (yours == 1)", Seeds: 5),
        new("window off", Book, "if (!speaker.Window.TryTake(header.Counter))", "if (header.Counter == 0)", Seeds: 5),
        new("a window begins empty", Book, "speaker.Window.BeginAt(header.Counter);", "_ = header;", Seeds: 50),
        new("nobody is known who speaks to all", Book, "!(isMet && yours == 0)", "!isMet && yours == 0", Seeds: 5),
        new(
            "who speaks an old key is answered in the new one alone",
            Book,
            "OldKeyOf(to) is { } old ?",
            "OldKeyOf(to) is { } old && old == 0 ?",
            Seeds: 5),
        new("who restarts is not placed anew", Book, "place.Session == heard.Session &&", "place.Session != 0 &&", Seeds: 50),
    ];
}
