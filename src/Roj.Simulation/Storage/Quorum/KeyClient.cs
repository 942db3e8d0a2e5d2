using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Roj.Storage;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>Somebody who reads and writes keys at any machine, one thing after the other, and writes down what it saw.</summary>
internal sealed class KeyClient
{
    /// <summary>Longer than an answer may take.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(25);

    private readonly QuorumTown town;
    private readonly string name;
    private readonly Rng rng;
    private int number;
    private int underWay;

    public KeyClient(QuorumTown town, int index)
    {
        (this.town, name) = (town, $"c{index}");
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

    private void Think() => town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, town.Setup.Thinks), Next);

    private void Next()
    {
        if (IsToStop)
            return;
        if (town.PickAble(rng) is not { } part)
        {
            Think();
            return;
        }

        var isNumber = rng.Chance(1, 3);
        var register = $"{(isNumber ? 'n' : 't')}{rng.Next(town.Setup.Registers)}";
        var (kind, call) = Draw(KeyOf(register), isNumber);
        if (call.IsWrite && rng.Chance(1, 2))
            call = call with { Request = new ChangeId(NodeId.Random(rng), 0, 0) };
        var operation = town.History.Invoke(register, name, kind);
        var errand = new Errand(operation, call);
        underWay++;
        part.Ask(call, answer => Answered(errand, answer));
        town.World.Schedule(town.World.Now + patience, () => End(errand));
        if (call.Request is not null)
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4)), () => Again(errand));
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

    private (OperationKind Kind, StorageCall Call) Draw(StorageKey key, bool isNumber)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}.{++number} ");
        var data = Encoding.ASCII.GetBytes(text);
        switch (rng.Next(12))
        {
            case < 4:
                return (new OperationKind.Read(), new StorageCall.Read(key));
            case >= 10:
                return (new OperationKind.Delete(), new StorageCall.Delete(key));
            case var _ when isNumber:
                var delta = rng.Next(1, 1000);
                return (new OperationKind.Add(delta), new StorageCall.Add(key, delta));
            case < 6:
                return (new OperationKind.Append(text), new StorageCall.Append(key, data));
            case < 8:
                return (new OperationKind.CompareAndSet(null, text), new StorageCall.Write(key, data, WriteCondition.IfAbsent));
            default:
                return (new OperationKind.Write(text), new StorageCall.Write(key, data));
        }
    }

    private void Answered(Errand errand, StorageAnswer answer)
    {
        if (errand.IsOver)
            return;
        switch (answer)
        {
            case StorageAnswer.Value value:
                Return(errand, Known.Yes, SeenIn(value.Data));
                break;
            case StorageAnswer.Number(var sum) when errand.Call is StorageCall.Add:
                Return(errand, Known.Yes, new Seen(0, sum.ToString(CultureInfo.InvariantCulture)));
                break;
            case StorageAnswer.Number or StorageAnswer.Done { IsApplied: true }:
                Return(errand, Known.Yes, null);
                break;
            case StorageAnswer.Done when !errand.IsTriedTwice: // the other asking may have been what it met
                Return(errand, Known.No, errand.Call is StorageCall.Delete ? Seen.Nothing : null);
                break;
            case StorageAnswer.Failed { Applied: Applied.Yes }:
                Return(errand, Known.Yes, null);
                break;
            case StorageAnswer.Failed { Applied: Applied.No } when errand.Call.IsWrite && !errand.IsTriedTwice:
                Return(errand, Known.No, null);
                break;
            default:
                End(errand);
                break;
        }
    }

    private void Return(Errand errand, Known outcome, Seen? seen)
    {
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

    private sealed class Errand(int operation, StorageCall call)
    {
        public int Operation => operation;

        public StorageCall Call => call;

        public bool IsOver { get; set; }

        public bool IsTriedTwice { get; set; }
    }
}
