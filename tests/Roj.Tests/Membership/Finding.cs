using System.Globalization;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;

namespace Roj.Tests.Membership;

/// <summary>One finder, its outbox and its clock: the short words of the tests of finding.</summary>
internal sealed class Finding
{
    internal const ulong OwnBoot = 0xA1;

    internal Finding(FinderSettings? settings = null, ulong seed = 1) => Finder = new Finder(settings ?? Settings(), new Rng(seed));

    internal Finder Finder { get; }

    internal Outbox<Endpoint, Hello, FindingEvent, NoEffect> Outbox { get; } = new();

    internal Instant Now { get; set; }

    /// <summary>Node 1 of 172.20.7.0/24, without jitter, broadcast and sweep.</summary>
    internal static FinderSettings Settings() => new()
    {
        Cluster = "roj",
        Id = Id(1),
        Boot = OwnBoot,
        Own = At(1),
        SwarmPort = 6881,
        Subnets = [new Subnet(At(1).Address, 24)],
        Broadcast = false,
        Sweep = false,
        Timings = new FinderTimings { JitterPercent = 0 },
    };

    internal static NodeId Id(int number) => new((UInt128)(uint)number);

    internal static Endpoint At(int last, ushort port = 7071) => new(0xAC140700 + (uint)last, port);

    internal static CatalogueEntry File(int number, string name = "data.bin") => new(new FileId((UInt128)(uint)number, 0), name);

    /// <summary>A hello of node <paramref name="number"/>, which has heard us unless told otherwise.</summary>
    internal static Hello Hello(HelloKind kind, int number, ulong? boot = null, ulong yourBoot = OwnBoot, params Endpoint[] peers) =>
        new(kind, "roj", Id(number), boot ?? 0xB00u + (ulong)number, yourBoot, 7071, 6881, [], peers);

    internal void Receive(Hello hello, Endpoint? from = null) =>
        Finder.Receive(Now, from ?? At((int)(uint)hello.Id.Value), hello, Outbox);

    internal void Learn(Endpoint node, Source source) => Finder.Learn(Now, node, source, Outbox);

    /// <summary>Ticks at every deadline up to <paramref name="seconds"/> since the clock's beginning.</summary>
    internal void RunUntil(double seconds)
    {
        var end = Instant.Zero + TimeSpan.FromSeconds(seconds);
        while (Finder.Deadline is { } due && due <= end)
        {
            Now = due < Now ? Now : due;
            Finder.Tick(Now, Outbox);
        }

        Now = end;
    }

    /// <summary>Takes all that waits in the outbox.</summary>
    internal List<Output<Endpoint, Hello, FindingEvent, NoEffect>> Take()
    {
        var outputs = Enumerable.Range(0, Outbox.Count).Select(i => Outbox[i]).ToList();
        Outbox.Clear();
        return outputs;
    }

    internal List<(Endpoint To, Hello Hello)> TakeSends() =>
        [.. Take().Where(o => o.Message is not null).Select(o => (o.To, o.Message!))];

    internal List<FindingEvent> TakeEvents() => [.. Take().Select(o => o.Event).OfType<FindingEvent>()];

    /// <summary>When, in milliseconds, something is sent to <paramref name="to"/> until <paramref name="seconds"/>.</summary>
    internal List<long> SendTimes(Endpoint to, double seconds)
    {
        var times = new List<long>();
        var end = Instant.Zero + TimeSpan.FromSeconds(seconds);
        times.AddRange(TakeSends().Where(s => s.To == to).Select(_ => Milliseconds(Now)));
        while (Finder.Deadline is { } due && due <= end)
        {
            Now = due < Now ? Now : due;
            Finder.Tick(Now, Outbox);
            times.AddRange(TakeSends().Where(s => s.To == to).Select(_ => Milliseconds(Now)));
        }

        Now = end;
        return times;
    }

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static long Milliseconds(Instant instant) => instant.Ticks / TimeSpan.TicksPerMillisecond;
}
