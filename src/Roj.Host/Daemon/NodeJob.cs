using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Roj.Election;
using Roj.Host.Agreement;
using Roj.Host.Election;
using Roj.Host.Net;
using Roj.Host.Pushes;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Host.Storage;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Token;

namespace Roj.Host.Daemon;

/// <summary>The daemon: one node of a cluster, from its start to its farewell.</summary>
/// <param name="options">What it is told.</param>
/// <param name="tell">Called on the node's thread for everything that happens.</param>
public sealed class NodeJob(NodeOptions options, Action<NodeEvent> tell)
{
    private static readonly TimeSpan HooksPatience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CutOff cut = new();
    private long told;
    private bool isKeeping;
    private bool isByMajority; // so that what is kept does not depend on who looks alive
    private IReadOnlyList<string> takenPart = [.. options.Tokens.Select(plan => plan.Name)];
    private StorePart? kept; // while it runs
    private volatile TokenDoor? tokens;

    /// <summary>What else the node does for its user once it can be called, such as HTTP; disposed of after its farewell. Without it the
    /// node has no HTTP port.</summary>
    public Func<MemberShell, Member, Task<IAsyncDisposable>>? Serve { get; set; }

    /// <summary>Told on the node's thread when this node begins to lead, with the term; and when it ends, with null and how long what was
    /// started under it may take to be over: then another may lead.</summary>
    public Action<Term?, TimeSpan>? Leads { get; init; }

    /// <summary>The node's files; null before it can be called (see <see cref="Serve"/>).</summary>
    public FileService? Files { get; private set; }

    /// <summary>What the node knows of a token; null if it takes no part in it, or can't be called yet. From any thread.</summary>
    /// <exception cref="OperationCanceledException">The node has ended.</exception>
    public Task<TokenFinding?> FindTokenAsync(string name) => tokens?.FindAsync(name) ?? Task.FromResult<TokenFinding?>(null);

    /// <summary>Ends the node; may be called on any thread, and before <see cref="Run"/>.</summary>
    public void Stop() => ended.TrySetResult();

    /// <summary>From now on the node neither speaks to those at these addresses nor hears them on the port between nodes; may be called on
    /// any thread. Its files and its HTTP API are not cut off.</summary>
    /// <param name="addresses">Their IPv4 addresses; none to end it.</param>
    public void CutOff(IReadOnlyList<uint> addresses) => cut.Set(addresses);

    /// <summary>Runs the node on the calling thread until it is stopped.</summary>
    /// <exception cref="NodeException">It can't begin, or can't go on.</exception>
    public void Run()
    {
        try
        {
            RunNode();
        }
        catch (NodeException e)
        {
            Tell(new NodeNews.Failed(e.Message));
            throw;
        }
    }

    private void RunNode()
    {
        var local = ChooseInterface();
        var places = RingPlaces.Of(options, local.Subnet);
        using var directory = options.DataPath.Length > 0 ? DataDirectory.Open(options.DataPath, Identity.Draw, Warn) : null;
        var id = directory?.Id ?? Identity.Draw();
        var remembered = directory?.State.Members ?? [];
        var rng = new Rng((ulong)Identity.Draw().Value);
        var own = new Endpoint(local.Subnet.Address, options.Port);
        var keys = KeyStore.Load(options, directory, Warn);
        if (options.AllowPush is not null)
            PushSight.Permit(options, hasKey: keys is not null);
        var finding = options.FindingAs(id, rng.NextUInt64() | 1, local.Subnet, hasKey: keys is not null);
        directory?.BeginLife(options.Expect > 0);
        isKeeping = directory is not null;
        isByMajority = options.Expect > 0 || directory?.State.IsQuorum is true;
        var loop = new EventLoop();
        Files = directory is null ? null : StartFiles(loop, directory, keys, own.WithPort(options.SwarmPort));
        try
        {
            var neighbourhood = Neighbourhood(directory?.State ?? NodeState.Unborn with { Lives = 1 }, finding, own, rng);
            loop.Run(() => RunAsync(loop, neighbourhood, directory, keys, local, [.. places, .. remembered]));
        }
        finally
        {
            Files?.DisposeAsync().AsTask().Wait();
        }
    }

