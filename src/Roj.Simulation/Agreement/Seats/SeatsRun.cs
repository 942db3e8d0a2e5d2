using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Roj.Simulation.Swarms;
using Answer = Roj.Agreement.Outcome;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>A few <see cref="Registers"/> without machines, disks and network: what they say lies in a bag, and is taken out in any order,
/// late, twice or never, while they die with half of what they saved, and their clocks differ.</summary>
/// <remarks>Smaller and sharper than <see cref="AgreementRun"/>: thousands of steps in milliseconds, in which what takes three mishaps in
/// a row happens often enough. What is said is judged at every word, by <see cref="SeatsWatch"/>.</remarks>
public sealed class SeatsRun
{
    private const string Gone = "gone";

    /// <summary>Slots of the store.</summary>
    internal const int Slots = 2;

    private const int Steps = 4000;
    private const int DeliveredAtOnce = 4; // where slots move: there and back again takes many words
    private const int GoneMax = 30;
    private const int SearchMax = 100_000;

    private static readonly RegisterName[] counters = [RegisterName.Of("a"), RegisterName.Of("b")];

    // They are deleted again and again.
    private static readonly RegisterName[] gone = [RegisterName.Of(Gone), RegisterName.Of(Gone + "2"), RegisterName.Of(Gone + "3")];

    private static readonly RegisterName[] locks = [RegisterName.Of("lock")];

    private static readonly TimeSpan shortest = Roj.Agreement.Lease.DurationMin;

    private readonly Rng rng;
    private readonly SeatsTown town;
    private readonly HistoryRecorder history = new();
    private readonly SortedDictionary<ChangeId, Errand> errands = [];
    private readonly SortedDictionary<RegisterName, (int Asked, int Yes, int No, ulong Version)> sums = [];
    private readonly SeenVersions versions = new();
    private int mood; // of a hundred letters so many are taken from anywhere in the bag
    private int written;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives every word as text; null where it is not wanted.</param>
    public SeatsRun(ulong seed, Action<string>? sink = null)
        : this((SeatsTheme)(seed % 5), seed, sink)
    {
    }

    internal SeatsRun(SeatsTheme theme, ulong seed, Action<string>? sink)
    {
        rng = new Rng(seed);
        town = new SeatsTown(theme, rng.Fork()) { Sink = sink, Ended = Ended };
        foreach (var name in counters)
            sums[name] = default;
    }

    /// <summary>What it is mostly about.</summary>
    public SeatsTheme Theme => town.Theme;

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Watch.Sights;

    /// <summary>The registers that clients ask for.</summary>
    internal static IEnumerable<RegisterName> Names => counters.Concat(gone);

    /// <summary>Changes that were acknowledged.</summary>
    public int Acknowledged => sums.Values.Sum(one => one.Yes);

    /// <summary>Whether a register is deleted again and again: its versions jump.</summary>
    internal static bool IsGone(RegisterName name) => name.ToText().StartsWith(Gone, StringComparison.Ordinal);

    /// <summary>Runs it; what is wrong, null if nothing is.</summary>
    public string? Run()
    {
        try
        {
            foreach (var seat in town.Seats)
                seat.Start(town.Now, town);
            if (Theme is SeatsTheme.Moves && rng.Chance(1, 2))
                BeginEarly();
            else if (Theme is not SeatsTheme.Births)
                BeQuiet(TimeSpan.FromSeconds(3));
            for (var i = 0; i < Steps; i++)
                Step();
            return Finish();
        }
        catch (BrokenInvariantException e)
        {
            return e.Message;
        }
    }

    // All look for a slot at once that nobody has placed, while somebody joins.
    private void BeginEarly()
    {
        BeQuiet(rng.Next(TimeSpan.FromMilliseconds(900), TimeSpan.FromMilliseconds(1600)));
        foreach (var seat in town.Up.ToArray())
            AskCounter(seat, counters[1], isReading: true);
    }

