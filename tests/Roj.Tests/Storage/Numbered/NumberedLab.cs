using System.Text;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Storage;
using Roj.Storage.Wire;
using Roj.Tests.Log;
using Xunit;

namespace Roj.Tests.Storage.Numbered;

/// <summary>A router and numbered servers with their logs on disks in memory, without sockets: the router sees who is up at once.</summary>
internal sealed class NumberedLab
{
    private static readonly NodeId self = new(UInt128.MaxValue);

    private readonly SortedDictionary<ulong, StorageAnswer> answers = [];
    private readonly StoreSettings settings;
    private readonly Member[] servers;
    private readonly Member router = new() { Id = self };
    private ulong lastCall;

    public NumberedLab(int servers, Func<StoreSettings, StoreSettings>? change = null)
    {
        settings = new StoreSettings { Self = self, Boot = 1, Servers = servers };
        settings = change?.Invoke(settings) ?? settings;
        this.servers = [.. Enumerable.Range(0, servers).Select(number => new Member { Id = ServerNumbers.NodeOf(number) })];
        StartRouter();
        for (var number = 0; number < servers; number++)
            Start(number);
    }

    public Instant Now { get; private set; }

    public long Unix { get; set; } = 1_700_000_000_000;

    public Store Router => router.Shell!.Store;

    public MemoryLogDisk RouterDisk => router.Disk;

    /// <summary>What was said, and to or by which server.</summary>
    public List<(int Server, StorageMessage Message)> Said { get; } = [];

    /// <summary>Says whether a message to a server is lost.</summary>
    public Func<int, StorageMessage, bool> Loses { get; set; } = (_, _) => false;

    public bool RouterWrites
    {
        set => router.Writes = value;
    }

    public bool IsRouterUp => router.Shell is not null;

    private Moment At => new(Now, Unix);

    public void StartRouter()
    {
        Boot(router, settings with { Boot = (uint)++router.Boots });
        See();
    }

    public void StopRouter() => router.Shell = null;

    public void Start(int server)
    {
        Boot(servers[server], new StoreSettings { Self = new NodeId((UInt128)(1000 + server)), Boot = (uint)++servers[server].Boots });
        See();
    }

    public void Stop(params int[] stopped)
    {
        foreach (var number in stopped)
            servers[number].Shell = null;
        See();
    }

    public bool IsUp(int server) => servers[server].Shell is not null;

    /// <summary>Whether a server's commits are carried out.</summary>
    public void Writes(int server, bool writes) => servers[server].Writes = writes;

    /// <summary>Empties the disk of a server that is down.</summary>
    public void Wipe(int server) => (servers[server].Disk, servers[server].Log) = (new MemoryLogDisk(), null);

    public DurableLog LogOf(int server) => servers[server].Log!;

    public ulong Begin(StorageCall call)
    {
        router.Shell!.Store.Ask(At, ++lastCall, call, router.Shell.Outbox);
        Run();
        return lastCall;
    }

    public StorageAnswer? AnswerTo(ulong call) => answers.GetValueOrDefault(call);

    public StorageAnswer? Ask(StorageCall call)
    {
        var id = Begin(call);
        for (var i = 0; i < 80 && !answers.ContainsKey(id); i++)
            Pass(0.1);
        return answers.GetValueOrDefault(id);
    }

    public void Set(string name, string value, int database = 0) =>
        Assert.Equal(StorageAnswer.Done.Yes, Ask(new StorageCall.Write(StoreLab.Key(name, database), Encoding.UTF8.GetBytes(value))));

    public void Delete(string name) => Assert.IsType<StorageAnswer.Done>(Ask(new StorageCall.Delete(StoreLab.Key(name))));

    public string? Get(string name, int database = 0) =>
        Assert.IsType<StorageAnswer.Value>(Ask(new StorageCall.Read(StoreLab.Key(name, database)))).Data is { } data
            ? Encoding.UTF8.GetString(data.Span) : null;

    public StorageFault Fault(StorageCall call) => Assert.IsType<StorageAnswer.Failed>(Ask(call)).Fault;

