using System.Globalization;
using Roj.Kernel;

namespace Roj.EndToEnd.Storage;

/// <summary>Writes keys that nobody else writes, at whichever node, one after another, and remembers what each may hold: what was
/// acknowledged last, or whatever was tried and nobody knows of, which may take effect later.</summary>
/// <param name="number">Which writer.</param>
/// <param name="keys">How many keys it has.</param>
/// <param name="nodes">Where the nodes are.</param>
/// <param name="port">Their port for RESP.</param>
/// <param name="rng">Its own.</param>
internal sealed class KvWriter(int number, int keys, IReadOnlyList<string> nodes, int port, Rng rng) : IDisposable
{
    private readonly KvClient[] clients = [.. nodes.Select(node => new KvClient(node, port))];
    private readonly string?[] acknowledged = new string?[keys];
    private readonly List<string?>[] unknown = [.. Enumerable.Range(0, keys).Select(_ => new List<string?>())]; // may come at any time
    private readonly string?[] said = new string?[keys];
    private int counter;

    /// <summary>How many writings were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Of how many nobody knows.</summary>
    public int Unknown { get; private set; }

    /// <summary>How many were refused, or met nobody.</summary>
    public int Refused { get; private set; }

    /// <summary>Its keys, what each may hold, null for nothing, and when and where that was acknowledged.</summary>
    public IEnumerable<(string Key, IReadOnlyList<string?> May, string? Said)> Keys =>
        unknown.Select((some, i) => (KeyOf(i), (IReadOnlyList<string?>)[acknowledged[i], .. some], said[i]));

    /// <summary>Nodes at which it writes: all, unless told otherwise.</summary>
    public Func<int, bool> Uses { get; set; } = _ => true;

    /// <summary>Writes until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (which, node) = (rng.Next(keys), rng.Next(clients.Length));
            if (!Uses(node))
                continue;
            var value = rng.Next(10) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{number}.{++counter}");
            switch (await clients[node].SetAsync(KeyOf(which), value).ConfigureAwait(false))
            {
                case true:
                    Acknowledged++;
                    acknowledged[which] = value;
                    said[which] = $"{DateTime.UtcNow:HH:mm:ss.fff} at {nodes[node]}";
                    break;
                case null:
                    Unknown++;
                    unknown[which].Add(value);
                    break;
                default:
                    Refused++;
                    await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
    }

    public void Dispose()
    {
        foreach (var client in clients)
            client.Dispose();
    }

    private string KeyOf(int which) => string.Create(CultureInfo.InvariantCulture, $"w{number}:k{which}");
}