    private void Step()
    {
        switch (rng.Next(1000))
        {
            case < 740:
                for (var i = 0; i < (Theme is SeatsTheme.Moves ? DeliveredAtOnce : 1); i++)
                    Deliver();
                break;
            case < 880:
                Pass(rng.Chance(1, 12) ? TimeSpan.FromMilliseconds(60) : TimeSpan.FromMilliseconds(5));
                break;
            case < 920:
                Ask();
                break;
            case < 945:
                rng.Pick(town.Seats).Commit(town);
                break;
            case < 955:
                LookAround();
                break;
            case < 965:
                Fail();
                break;
            case < 970:
                town.Cut();
                mood = rng.Pick([0, 0, 5, 30, 100]);
                break;
            default:
                Meddle();
                break;
        }

        town.Watch.LookAtLeases();
    }

    private void Deliver()
    {
        if (town.Waiting == 0)
            return;
        var index = rng.Chance(mood, 100) ? rng.Next(town.Waiting) : 0;
        if (rng.Chance(1, 40))
            town.Drop(index);
        else
            town.Deliver(index, isKept: rng.Chance(mood, 400));
    }

    private void Pass(TimeSpan most)
    {
        town.Now += rng.Next(TimeSpan.Zero, most);
        foreach (var seat in town.Up.Where(seat => seat.PausedUntil <= town.Now && rng.Chance(5, 6)).ToArray())
            town.Tick(seat);
    }

    private Seat? Able()
    {
        var able = town.Up.Where(seat => seat.PausedUntil <= town.Now).ToArray();
        return able.Length == 0 ? null : rng.Pick(able);
    }

    private void Ask()
    {
        if (Theme is SeatsTheme.Births || (Theme is SeatsTheme.Leases && rng.Chance(2, 3)) || Able() is not { } seat)
            return; // two clusters have two of each
        var isGone = Theme is SeatsTheme.Changes ? rng.Chance(1, 4) : Theme is SeatsTheme.Moves && rng.Chance(1, 2);
        var which = Theme is SeatsTheme.Moves ? gone : gone[..1];
        if (isGone && written < GoneMax * which.Length)
            AskGone(seat, rng.Pick(which));
        else
            AskCounter(seat, rng.Pick(counters), isReading: rng.Chance(1, 4));
    }

    private void AskCounter(Seat seat, RegisterName name, bool isReading) =>
        seat.Do(town.Now, town, (registers, clock, outbox) =>
        {
            var change = isReading ? null : new RegisterChange.Add(1)
            {
                Condition = rng.Chance(1, 8) ? Condition.At(sums[name].Version) : default,
            };
            var id = new ChangeId(seat.Id, (uint)seat.Life, (ulong)errands.Count + 1_000_000);
            errands[id] = new Errand(name, isReading, sums[name].Version, sums[name].Yes, null);
            if (!isReading)
                sums[name] = sums[name] with { Asked = sums[name].Asked + 1 };
            registers.Ask(clock, SlotOf(name), name, change, outbox, id);
        });

    private void AskGone(Seat seat, RegisterName name) => seat.Do(town.Now, town, (registers, clock, outbox) =>
    {
        written++;
        var text = written.ToString(CultureInfo.InvariantCulture);
        var data = Encoding.ASCII.GetBytes(text);
        var version = versions.Of(name);
        var (change, kind) = rng.Next(5) switch
        {
            0 => ((RegisterChange?)null, (OperationKind)new OperationKind.Read()),
            1 or 2 => (new RegisterChange.Delete(), new OperationKind.Delete()),
            3 => (
                new RegisterChange.Set(data) { Condition = Condition.At(version) },
                new OperationKind.CompareVersionAndSet(version, text)),
            _ => (new RegisterChange.Set(data), new OperationKind.Write(text)),
        };
        var id = new ChangeId(seat.Id, (uint)seat.Life, (ulong)errands.Count + 1_000_000);
        var operation = history.Invoke(name.ToText(), $"{seat.Number}/{written}", kind);
        errands[id] = new Errand(name, change is null, version, 0, operation);
        registers.Ask(clock, SlotOf(name), name, change, outbox, id);
    });

