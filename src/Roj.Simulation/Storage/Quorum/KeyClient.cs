using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Roj.Storage;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>Somebody who reads and writes keys at any machine, one thing after the other, and writes down what it saw.</summary>
/// <remarks>Keys that begin with n hold numbers, those with t text; those with e end, and those with f are written under
/// fences.</remarks>
internal sealed class KeyClient
{
    /// <summary>Longer than an answer may take.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(25);

    private readonly QuorumTown town;
    private readonly int index;
    private readonly string name;
    private readonly Rng rng;
    private readonly SortedDictionary<string, ulong> versions = new(StringComparer.Ordinal); // as they were last seen
    private int number;
    private int underWay;

    public KeyClient(QuorumTown town, int index)
    {
        (this.town, this.index, name) = (town, index, $"c{index}");
        rng = town.World.RngFor($"quorum/client/{index}");
    }

    /// <summary>Whether it begins nothing new.</summary>
    public bool IsToStop { get; set; }

    /// <summary>Whether it waits for nothing.</summary>
    public bool IsIdle => underWay == 0;

    public void Begin() => Think();

    /// <summary>A key of the run.</summary>
    public static StorageKey KeyOf(string text) => new(0, Encoding.ASCII.GetBytes(text));

    /// <summary>What is seen in a value.</summary>
    public static Seen SeenIn(ReadOnlyMemory<byte>? data) => new(0, data is { } some ? Encoding.ASCII.GetString(some.Span) : null);

