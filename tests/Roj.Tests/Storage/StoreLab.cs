using System.Text;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Storage;
using Roj.Storage.Wire;
using Roj.Tests.Log;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Some nodes with their logs on disks in memory, who hear each other at once while they are up and not apart. Node 1
/// leads.</summary>
internal sealed class StoreLab
{
    private readonly SortedDictionary<ulong, StorageAnswer> answers = [];
    private readonly List<(int From, int To, StorageMessage Message)> onTheWay = [];
    private readonly StoreSettings settings;
    private ulong lastCall;

    public StoreLab(int nodes, int copies = 2, long unix = 1_700_000_000_000, int callsMax = 1000)
    {
        settings = new StoreSettings { Self = default, Boot = 1, Copies = copies, CallsMax = callsMax };
        Unix = unix;
        for (var i = 1; i <= nodes; i++)
        {
            Nodes.Add(new Member { Number = i });
            Boot(i);
        }

        Pass(10); // until nobody has what is others' any more
    }

    public List<Member> Nodes { get; } = [];

    /// <summary>Who leads where he is; the first elsewhere.</summary>
    public int? Leader { get; set; }

    /// <summary>Which leadership it is of those who are not apart; 2 of those who are.</summary>
    public ulong Leadership { get; set; } = 3;

    public Instant Now { get; private set; }

    public long Unix { get; set; }

    public List<(int From, int To, StorageMessage Message)> Said { get; } = [];

    /// <summary>Says whether a message is lost.</summary>
    public Func<int, int, StorageMessage, bool> Loses { get; set; } = (_, _, _) => false;

    public Member this[int number] => Nodes[number - 1];

    public static NodeId Id(int number) => new((UInt128)number);

    public static StorageKey Key(string name, int database = 0) => new(database, Encoding.UTF8.GetBytes(name));

    public void Stop(int number)
    {
        this[number].Shell = null;
        See();
    }

    public void Boot(int number)
    {
        var node = this[number];
        node.Boots++;
        var logSettings = new LogSettings((UInt128)number) { HashSeed = LogShelf.HashSeed, ReserveBytes = 0, PreallocateBytes = 0 };
        Assert.True(DurableLog.Open(node.Disk, logSettings).TryGet(out var log, out var fault), fault?.Sentence);
        node.Log = log;
        var own = settings with { Self = Id(number), Boot = (uint)node.Boots };
        node.Shell = new StorageShell(own.Self, new Store(own, new LogShelf(node.Log), new Rng((ulong)number)), node.Log);
        node.Shell.Store.Start(At(node));
        See();
    }

    /// <summary>Empties the disk of a node that is down, which comes back as another.</summary>
    public void Wipe(int number) => (this[number].Disk, this[number].Log) = (new MemoryLogDisk(), null);

    public void Apart(params int[] side)
    {
        foreach (var node in Nodes)
            node.IsApart = side.Contains(node.Number);
        See();
    }

    public StorageAnswer? Ask(int number, StorageCall call)
    {
        var id = Begin(number, call);
        for (var i = 0; i < 80 && !answers.ContainsKey(id); i++)
            Pass(0.1);
        return answers.GetValueOrDefault(id);
    }

    public ulong Begin(int number, StorageCall call)
    {
        var (node, id) = (this[number], ++lastCall);
        node.Shell!.Store.Ask(At(node), id, call, node.Shell.Outbox);
        Run();
        return id;
    }

    public StorageAnswer? AnswerTo(ulong call) => answers.GetValueOrDefault(call);

    public void Set(int number, string name, string value, int database = 0) =>
        Assert.Equal(StorageAnswer.Done.Yes, Ask(number, new StorageCall.Write(Key(name, database), Encoding.UTF8.GetBytes(value))));

    public bool Delete(int number, string name, int database = 0) =>
        Assert.IsType<StorageAnswer.Done>(Ask(number, new StorageCall.Delete(Key(name, database)))).IsApplied;

    public string? Get(int number, string name, int database = 0) =>
        Assert.IsType<StorageAnswer.Value>(Ask(number, new StorageCall.Read(Key(name, database)))).Data is { } data
            ? Encoding.UTF8.GetString(data.Span) : null;

