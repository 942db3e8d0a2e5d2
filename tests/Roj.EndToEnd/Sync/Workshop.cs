using System.Text;
using System.Text.Json.Nodes;
using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>A folder of its own for one test, on the lab's private disk, with a file to share and what describes it.</summary>
internal sealed class Workshop : IDisposable
{
    private const int PartBytes = 16 * 1024;

    private static int count;

    /// <summary>Makes the folder.</summary>
    /// <exception cref="LabException">The lab can't be built here; the message says what is missing.</exception>
    public Workshop()
    {
        if (!Confinement.IsInside)
            throw new LabException(Confinement.Missing() ?? "These tests run in private namespaces only: start the test program.");
        Folder = Directory.CreateDirectory(Path.Combine(Confinement.DataRoot, $"workshop-{++count}")).FullName;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Five parts, the last one short.</summary>
    public SharedFile File { get; } = SharedFile.Random((4 * PartBytes) + 100, PartBytes, new Rng(7));

    /// <summary>The path of <paramref name="name"/> in the folder.</summary>
    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file into the folder, and gives back its path.</summary>
    public string Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file into the folder, and gives back its path.</summary>
    public string Put(string name, ReadOnlySpan<byte> bytes)
    {
        System.IO.File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    /// <summary>Writes a torrent.conf with these peers that describes <see cref="File"/>, or no file, and gives back its path.</summary>
    public string Configure(string name, bool describes, params string[] peers)
    {
        var conf = new JsonObject { ["Peers"] = new JsonArray([.. peers.Select(peer => JsonValue.Create(peer))]) };
        if (describes)
        {
            conf["FileInfo"] = new JsonObject
            {
                ["Size"] = File.Bytes.Length,
                ["PartSize"] = File.PartBytes,
                ["Parts"] = new JsonArray([.. File.PartHashes.Select(hash => JsonValue.Create(hash))]),
            };
        }

        return Put(name, conf.ToJsonString());
    }

    /// <summary>Starts the published program on a loopback address of the private network.</summary>
    public RojProcess Start(params string[] args) => RojProcess.Start(Folder, args);

    /// <summary>Starts <c>roj sync</c> with this configuration and data file.</summary>
    public RojProcess Sync(string config, string data, string address, params string[] more) =>
        Start(["sync", "--config", config, "--data", data, "--address", address, .. more]);

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