    private void Think() =>
        town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, town.Setup.Agreement.Thinks), Next);

    private void Next()
    {
        if (IsToStop)
            return;
        if (town.PickAble(rng) is not { } part)
        {
            Think();
            return;
        }

        var sort = rng.Pick(['n', 'n', 't', 't', 'e', 'e', 'f']);
        var register = $"{sort}{rng.Next(town.Setup.Agreement.Registers)}";
        var (kind, call) = Draw(register, sort, part);
        if (call.IsWrite && rng.Chance(1, 2))
            call = call with { Request = new ChangeId(NodeId.Random(rng), 0, 0) };
        var errand = new Errand(register, town.History.Invoke(register, name, kind), call, part.Unix, town.Watch.ToldOf(KeyOf(register)));
        if (call is StorageCall.Write { Expiry.EndsAt: { } end } write)
            WillEnd(register, Encoding.ASCII.GetString(write.Value.Span), end);
        underWay++;
        part.Ask(call, answer => Answered(errand, answer));
        town.World.Schedule(town.World.Now + patience, () => End(errand));
        if (call.Request is not null)
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(4)), () => Again(errand));
    }

    // Somebody whose clock shows that its time is over will delete it, or nobody will: from then on it may be gone.
    private void WillEnd(string register, string text, long end)
    {
        town.Watch.Ends(text, end);
        town.World.Schedule(
            town.FirstAt(end), () => town.History.Invoke(register, "time", new OperationKind.CompareAndSet(text, null)));
    }

    // The same request elsewhere, while nobody has answered: it is applied once.
    private void Again(Errand errand)
    {
        if (errand.IsOver || town.PickAble(rng) is not { } part)
            return;
        errand.IsTriedTwice = true;
        town.Saw("the same request is asked for elsewhere");
        part.Ask(errand.Call with { TriedSince = 0 }, answer => Answered(errand, answer));
    }

    private (OperationKind Kind, StorageCall Call) Draw(string register, char sort, QuorumPart part)
    {
        var key = KeyOf(register);
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}.{++number} ");
        var data = Encoding.ASCII.GetBytes(text);
        var fence = sort == 'f' ? town.Watch.FenceOf(index, isNew: rng.Chance(1, 4), number) : (Fence?)null;
        switch (rng.Next(12))
        {
            case < 4:
                return (new OperationKind.Read(), new StorageCall.Read(key));
            case >= 10 when fence is null:
                return (new OperationKind.Delete(), new StorageCall.Delete(key));
            case var _ when sort == 'n':
                var delta = rng.Next(1, 1000);
                return (new OperationKind.Add(delta), new StorageCall.Add(key, delta));
            case < 6 when sort == 't':
                return (new OperationKind.Append(text), new StorageCall.Append(key, data));
            case < 8 when sort == 't' && versions.TryGetValue(register, out var version):
                return (
                    new OperationKind.CompareVersionAndSet(version, text), new StorageCall.Write(key, data) { AtVersion = version });
            case < 8 when fence is null:
                return (
                    new OperationKind.CompareAndSet(null, text),
                    new StorageCall.Write(key, data, WriteCondition.IfAbsent, End(sort, part)));
            default:
                return (
                    new OperationKind.Write(text),
                    new StorageCall.Write(key, data, WriteCondition.Always, End(sort, part)) { Fence = fence });
        }
    }

    private Expiry End(char sort, QuorumPart part) =>
        sort == 'e' && rng.Chance(3, 4) ? Expiry.At(part.Unix + rng.Next(100, 4000)) : Expiry.None;

    private void Answered(Errand errand, StorageAnswer answer)
    {
        if (errand.IsOver)
            return;
        switch (answer)
        {
            case StorageAnswer.Value value:
                Look(errand, SeenIn(value.Data).Value, value.Version);
                if (errand.Call is StorageCall.Read(var key))
                    QuorumWatch.Reads(key, value.Version, errand.Told);
                Return(errand, Known.Yes, SeenIn(value.Data));
                break;
            case StorageAnswer.Number(var sum) when errand.Call is StorageCall.Add:
                Return(errand, Known.Yes, new Seen(0, sum.ToString(CultureInfo.InvariantCulture)));
                break;
            case StorageAnswer.Done { IsApplied: true } done:
                Wrote(errand, done.Version);
                Return(errand, Known.Yes, null);
                break;
            case StorageAnswer.Number:
                Return(errand, Known.Yes, null);
                break;
            case StorageAnswer.Done when !errand.IsTriedTwice: // the other asking may have been what it met
                Return(errand, Known.No, errand.Call is StorageCall.Delete ? Seen.Nothing : null);
                break;
            case StorageAnswer.Failed { Applied: Applied.Yes }:
                Return(errand, Known.Yes, null);
                break;
            case StorageAnswer.Failed { Applied: Applied.No } failed when errand.Call.IsWrite && !errand.IsTriedTwice:
                if (failed.Fault is StorageFault.Fenced)
                    town.Saw("a fence keeps a late one away");
                Return(errand, Known.No, null);
                break;
            default:
                End(errand);
                break;
        }
    }

    private void Look(Errand errand, string? value, ulong version)
    {
        versions[errand.Register] = version;
        town.Watch.Shows(errand.Register, value, version, errand.Unix);
    }

    private void Wrote(Errand errand, ulong version)
    {
        if (errand.Call is not StorageCall.Write write || version == 0)
            return;
        versions[errand.Register] = version;
        town.Watch.Acknowledged(write.Key, version);
        town.Watch.Shows(errand.Register, Encoding.ASCII.GetString(write.Value.Span), version, long.MinValue);
        if (write.Fence is { } fence)
            town.Watch.Wrote(errand.Register, version, fence);
        if (write.AtVersion is { } before)
            town.Watch.Followed(errand.Register, before, version);
    }

    private void Return(Errand errand, Known outcome, Seen? seen)
    {
        if (outcome is Known.Yes && errand.Call.IsWrite)
            town.Acknowledge();
        town.History.Return(errand.Operation, outcome, seen);
        End(errand);
    }

    private void End(Errand errand)
    {
        if (errand.IsOver)
            return;
        errand.IsOver = true;
        underWay--;
        Think();
    }

    private sealed class Errand(string register, int operation, StorageCall call, long unix, ulong told)
    {
        public string Register => register;

        public int Operation => operation;

        public StorageCall Call => call;

        /// <summary>What the clock of who was asked showed.</summary>
        public long Unix => unix;

        /// <summary>Which version of the key had been told when it was asked.</summary>
        public ulong Told => told;

        public bool IsOver { get; set; }

        public bool IsTriedTwice { get; set; }
    }
}