    public string[] Keys(int number, int batch = 10, int database = 0)
    {
        List<string> names = [];
        for (ulong cursor = 0; ;)
        {
            var page = Assert.IsType<StorageAnswer.Keys>(Ask(number, new StorageCall.List(database, cursor, batch)));
            names.AddRange(page.Names.Select(name => Encoding.UTF8.GetString(name.Span)));
            cursor = page.Next;
            if (cursor == 0)
                return [.. names.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>What each node has of a key on its shelf: "-" for nothing, "x" for a tombstone.</summary>
    public string Copies(string name, int database = 0) => string.Join(' ', Nodes.Select(node =>
        node.Log is null || new LogShelf(node.Log).Find(Key(name, database), out var entry, out _) is ShelfFinding.Absent ? "-"
            : entry?.Data is { } data ? Encoding.UTF8.GetString(data.Span) : "x"));

    public int[] OwnersOf(string name)
    {
        var node = Nodes.First(one => one.Shell is not null);
        var hash = new LogShelf(node.Log!).HashOf(Key(name));
        return [.. node.Shell!.Store.Map!.OwnersOf(SlotMap.SlotOf(hash)).Select(owner => (int)(uint)(ulong)owner.Value)];
    }

    /// <summary>A key that these and only these own.</summary>
    public string KeyOf(params int[] owners) =>
        Enumerable.Range(0, 10_000).Select(i => $"key{i}").First(name => OwnersOf(name).Order().SequenceEqual(owners.Order()));

    public void Pass(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Run();
        while (true)
        {
            Instant? due = null;
            foreach (var node in Nodes)
                due = Instant.Earliest(due, node.Shell?.Store.Deadline);
            if (due is not { } next || next > end)
                break;
            Forward(next > Now ? next : Now + TimeSpan.FromTicks(1));
            foreach (var node in Nodes.Where(node => node.Shell?.Store.Deadline <= Now))
                node.Shell!.Store.Tick(At(node), node.Shell.Outbox);
            Run();
        }

        Forward(end);
    }

    private void Forward(Instant to)
    {
        if (to <= Now)
            return;
        Unix += (long)(to - Now).TotalMilliseconds;
        Now = to;
    }

    private Moment At(Member node) => new(Now, Unix + node.Offset);

    /// <summary>Somebody says something to somebody.</summary>
    public void Say(int from, int to, StorageMessage message)
    {
        onTheWay.Add((from, to, message));
        Run();
    }

    /// <summary>All see who is there.</summary>
    public void See()
    {
        foreach (var node in Nodes.Where(node => node.Shell is not null))
        {
            var reached = Nodes.Where(other => other.Shell is not null && other.IsApart == node.IsApart);
            NodeId[] here = [.. reached.Select(other => Id(other.Number))];
            node.Shell!.Store.See(At(node), here, node.Shell.Outbox);
            var leader = Leader is { } chosen && here.Contains(Id(chosen)) ? Id(chosen) : here.Min();
            var leads = node.IsLed && leader == Id(node.Number);
            node.Shell.Store.Lead(
                At(node), leads ? new Term(node.IsApart ? 2 : Leadership, Id(node.Number)) : null, here, Gone, node.Shell.Outbox);
        }

        Run();
    }

    public List<NodeId> Gone { get; } = [];

    public void Forget(int number)
    {
        Gone.Add(Id(number));
        See();
    }

    // Until nothing is on its way any more, and all is on the disks.
    private void Run()
    {
        for (var goesOn = true; goesOn;)
        {
            goesOn = false;
            foreach (var node in Nodes.Where(node => node.Shell is not null))
                goesOn |= Carry(node);
            foreach (var (from, to, message) in onTheWay.ToArray())
            {
                Said.Add((from, to, message));
                var isHeard = this[to].Shell is not null && this[from].IsApart == this[to].IsApart && !Loses(from, to, message);
                if (isHeard)
                    this[to].Shell!.Store.Receive(At(this[to]), Id(from), message, this[to].Shell!.Outbox);
                goesOn = true;
            }

            onTheWay.Clear();
        }
    }

    private bool Carry(Member node)
    {
        var shell = node.Shell!;
        shell.Drain(At(node));
        var any = false;
        if (node.Writes && shell.WantsCommit && shell.BeginCommit() is { } commit)
        {
            commit.Write(node.Disk);
            commit.Sync(node.Disk);
            Assert.Equal(LogStatus.Done, shell.EndCommit(At(node), commit));
            any = true;
        }

        while (shell.TryTakeMessage(out var to, out var message))
            onTheWay.Add((node.Number, (int)(uint)(ulong)to.Value, message!));
        while (shell.TryTakeAnswer(out var answer))
        {
            answers.Add(answer!.Call, answer.With);
            any = true;
        }

        while (shell.TryTakeEvent(out var what))
            node.Events.Add(what!);
        return any || onTheWay.Count > 0;
    }

    internal sealed class Member
    {
        public required int Number { get; init; }

        public int Boots { get; set; }

        public MemoryLogDisk Disk { get; set; } = new();

        public DurableLog? Log { get; set; }

        public StorageShell? Shell { get; set; }

        /// <summary>How many milliseconds its wall clock is ahead.</summary>
        public long Offset { get; set; }

        public bool IsApart { get; set; }

        /// <summary>Whether somebody is elected where it is.</summary>
        public bool IsLed { get; set; } = true;

        /// <summary>Whether commits are carried out.</summary>
        public bool Writes { get; set; } = true;

        public List<StorageEvent> Events { get; } = [];
    }
}
