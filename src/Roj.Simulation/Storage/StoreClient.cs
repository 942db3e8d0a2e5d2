using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>Somebody who asks nodes of the store, one thing at a time.</summary>
internal sealed class StoreClient
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly StoreTown town;
    private readonly Rng rng;
    private StoreOperation? underWay;
    private ulong call;
    private bool isGoing;

    public StoreClient(StoreTown town, int index)
    {
        this.town = town;
        rng = town.World.RngFor($"store/client/{index}");
        town.Answered += Hear;
        town.Ended += Lose;
    }

    /// <summary>Whether it asks on.</summary>
    public bool IsToStop { get; set; }

    /// <summary>What it waits for; null for nothing.</summary>
    public StoreOperation? UnderWay => underWay;

    /// <summary>A key, in one of the databases.</summary>
    public static StorageKey KeyOf(int name, int database) =>
        new(database, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"key{name}")));

    public void Begin()
    {
        IsToStop = false;
        if (!isGoing)
            Think();
    }

    private void Think()
    {
        isGoing = !IsToStop;
        if (isGoing)
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, town.Setup.Thinks), Ask);
    }

    private void Ask()
    {
        var able = town.Nodes.Where(node => node.IsAble).ToArray();
        if (IsToStop || able.Length == 0)
        {
            Think();
            return;
        }

        var (node, key) = (rng.Pick(able), KeyOf(rng.Next(town.Setup.Keys.Names), rng.Next(town.Setup.Keys.Databases)));
        var kind = rng.Next(10) switch { < 5 => StoreCallKind.Write, < 7 => StoreCallKind.Delete, _ => StoreCallKind.Read };
        var isAmbiguous = town.Watch.Of(key).Any(
            one => one is { Kind: StoreCallKind.Delete, End: null } && one.Asked == (node.Identity, node.Life));
        if (kind is StoreCallKind.Delete && isAmbiguous)
            kind = StoreCallKind.Read; // of two deletions at one node at a time nobody could tell which is which
        var operation = town.Watch.New(kind, key, node);
        town.Watch.Begin(operation);
        var length = rng.Next(town.Setup.ValueBytes);
        (underWay, call) = (operation, town.NextCall());
        node.Ask(call, kind switch
        {
            StoreCallKind.Write => new StorageCall.Write(key, StoreWatch.ValueOf(operation.Id, length)),
            StoreCallKind.Delete => new StorageCall.Delete(key),
            _ => new StorageCall.Read(key),
        });
        town.World.Schedule(town.World.Now + patience, () => GiveUp(operation));
    }

    private void Hear(StoreNode node, StorageEffect.Answer answer)
    {
        if (underWay is not { } operation || answer.Call != call)
            return;
        operation.IsCalm &= town.Watch.SeesAll(node);
        operation.Maps = (operation.Maps.Start, node.Store?.Map);
        town.World.Trace.Comment(node, "store.answers", (operation, answer.With));
        switch (answer.With)
        {
            case StorageAnswer.Done:
                town.Watch.Acknowledged(operation);
                break;
            case StorageAnswer.Value value:
                town.Watch.Seen(operation, value.Data);
                break;
            case StorageAnswer.Failed failed:
                town.Watch.Failed(operation, failed);
                break;
            default:
                break;
        }

        operation.End = IsUnknown(answer.With) ? null : town.World.Now;
        underWay = null;
        Think();

        static bool IsUnknown(StorageAnswer with) => with is StorageAnswer.Failed { Applied: not Applied.No };
    }

    private void Lose(StoreNode node)
    {
        if (underWay?.Node != node)
            return;
        underWay = null;
        Think();
    }

    private void GiveUp(StoreOperation operation)
    {
        if (underWay != operation)
            return;
        town.Watch.Late(operation);
        underWay = null;
        Think();
    }
}
