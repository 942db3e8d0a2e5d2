using System.Diagnostics;
using Roj.EndToEnd;
using Roj.MembershipBench;

namespace Roj.TokenBench;

/// <summary>How soon there is another token when its holder is killed.</summary>
/// <param name="Name">In which mode.</param>
/// <param name="Limit">Within which time.</param>
/// <param name="Settings">What the nodes are told.</param>
internal sealed record Regeneration(string Name, TimeSpan Limit, params string[] Settings)
{
    private const int ChancesPerRound = 3;

    // Long enough that who has it when it is asked has it when it is killed.
    private const string Rest = "2s";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>The times.</summary>
    public List<TimeSpan> Times { get; } = [];

    /// <summary>What went wrong; null for nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether each was within the limit.</summary>
    public bool IsKept => Failure is null && Times.Count > 0 && Times.Max() <= Limit;

    /// <summary>Kills so many holders, one after another.</summary>
    public async Task MeasureAsync(int count, int rounds, string where)
    {
        try
        {
            await RojRing.InLabAsync(count, where, async (hosts, data) =>
            {
                var ring = new RojRing(hosts, data, Rest, Settings);
                for (var chance = 0; Times.Count < rounds && chance < rounds * ChancesPerRound; chance++)
                {
                    await ring.WholeAsync().ConfigureAwait(false);
                    if (await KillAsync(ring).ConfigureAwait(false) is not { } time)
                        continue;
                    Times.Add(time);
                    Console.Error.WriteLine($"{Name}  {Times.Count}  another token after {time.TotalMilliseconds:0} ms");
                }

                if (Times.Count < rounds)
                    throw new LabException("the token goes on though its holder is killed");
            }).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is LabException or TimeoutException)
        {
            Failure = broken.Message;
        }
    }

    /// <summary>The figures, in a line.</summary>
    public string Line() => Failure is not null
        ? $"{Name,-28} failed: {Failure}"
        : $"{Name,-28}{Times.Count,8}{Rank.Of(Times, 50) * 1000,10:0}{Rank.Of(Times, 100) * 1000,10:0}  at most {Limit.TotalMilliseconds:0}"
            + $"  {(IsKept ? "pass" : "MISSED")}";

    // Null if the holder had passed it on already when it died.
    private static async Task<TimeSpan?> KillAsync(RojRing ring)
    {
        var (holder, held) = await HolderAsync(ring).ConfigureAwait(false);
        var killed = Stopwatch.GetTimestamp();
        await ring.KillAsync(holder).ConfigureAwait(false);
        LabHost[] others = [.. ring.Hosts.Where(host => host != holder)];
        try
        {
            while (Stopwatch.GetElapsedTime(killed) < Patience)
            {
                var sights = await Task.WhenAll(others.Select(RojRing.SightAsync)).ConfigureAwait(false);
                if (sights.Any(sight => sight is { State: "owner" } && sight.Epoch > held.Epoch))
                    return Stopwatch.GetElapsedTime(killed);
                if (sights.Any(sight => sight is { State: "owner" }))
                    return null;
                await Task.Delay(LookEvery).ConfigureAwait(false);
            }
        }
        finally
        {
            ring.Start(holder);
        }

        throw new LabException($"no other token after {Patience.TotalSeconds} s");
    }

    private static async Task<(LabHost Host, RojRing.Sight Sight)> HolderAsync(RojRing ring)
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Patience;)
        {
            foreach (var host in ring.Hosts)
            {
                if (await RojRing.SightAsync(host).ConfigureAwait(false) is { State: "owner" } sight)
                    return (host, sight);
            }

            await Task.Delay(LookEvery).ConfigureAwait(false);
        }

        throw new LabException("nobody has the token");
    }
}
