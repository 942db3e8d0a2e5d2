using System.Collections.Immutable;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;
using Roj.Simulation.Histories;
using Roj.Simulation.Swarms;
using Roj.Storage;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>One run of a seed: the store where a majority decides, on the production registers, log and shell, while things go wrong;
/// healed, all read and list the same.</summary>
public sealed class QuorumRun
{
    private const int SearchMax = 300_000;
    private const long EventsMax = 5_000_000;

    private static readonly TimeSpan settledLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan allIsOver = TimeSpan.FromSeconds(12); // what was to end, at the last of all clocks too
    private static readonly TimeSpan alikeLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan answerLimit = TimeSpan.FromSeconds(20);

    private readonly Rng rng;
    private readonly QuorumTown town;
    private readonly KeyClient[] clients;
    private readonly KeyScanner scanner;
    private readonly RosterMeddler rosters;
    private readonly QuorumMeddler meddler;
    private readonly Nemesis nemesis;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public QuorumRun(ulong seed, Action<string>? sink = null)
    {
        Setup = QuorumSetup.Draw(seed);
        World = new World(seed, sink);
        rng = World.RngFor("quorum/run");
        town = new QuorumTown(World, Setup);
        clients = [.. Enumerable.Range(0, Setup.Agreement.Clients).Select(index => new KeyClient(town, index))];
        scanner = new KeyScanner(town);
        rosters = new RosterMeddler(town.Agreement) { MayLose = () => QuorumReplicas.AreSeveral(town) };
        meddler = new QuorumMeddler(town);
        nemesis = new Nemesis(World, Setup.Agreement.Faults);
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim quorum --seed {World.Seed} --trace";

    /// <summary>What the run is like.</summary>
    public QuorumSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(rosters.Deeds).Concat(meddler.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Agreement.Watch.Sights;

    /// <summary>What clients did, and saw.</summary>
    public IReadOnlyList<Operation> History => town.History.Operations;

    /// <summary>Whether it was not found out if the history is one.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>How each machine stands, for a report.</summary>
    public IEnumerable<string> Standings => town.Agreement.Members.Select(one => $"{one.Name}: {one.State}, life {one.Life}");

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run()
    {
        try
        {
            return Live() ?? Judge();
        }
        catch (BrokenInvariantException e)
        {
            return e.Message;
        }
    }

    private string? Live()
    {
        foreach (var member in town.Agreement.Members)
        {
            if (Setup.Agreement.ExpectedOf(member.Id) > 0)
                member.Boot();
            else
                World.Schedule(World.Now + rng.Next(TimeSpan.Zero, Setup.Agreement.Faults.Until.SinceZero / 2), member.Boot);
        }

        foreach (var client in clients)
            client.Begin();
        scanner.Begin();
        rosters.Begin();
        meddler.Begin();
        nemesis.Start();
        KeepTime();
        World.Run(Setup.Agreement.Faults.Until, () => World.Events > EventsMax);
        nemesis.HealAll();
        town.Agreement.IsHealed = true;
        World.Run(World.Now + TimeSpan.FromSeconds(3) + Setup.Agreement.Faults.ClogsLast, () => World.Events > EventsMax);
        foreach (var member in town.Agreement.Members)
            member.Boot();
        foreach (var client in clients)
            client.IsToStop = true;
        scanner.IsToStop = true;
        foreach (var part in town.Parts)
            Replace(part.Member);
        meddler.LeadWell();
        World.Run(World.Now + settledLimit, () => World.Events > EventsMax || IsSettled());
        if (!IsSettled())
            return $"not all are there {settledLimit.TotalSeconds} s after healing, or some wait for an answer";
        return Converge() ?? ReadAll();
    }

    private void KeepTime()
    {
        foreach (var part in town.Parts)
            part.Tick();
        World.Schedule(World.Now + TimeSpan.FromMilliseconds(500), KeepTime);
    }

    // What is corrupt and nobody has read is found by who looks through it all.
    private static void Replace(AgreementMember member)
    {
        if (member.IsCorrupt && member.IsAble && QuorumReplicas.HasDamage(member))
            member.Replace();
    }

    private bool IsSettled() =>
        town.Parts.All(part => part.IsAble && part.Member.Registers!.IsVoting) && clients.All(client => client.IsIdle);

    // Left alone, all replicas come to be the same, whether anybody reads them or not.
    private string? Converge()
    {
        meddler.LeadWell();
        World.Run(World.Now + allIsOver, () => World.Events > EventsMax);
        var limit = World.Now + alikeLimit;
        string? difference;
        while ((difference = QuorumReplicas.WhatDiffers(town)) is not null && World.Now < limit && World.Events <= EventsMax)
        {
            meddler.LeadWell(); // who was to lead may have left since, and forgotten it
            World.Run(World.Now + TimeSpan.FromSeconds(1));
        }

        return difference;
    }

    // All read the same, and list what they read.
    private string? ReadAll()
    {
        var names = town.History.Operations.Select(one => one.Register).Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        foreach (var part in town.Parts)
        {
            SortedSet<StorageKey> there = [.. scanner.There];
            foreach (var name in names)
            {
                var operation = town.History.Invoke(name, "last " + part.Member.Name, new OperationKind.Read());
                var unix = part.Unix;
                if (Ask(part, new StorageCall.Read(KeyClient.KeyOf(name))) is not StorageAnswer.Value value)
                    return $"{part.Member.Name} can't read {name}";
                town.Watch.Shows(name, KeyClient.SeenIn(value.Data).Value, value.Version, unix);
                town.History.Return(operation, Outcome.Yes, KeyClient.SeenIn(value.Data));
                if (value.Data is not null)
                    there.Add(KeyClient.KeyOf(name));
            }

            if (Ask(part, new StorageCall.List(0, 0, 1000)) is not StorageAnswer.Keys { Next: 0 } keys)
                return $"{part.Member.Name} can't list";
            SortedSet<StorageKey> listed = [.. keys.Names.Select(name => new StorageKey(0, name))];
            // Of a key whose setting nobody has heard the end of it is not known whether it is there.
            listed.RemoveWhere(key => key.ToString().StartsWith("0/stays", StringComparison.Ordinal) && !scanner.There.Contains(key));
            if (!listed.SetEquals(there))
                return $"{part.Member.Name} lists {string.Join(", ", listed)} and not {string.Join(", ", there)}";
            if (Ask(part, new StorageCall.Count(1)) is not StorageAnswer.Number(0))
                return $"{part.Member.Name} sees keys in another database";
        }

        return null;
    }

    private StorageAnswer? Ask(QuorumPart part, StorageCall call)
    {
        StorageAnswer? told = null;
        part.Ask(call, answer => told = answer);
        World.Run(World.Now + answerLimit, () => told is not null);
        return told;
    }

    private string? Judge()
    {
        if (town.Watch.Breach() is { } breach)
            return breach;
        foreach (var history in town.History.Operations.GroupBy(one => one.Register).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var verdict = ExhaustiveChecker.Check(history, stepsMax: SearchMax);
            if (verdict is Verdict.Violation(var sentence))
                return $"K4: {sentence}";
            IsUndecided |= verdict is Verdict.Unknown;
        }

        return null;
    }
}