    private void Ended(Seat seat, Answer outcome)
    {
        if (!errands.TryGetValue(outcome.Id, out var errand) || errand.IsOver)
            return;
        errands[outcome.Id] = errand with { IsOver = true };
        if (errand.Operation is { } operation)
        {
            if (outcome is { Applied: Applied.Yes, Content: { } content })
                versions.Saw(seat, errand.Name, errand.Version, content);
            if (outcome.Applied is Applied.Yes || (outcome.Applied is Applied.No && !errand.IsReading)) // else nothing was seen
                history.Return(operation, outcome.Applied is Applied.Yes ? Known.Yes : Known.No, SeenIn(outcome.Content));
            return;
        }

        var sum = sums[errand.Name];
        if (outcome.Applied is Applied.Yes)
        {
            Judge(seat, errand, outcome, sum);
            sum = sum with { Yes = sum.Yes + (errand.IsReading ? 0 : 1), Version = Math.Max(sum.Version, outcome.Version) };
        }
        else if (outcome.Applied is Applied.No && !errand.IsReading)
        {
            sum = sum with { No = sum.No + 1 };
        }

        sums[errand.Name] = sum;
    }

    private void Judge(Seat seat, Errand errand, Answer outcome, (int Asked, int Yes, int No, ulong Version) sum)
    {
        SeatsWatch.Require(
            outcome.Version >= errand.Version,
            $"node {seat.Number} sees version {outcome.Version} of {errand.Name}, which was at {errand.Version} when it asked");
        if (!errand.IsReading)
            town.Watch.Acknowledged(seat, SlotOf(errand.Name), errand.Name, outcome.Version, outcome.Id);
        if (outcome.Content is not { } content)
            return;
        var number = content.Data is { } data ? int.Parse(Encoding.ASCII.GetString(data.Span), CultureInfo.InvariantCulture) : 0;
        SeatsWatch.Require(
            number >= errand.Yes && number <= sum.Asked - sum.No,
            $"node {seat.Number} sees {number} in {errand.Name}, of {errand.Yes} acknowledged and {sum.Asked - sum.No} that may be");
    }

    private static Seen? SeenIn(Content? content) => content is null
        ? null
        : new Seen(content.Version, content.Data is { } data ? Encoding.ASCII.GetString(data.Span) : null);

    private void LookAround()
    {
        if (Able() is { } seat)
            town.LookAround(seat, isWhole: rng.Chance(1, 2));
    }

    private void Fail()
    {
        var seat = rng.Pick(town.Seats);
        if (seat.Registers is null)
            seat.Start(town.Now, town);
        else if (rng.Chance(1, 3))
            seat.PausedUntil = town.Now + rng.Next(TimeSpan.Zero, TimeSpan.FromMilliseconds(150));
        else if (!seat.WasSetBack || seat.IsMarked) // not found out yet, it would count past what they remember
            Kill(seat);
    }

    private void Kill(Seat seat)
    {
        town.Kill(seat);
        if (rng.Chance(2, 3))
            seat.Start(town.Now, town);
    }

    private void Meddle()
    {
        if (Able() is not { } seat)
            return;
        switch (Theme)
        {
            case SeatsTheme.Rosters:
                var node = rng.Pick(town.Seats).Id;
                if (rng.Chance(1, 3))
                    seat.Do(town.Now, town, (registers, clock, outbox) => registers.Evict(clock, node, outbox));
                break;
            case SeatsTheme.Leases:
                MeddleWithLeases(seat);
                break;
            case SeatsTheme.SetBacks:
                SetBack(seat);
                break;
            case SeatsTheme.Moves:
                if (rng.Chance(1, 10))
                    Lead(seat);
                break;
        }
    }

