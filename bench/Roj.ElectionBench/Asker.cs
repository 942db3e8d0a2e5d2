using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.ElectionBench;

/// <summary>A client that asks several nodes for a change, all of them and all the time, whether they answered the last or not.</summary>
/// <remarks>Nothing is waited for, so no deadline is in the figures: a change that was asked for while nobody led may hang for seconds,
/// but the next is asked for 5 ms later. Each node is asked to change a key of its own, so that none is in another's way.</remarks>
internal sealed class Asker : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly (IRegisterConnection Node, byte[] Key)[] nodes;
    private readonly Lock gate = new();
    private readonly List<(long Asked, long Done)> made = []; // in the order in which they were done
    private readonly Thread thread;
    private volatile bool isOver;
    private volatile string? failure;

    /// <summary>Begins to ask.</summary>
    /// <param name="nodes">Whom; they are the caller's.</param>
    public Asker(IReadOnlyList<IRegisterConnection> nodes)
    {
        this.nodes = [.. nodes.Select((node, i) => (node, Key(i)))];
        thread = new Thread(Ask) { IsBackground = true, Name = "asker" };
        thread.Start();
    }

    /// <summary>When the first change was made of those asked for at <paramref name="earliest"/> or later.</summary>
    /// <exception cref="LabException">None was within <paramref name="limit"/>.</exception>
    public async Task<long> FirstAsync(long earliest, TimeSpan limit)
    {
        long? first = null;
        await Poll.UntilAsync(
            () => (first = First(earliest)) is not null,
            limit,
            () => $"a change was made ({failure ?? "no answer"})").ConfigureAwait(false);
        return first!.Value;
    }

    /// <summary>The longest time between two changes that were made one after the other, from <paramref name="from"/> to
    /// <paramref name="until"/>.</summary>
    public TimeSpan LongestGap(long from, long until)
    {
        lock (gate)
        {
            var longest = TimeSpan.Zero;
            foreach (var done in made.Select(change => change.Done).Where(done => done >= from && done < until).Append(until))
            {
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(from, done).Ticks));
                from = done;
            }

            return longest;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isOver = true;
        thread.Join();
    }

    private static byte[] Key(int node) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"asker/{node}"));

    private long? First(long earliest)
    {
        lock (gate)
            return made.Where(change => change.Asked >= earliest).Select(change => (long?)change.Done).FirstOrDefault();
    }

    private void Ask()
    {
        for (long change = 0; !isOver; change++)
        {
            var value = BitConverter.GetBytes(change); // no two are equal
            foreach (var (node, key) in nodes)
                _ = AskAsync(node, key, value);
            Thread.Sleep(Interval);
        }
    }

    private async Task AskAsync(IRegisterConnection node, byte[] key, byte[] value)
    {
        try
        {
            var asked = Stopwatch.GetTimestamp();
            await node.PutAsync(key, value).ConfigureAwait(false);
            lock (gate)
                made.Add((asked, Stopwatch.GetTimestamp()));
        }
        catch (Exception refused) when (refused is LabException or SocketException or ObjectDisposedException)
        {
            failure = refused.Message; // the next one may be taken
        }
    }
}