    public string[] Keys(int batch = 10, int database = 0)
    {
        List<string> names = [];
        for (ulong cursor = 0; ;)
        {
            var page = Assert.IsType<StorageAnswer.Keys>(Ask(new StorageCall.List(database, cursor, batch)));
            names.AddRange(page.Names.Select(name => Encoding.UTF8.GetString(name.Span)));
            cursor = page.Next;
            if (cursor == 0)
                return [.. names.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>What each server has of a key on its shelf: "-" for nothing, "x" for a tombstone.</summary>
    public string Copies(string name, int database = 0) => string.Join(' ', servers.Select(server =>
        server.Log is null || new LogShelf(server.Log).Find(StoreLab.Key(name, database), out var entry, out _) is ShelfFinding.Absent ? "-"
            : entry?.Data is { } data ? Encoding.UTF8.GetString(data.Span) : "x"));

    /// <summary>A key whose first server this is.</summary>
    public string KeyOf(int first) =>
        Enumerable.Range(0, 10_000).Select(i => $"key{i}").First(
            name => ServerNumbers.FirstOf(Encoding.UTF8.GetBytes(name), servers.Length) == first);

    public void Pass(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Run();
        while (router.Shell is { } shell && shell.Store.Deadline is { } due && due <= end)
        {
            Forward(due > Now ? due : Now + TimeSpan.FromTicks(1));
            shell.Store.Tick(At, shell.Outbox);
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

    private void Boot(Member member, StoreSettings own)
    {
        var logSettings = new LogSettings(member.Id.Value) { HashSeed = LogShelf.HashSeed, ReserveBytes = 64 << 10, PreallocateBytes = 0 };
        Assert.True(DurableLog.Open(member.Disk, logSettings).TryGet(out var log, out var fault), fault?.Sentence);
        member.Log = log;
        member.Shell = new StorageShell(own.Self, new Store(own, new LogShelf(log), new Rng(7)), log);
        member.Shell.Store.Start(At);
    }

    private void See()
    {
        if (router.Shell is not { } shell)
            return;
        shell.Store.See(At, [.. servers.Where(server => server.Shell is not null).Select(server => server.Id)], shell.Outbox);
        Run();
    }

    private void Run()
    {
        List<(Member From, Member To, StorageMessage Message)> onTheWay = [];
        for (var goesOn = true; goesOn;)
        {
            goesOn = Carry(router, onTheWay);
            foreach (var server in servers)
                goesOn |= Carry(server, onTheWay);
            goesOn |= onTheWay.Count > 0;
            foreach (var (from, to, message) in onTheWay)
            {
                var number = ServerNumbers.NumberOf(from == router ? to.Id : from.Id);
                Said.Add((number, message));
                if (to.Shell is { } shell && !Loses(number, message))
                    shell.Store.Receive(At, from.Id, message, shell.Outbox);
            }

            onTheWay.Clear();
        }
    }

    private bool Carry(Member member, List<(Member From, Member To, StorageMessage Message)> onTheWay)
    {
        if (member.Shell is not { } shell)
            return false;
        shell.Drain(At);
        var any = false;
        if (member.Writes && shell.WantsCommit && shell.BeginCommit() is { } commit)
        {
            commit.Write(member.Disk);
            commit.Sync(member.Disk);
            Assert.NotEqual(LogStatus.Quarantined, shell.EndCommit(At, commit));
            any = !member.Log!.IsFull;
        }

        while (shell.TryTakeMessage(out var to, out var message))
            onTheWay.Add((member, member == router ? servers[ServerNumbers.NumberOf(to)] : router, message!));
        while (shell.TryTakeAnswer(out var answer))
        {
            answers.Add(answer!.Call, answer.With);
            any = true;
        }

        while (shell.TryTakeEvent(out _))
            continue;
        return any;
    }

    private sealed class Member
    {
        public required NodeId Id { get; init; }

        public int Boots { get; set; }

        public MemoryLogDisk Disk { get; set; } = new();

        public DurableLog? Log { get; set; }

        /// <summary>Whether commits are carried out.</summary>
        public bool Writes { get; set; } = true;

        public StorageShell? Shell { get; set; }
    }
}