    private Neighbourhood Neighbourhood(NodeState life, FinderSettings finding, Endpoint own, Rng rng)
    {
        var keeping = new KeeperSettings { Id = finding.Id, Own = own, Incarnation = life.Incarnation };
        var tags = Tags.Write(TagsWith(takenPart));
        var neighbourhood = new Membership.Neighbourhood(finding, keeping, Profile(life.Lives), tags, rng);
        if (!neighbourhood.Admits(own))
        {
            throw new NodeException(
                $"{Endpoint.AddressText(own.Address)} is a public address, and this node has no key: take another --address or "
                + "--interface, or say --insecure",
                isWrongUse: true);
        }

        return neighbourhood;
    }

    private FileService StartFiles(EventLoop loop, DataDirectory directory, ClusterKeys? keys, Endpoint listen)
    {
        try
        {
            // What happens there is told here: on our loop, in our turn.
            return FileService.Start(
                new FileServiceOptions
                {
                    Listen = listen,
                    DataPath = directory.Path,
                    AnyAddress = options.Insecure,
                    Keys = keys,
                    AllowPlainSwarm = options.AllowPlainSwarm,
                },
                what => loop.Post(
                    _ => Tell(what is FileNews.Warning(var text) ? new NodeNews.Warning(text) : new NodeNews.OfFile(what, directory.Id)),
                    null));
        }
        catch (FileException e)
        {
            throw new NodeException(e.Message);
        }
    }

    private async Task RunAsync(
        EventLoop loop,
        Neighbourhood neighbourhood,
        DataDirectory? directory,
        ClusterKeys? keys,
        LocalInterface local,
        IReadOnlyList<Endpoint> remembered)
    {
        var self = neighbourhood.Members.Self;
        var state = directory is null ? null : new StateKeeper(directory, Warn);
        var ring = new RingKeeper(directory);
        using var shell = new MemberShell(
            loop, neighbourhood, options.Cluster, state, Tell, keys: keys, keep: ring.Keep, cut: cut)
        { Stop = Stop };
        using var wing = new AgreementWing(
            directory, data => OpenAgreement(loop, shell, self, data, state!), () => neighbourhood.Members.Members, Warn);
        shell.Wings.Agreement = wing;
        var api = Serve is null ? "" : $"http://{self.Node.WithPort(options.HttpPort)}";
        var hooks = new RoleHooks(options.OnLeader, options.OnColor, api, options.Cluster, (level, text) =>
            Tell(new NodeNews.OfWing(new WingNews("hook", text, level))));
        using var election = StartElection(loop, shell, self, directory, wing, hooks);
        shell.Join(election);
        using var tokenWing = StartTokens(loop, shell, self, directory, wing);
        shell.Wings.Tokens = tokenWing;
        tokens = new TokenDoor(shell);
        using var store = StartStore(loop, shell, self, directory, wing);
        kept = store;
        shell.Wings.Store = store?.Wing;
        if (Files is { } files)
            files.Agrees = new SharedNames(shell).WriteAsync;
        try
        {
            shell.Listen([local.Subnet]);
        }
        catch (SocketException e)
        {
            throw new NodeException($"cannot listen on {self.Node} (UDP and TCP): {SystemReason.Of(e)}; --address and --port say where");
        }

        wing.Start(options.Expect);
        await using var service = Serve is { } serve ? await serve(shell, self) : null;
        Tell(new NodeNews.Listening(self, options.Cluster, $"{local.Subnet} on {local.Name}, because {local.Reason}"));
        Tell(keys is null
            ? new NodeNews.Open(options.Insecure ? "anybody who can send to it" : $"anybody on {local.Subnet}")
            : new NodeNews.Closed(keys.Current.ToString()));
        shell.Start([.. options.Join.Select(node => node.Port == 0 ? node.WithPort(options.Port) : node)], remembered);
        shell.WatchAgeOf(ring);
        if (await Task.WhenAny(ended.Task, shell.Failed.Task) == ended.Task)
        {
            await EndAsync(hooks, null); // before another may lead
            await shell.LeaveAsync();
            return;
        }

        await EndAsync(hooks, TimeSpan.Zero);

        throw await shell.Failed.Task is NodeException told ? told : new UnreachableException("The node failed.", await shell.Failed.Task);
    }

