using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Faults;
using Roj.Simulation.Histories;
using Roj.Simulation.Swarms;
using Answer = Roj.Agreement.Outcome;

namespace Roj.Simulation.Agreement;

/// <summary>One run of a seed: nodes that agree on registers, leases and who they are, while things go wrong; healed, everything must
/// end.</summary>
public sealed class AgreementRun
{
    /// <summary>How long after healing all must have the same roster, with nothing half done.</summary>
    public static TimeSpan SettledLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer may take then.</summary>
    public static TimeSpan AnswerLimit { get; } = TimeSpan.FromSeconds(8);

    private const int SmallHistory = 12;

    private const int SearchMax = 300_000; // of a second; an honest history with few clients takes some thousands

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 5_000_000;

    private readonly AgreementTown town;
    private readonly RegisterClient[] clients;
    private readonly LeaseWorker[] workers;
    private readonly RosterMeddler meddler;
    private readonly Nemesis nemesis;
    private readonly List<(string Cluster, ulong Version, Fence Fence)> fenced = [];
    private readonly SortedDictionary<(int Machine, ChangeId Id), Answer> answers = [];

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public AgreementRun(ulong seed, Action<string>? sink = null)
    {
        Setup = AgreementSetup.Draw(seed);
        World = new World(seed, sink);
        town = new AgreementTown(World, Setup);
        for (var i = 0; i < Setup.Machines; i++)
            town.Add(i);
        clients = [.. Enumerable.Range(0, Setup.Clients).Select(index => new RegisterClient(town, index))];
        workers = [.. Enumerable.Range(0, Setup.Leases.Workers).Select(index => new LeaseWorker(town, index, fenced))];
        meddler = new RosterMeddler(town);
        nemesis = new Nemesis(World, Setup.Faults);
        town.Answered += (member, outcome) => answers[(member.Id, outcome.Id)] = outcome;
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim agreement --seed {World.Seed} --trace";

    /// <summary>What the run is like.</summary>
    public AgreementSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(meddler.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Watch.Sights;

    /// <summary>What clients did, and saw.</summary>
    public IReadOnlyList<Operation> History => town.History.Operations;

    /// <summary>Operations of clients.</summary>
    public int Operations => town.History.Operations.Count;

    /// <summary>Those of which nothing is known.</summary>
    public int Unknowns => town.History.Operations.Count(one => one.Outcome is Histories.Outcome.Unknown);

    /// <summary>Whether it was not found out if the history is one.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>How each machine and client stands, for a report.</summary>
    public IEnumerable<string> Standings =>
        town.Members.Select(one => $"{one.Name} {one.Identity.ToString()[..8]}: {one.State}, life {one.Life}, "
            + $"{(one.Registers is { } registers ? $"{registers.Roster} {(registers.IsVoting ? "votes" : "does not vote")}" : "nothing")}")
        .Concat(clients.Where(one => !one.IsIdle).Select(one => one.Standing));

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
        foreach (var member in town.Members)
            member.Boot();
        foreach (var client in clients)
            client.Begin();
        foreach (var worker in workers)
            worker.Begin();
        meddler.Begin();
        nemesis.Start();
        World.Run(Setup.Faults.Until, () => World.Events > EventsMax);
        nemesis.HealAll();
        town.IsHealed = true;
        World.Run(World.Now + TimeSpan.FromSeconds(3) + Setup.Faults.ClogsLast, () => World.Events > EventsMax);
        foreach (var member in town.Members)
            member.Boot();
        foreach (var client in clients)
            client.IsToStop = true;
        foreach (var worker in workers)
            worker.IsToStop = true;
        if (!Setup.IsBirthSure && town.Watch.Newest is null)
            return null; // they wait for ever for whom there is not
        World.Run(World.Now + SettledLimit, () => World.Events > EventsMax || IsSettled());
        if (!IsSettled())
            return $"not all have the same roster {SettledLimit.TotalSeconds} s after healing, or some wait for an answer";
        return ReadAll();
    }

    private bool IsSettled() =>
        town.Watch.Newest is { Next: null } newest
            && town.Members.All(one => !Belongs(one, newest) || (one.IsAble && one.Registers!.Roster?.Version == newest.Version))
            && clients.All(client => client.IsIdle);

    // Who was born into another cluster, or waits for another number, stays away.
    private bool Belongs(AgreementMember member, ReplicaSet newest) =>
        Setup.IsBirthSure || (member.Registers?.Roster is { } roster && roster.Cluster == newest.Cluster);

    // A5, and that all read the same.
    private string? ReadAll()
    {
        var names = town.History.Operations.Select(one => one.Register).Distinct().Order(StringComparer.Ordinal).ToArray();
        List<(AgreementMember Member, string Name, ChangeId Id, int Operation)> asked = [];
        foreach (var member in town.Members.Where(one => Belongs(one, town.Watch.Newest!)))
        {
            foreach (var name in names.Where(name => name.StartsWith(AgreementTown.ClusterOf(member), StringComparison.Ordinal)))
            {
                var register = RegisterName.Of(name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
                var operation = town.History.Invoke(name, "last " + member.Name, new OperationKind.Read());
                member.Do((registers, outbox) =>
                    asked.Add((member, name, registers.Ask(member.Now, 0, register, null, outbox), operation)));
            }
        }

        World.Run(World.Now + AnswerLimit, () => asked.All(one => answers.ContainsKey((one.Member.Id, one.Id))));
        foreach (var (member, name, id, operation) in asked)
        {
            if (!answers.TryGetValue((member.Id, id), out var outcome))
                return $"A5: {member.Name} is told nothing of {name} within {AnswerLimit.TotalSeconds} s";
            if (outcome is not { Applied: Applied.Yes, Content: { } content })
                return $"A5: {member.Name} can't read {name}: {outcome.Applied} {outcome.Refusal}";
            var text = content.Data is { } data ? System.Text.Encoding.ASCII.GetString(data.Span) : null;
            town.History.Return(operation, Histories.Outcome.Yes, new Seen(content.Version, text));
        }

        return null;
    }

    private string? Judge()
    {
        if (town.Watch.Breach() is { } breach)
            return $"A3: {breach}";
        var fences = fenced.OrderBy(one => one.Version).ToArray();
        for (var i = 1; i < fences.Length; i++)
        {
            var before = fences[..i].Where(one => one.Fence.Lease == fences[i].Fence.Lease && one.Cluster == fences[i].Cluster).ToArray();
            if (before.Any(one => fences[i].Fence.IsBefore(one.Fence)))
                return $"a fence went back: {fences[i].Fence} at version {fences[i].Version}";
        }

        foreach (var history in town.History.Operations.GroupBy(one => one.Register).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var verdict = Setup.HasDeletions
                ? ExhaustiveChecker.Check(history, stepsMax: SearchMax)
                : VersionChecker.Check(history);
            if (verdict is Verdict.Linearizable && !Setup.HasDeletions && history.Count() <= SmallHistory)
                verdict = ExhaustiveChecker.Check(history, versions: true);
            if (verdict is Verdict.Violation(var sentence))
                return $"A4: {sentence}";
            IsUndecided |= verdict is Verdict.Unknown;
        }

        return null;
    }
}