    private void MeddleWithLeases(Seat seat)
    {
        var name = rng.Pick(locks);
        if (rng.Chance(1, 12))
            seat.Do(town.Now, town, (registers, clock, outbox) => registers.Release(clock, name, outbox));
        else if (seat.Registers!.EpochOf(seat.ClockAt(town.Now), name) is null)
            seat.Do(town.Now, town, (registers, clock, outbox) =>
                registers.Claim(clock, name, rng.Next(shortest, 3 * shortest), outbox));
        else if (rng.Chance(1, 4)) // many acceptors at once forget what they guard
            Array.ForEach([.. town.Up.Where(other => other != seat)], Restart);
    }

    private void Restart(Seat seat)
    {
        town.Kill(seat);
        seat.Start(town.Now, town);
    }

    private ushort SlotOf(RegisterName name) =>
        (ushort)(Theme is not SeatsTheme.Moves ? 0 : name == counters[1] || name == gone[1] ? 2 : 1);

    // It may not have heard that another leads now. Some are to have nothing, whoever they are.
    private void Lead(Seat seat)
    {
        NodeId[] gone = [.. town.Seats.Where(_ => rng.Chance(1, 3)).Select(one => one.Id)];
        foreach (var other in town.Up.Where(other => other != seat && rng.Chance(4, 5)).ToArray())
            other.Do(town.Now, town, (registers, clock, outbox) => registers.Lead(clock, false, [], outbox));
        seat.Do(town.Now, town, (registers, clock, outbox) => registers.Lead(clock, true, gone, outbox));
    }

    // It is found out where all remember a later start than the one that it will take itself for.
    private void SetBack(Seat seat)
    {
        if (town.Seats.Exists(other => other.WasSetBack) || seat.Image is not { } image)
        {
            seat.TakeImage();
            return;
        }

        if (town.Seats.Exists(other => other != seat && other.RememberedBootOf(seat.Id) <= image.Boot))
            return;
        town.Kill(seat);
        town.Say($"{seat.Number} is set back");
        seat.SetBack();
        Sights.Saw("a disk is set back");
        seat.Start(town.Now, town);
    }

    private void BeQuiet(TimeSpan time)
    {
        for (var until = town.Now + time; town.Now < until;)
        {
            foreach (var seat in town.Seats)
            {
                if (seat.Registers is null)
                    seat.Start(town.Now, town);
                seat.Commit(town);
            }

            if (rng.Chance(1, 10))
                town.Seats.ForEach(seat => town.LookAround(seat, isWhole: true));
            for (var i = 0; i < 500 && town.Waiting > 0; i++)
            {
                town.Deliver(0, isKept: false);
                town.Seats.ForEach(seat => seat.Commit(town));
            }

            town.Now += TimeSpan.FromMilliseconds(20);
            foreach (var seat in town.Seats)
                town.Tick(seat);
            town.Watch.LookAtLeases();
        }
    }

    // Healed, who votes knows of all that was acknowledged, and of nothing that nobody asked for.
    private string? Finish()
    {
        town.Heal();
        town.Now += TimeSpan.FromSeconds(1); // nobody stands still any more
        if (Theme is SeatsTheme.Moves)
            LeadWell();
        BeQuiet(TimeSpan.FromSeconds(5));
        if (Theme is SeatsTheme.Moves && town.WhatIsAstray() is { } astray)
            return astray;
        foreach (var seat in town.Up.Where(seat => seat.Registers!.IsVoting).ToArray())
        {
            foreach (var name in counters.Where(_ => Theme is not SeatsTheme.Births))
                AskCounter(seat, name, isReading: true);
        }

        BeQuiet(TimeSpan.FromSeconds(1));
        return ExhaustiveChecker.Check(history.Operations, stepsMax: SearchMax) is Verdict.Violation(var sentence)
            ? $"A4: {sentence}"
            : null;
    }

    private void LeadWell()
    {
        BeQuiet(TimeSpan.FromMilliseconds(200));
        foreach (var seat in town.Seats)
            seat.Do(town.Now, town, (registers, clock, outbox) => registers.Lead(clock, seat == town.Seats[0], [], outbox));
    }

    private sealed record Errand(RegisterName Name, bool IsReading, ulong Version, int Yes, int? Operation)
    {
        public bool IsOver { get; init; }
    }
}