    private ElectionService StartElection(
        EventLoop loop, MemberShell shell, Member self, DataDirectory? directory, AgreementWing wing, RoleHooks hooks)
    {
        var settings = new ElectionSettings
        {
            Self = self.Id,
            Own = self.Node,
            Kind = options.Election ?? (options.NumNodes > 0 ? ElectionKind.Ring : ElectionKind.Bully),
            NewClientTimeout = options.ElectionWait ?? TimeSpan.FromSeconds(options.NumNodes > 0 ? 15 : 2),
            IsToAgree = isByMajority,
        };
        var given = new ElectionOptions
        {
            Settings = settings,
            Cluster = SwimCodec.ClusterHash(options.Cluster),
            Lease = options.Lease,
            Terms = directory is null ? null : new TermFile(directory, Warn),
            Agreement = () => wing.Service,
            Send = shell.Say,
            Tell = news => Tell(new NodeNews.OfWing(news)),
            Keys = shell.Keys,
            Tls = shell.Tls,
        };
        return new ElectionService(loop, given)
        {
            Leads = (term, left) =>
            {
                Leads?.Invoke(term, left);
                shell.Wings.Store?.Leads(term);
                shell.Watch(term is { } begun ? hooks.LeadsAsync(begun) : hooks.LeadsNoMoreAsync(left));
            },
            Coloured = (colour, term) =>
            {
                shell.Present(colour);
                shell.Watch(hooks.ColouredAsync(colour, term));
            },
        };
    }

    private TokenWing StartTokens(EventLoop loop, MemberShell shell, Member self, DataDirectory? directory, AgreementWing wing)
    {
        var settings = new TokenSettings
        {
            Self = self.Id,
            Boot = directory?.State.Lives ?? 1,
            Lease = options.Lease,
            SavesFirst = options.TokenSync,
            ProgressLeapMax = shell.Keys is null ? TokenOptions.StrangersLeapMax : TokenStamp.NumberMax,
        };
        var given = new TokenOptions
        {
            Settings = settings,
            Own = self.Node,
            Cluster = SwimCodec.ClusterHash(options.Cluster),
            IsToAgree = isByMajority,
            Data = directory,
            Agreement = () => wing.Service,
            Send = shell.Say,
            TakesPart = names => shell.Present(TagsWith(takenPart = names)),
            Tell = news => Tell(new NodeNews.OfWing(news)),
            Tls = shell.Tls,
        };
        return new TokenWing(loop, given, options.Tokens);
    }

    private StorePart? StartStore(EventLoop loop, MemberShell shell, Member self, DataDirectory? directory, AgreementWing agreement)
    {
        if (directory is null)
            return null;
        var given = new StoreWingOptions
        {
            Self = self.Id,
            Own = self.Node,
            DataPath = directory.Path,
            Life = directory.State.Lives,
            Copies = options.Copies,
            RespPort = options.RespPort,
            IsRespPortAsked = options.IsRespPortAsked,
            RespAddress = options.RespAddress,
            Cluster = SwimCodec.ClusterHash(options.Cluster),
            Keys = shell.Keys,
            Tls = shell.Tls,
            Tell = news => Tell(new NodeNews.OfWing(news)),
            Fail = why => shell.Failed.TrySetResult(new NodeException(why)),
        };
        return new StorePart(loop, given, () => agreement.Service, isByMajority)
        {
            Changed = now =>
            {
                isByMajority = true;
                shell.Present(TagsWith(takenPart));
                shell.Wings.Change(now);
            },
        };
    }

    private IEnumerable<KeyValuePair<string, string>> TagsWith(IEnumerable<string> tokens)
    {
        var wings = tokens.Select(TokenWing.TagOf).Concat(isKeeping ? [StorePart.TagOf(isByMajority)] : [])
            .Concat(options.AllowPush is null ? [] : [PushSight.Tag]);
        return [.. options.Tags, .. wings.Select(tag => new KeyValuePair<string, string>(tag, "1"))];
    }

    // What can't be killed is not waited for.
    private static async Task EndAsync(RoleHooks hooks, TimeSpan? patience) =>
        await Task.WhenAny(hooks.EndAsync(patience), Task.Delay(HooksPatience));

    private AgreementService OpenAgreement(EventLoop loop, MemberShell shell, Member self, DataDirectory data, StateKeeper state)
    {
        var log = AgreementLog.Open(data.Path, data.Id, data.State.Lives, Warn);
        return new AgreementService(loop, log, new AgreementOptions
        {
            Self = data.Id,
            Own = self.Node,
            Cluster = SwimCodec.ClusterHash(options.Cluster),
            Expected = options.Expect,
            Keys = shell.Keys,
            Tls = shell.Tls,
            Tell = news => Tell(new NodeNews.OfWing(news)),
            Heard = shell.Wings.Heard,
            Fail = why => shell.Failed.TrySetResult(why),
        })
        {
            Seated = () =>
            {
                state.Agrees();
                kept?.Agrees();
            },
        };
    }

    private LocalInterface ChooseInterface()
    {
        var (name, address) = (options.Interface, options.Address);
        if (name is not null)
        {
            return LocalInterface.Named(name, address) ?? throw new NodeException(
                address is { } wanted
                    ? $"there is no interface {name} with the address {Endpoint.AddressText(wanted)}"
                    : $"there is no interface {name} with an IPv4 address",
                isWrongUse: true);
        }

        return address is not { } own ? LocalInterface.Choose() : LocalInterface.With(own)
            ?? throw new NodeException($"no interface has the address {Endpoint.AddressText(own)}", isWrongUse: true);
    }

    private Profile Profile(uint life)
    {
        // Others know the tags of earlier lives by their number: these are newer, whatever was said then.
        var tagsVersion = unchecked((life << 8) + 1);
        var version = typeof(NodeJob).Assembly.GetName().Version ?? new Version(0, 0, 0);
        var number = ((uint)(byte)version.Major << 16) | ((uint)(byte)version.Minor << 8) | (byte)version.Build;
        var httpPort = Serve is null ? (ushort)0 : options.HttpPort;
        return new Profile(options.Name ?? MachineName(), httpPort, Files?.Own.Port ?? 0, 0, number, tagsVersion);
    }

    private static string MachineName()
    {
        var name = string.Concat(Environment.MachineName.Where(c => !char.IsControl(c)));
        while (Encoding.UTF8.GetByteCount(name) > Membership.Keeping.Profile.NameBytesMax)
            name = name[..^1];
        return name.Length > 0 ? name : "node";
    }

    private void Warn(string text) => Tell(new NodeNews.Warning(text));

    private void Tell(NodeNews news)
    {
        Introduce(news);
        tell(new NodeEvent(++told, DateTimeOffset.UtcNow, news));
    }

    // Files are fetched from members that say they share some.
    private void Introduce(NodeNews news)
    {
        if (news is NodeNews.Kept(MembershipEvent.Changed({ IsEvicted: true } evicted, _)))
            kept?.Wing.Evicted(evicted.Id);
        switch (news)
        {
            case NodeNews.Kept(MembershipEvent.Changed({ State: MemberState.Alive, Profile.SwarmPort: > 0 } member, _)):
                Files?.Noticed(member.Id, member.Node.WithPort(member.Profile.SwarmPort));
                break;
            case NodeNews.Kept(MembershipEvent.Changed({ State: MemberState.Dead or MemberState.Left } member, _)):
                Files?.Noticed(member.Id, null);
                break;
            case NodeNews.Kept(MembershipEvent.Forgotten(var id)):
                Files?.Noticed(id, null);
                break;
        }
    }
}
