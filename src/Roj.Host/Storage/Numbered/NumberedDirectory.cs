using System.Globalization;
using System.Text;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Host.Storage;

/// <summary>The data directory of a numbered server or of its router, which remembers whose it is: <c>place</c>, one line.</summary>
/// <remarks><c>router 3</c>: of a router of three servers, whose cluster has the directory's own <c>id</c>. <c>server 1</c> and 32
/// hexadecimal digits: of server 1 of that cluster, 0 before it has met it.</remarks>
internal sealed class NumberedDirectory : IDisposable
{
    private const int BytesMax = 256;
    private const string Name = "place";

    private readonly DataDirectory directory;

    private NumberedDirectory(DataDirectory directory) => this.directory = directory;

    /// <summary>Whose it is.</summary>
    public NodeId Id => directory.Id;

    /// <summary>Of which cluster a server's is; 0 before it has met it.</summary>
    public NodeId Cluster { get; private set; }

    /// <summary>Where the log is.</summary>
    public string LogPath => directory.At(StoreLog.DirectoryName);

    /// <summary>Opens a router's, or makes it.</summary>
    /// <exception cref="NodeException">It can't be opened, or is somebody else's; then nothing was changed in what is there.</exception>
    public static NumberedDirectory OfRouter(string path, int servers, Action<string> warn) => Open(path, warn, opened =>
    {
        switch (opened.Read())
        {
            case null:
                opened.Keep($"router {servers}");
                break;
            case ["router", var kept] when kept == Digits(servers):
                break;
            case ["router", var kept]:
                throw new NodeException(
                    $"{path} is of a router of {kept} servers, not of {servers}: which server has which key depends on their number, which "
                    + "stays what it was");
            case var other:
                throw opened.IsOthers(path, other, "a router's");
        }
    });

    /// <summary>Opens a server's, or makes it.</summary>
    /// <exception cref="NodeException">It can't be opened, or is somebody else's; then nothing was changed in what is there.</exception>
    public static NumberedDirectory OfServer(string path, int number, Action<string> warn) => Open(path, warn, opened =>
    {
        switch (opened.Read())
        {
            case null:
                opened.Keep($"server {number} {default(NodeId)}");
                break;
            case ["server", var kept, var cluster] when kept == Digits(number) && NodeId.TryParse(cluster, out var id):
                opened.Cluster = id;
                break;
            case ["server", var kept, _] when kept != Digits(number):
                throw new NodeException($"{path} is of server {kept}, not of server {number}: give each server a directory of its own");
            case var other:
                throw opened.IsOthers(path, other, "a server's");
        }
    });

    /// <summary>Remembers which cluster a server belongs to, from its first welcome on.</summary>
    /// <exception cref="IOException">That can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">That may not be written.</exception>
    public void Join(int number, NodeId cluster)
    {
        if (Cluster == cluster)
            return;
        Keep($"server {number} {cluster}");
        Cluster = cluster;
    }

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();

    private static NumberedDirectory Open(string path, Action<string> warn, Action<NumberedDirectory> check)
    {
        var opened = new NumberedDirectory(DataDirectory.Open(path, Identity.Draw, warn));
        try
        {
            check(opened);
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            opened.Dispose();
            throw new NodeException($"cannot read or write {Path.Combine(path, Name)}: {SystemReason.Of(e)}");
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A file of nothing but nonsense is some words too, and one that is too long is one.
    private string[]? Read()
    {
        if (!File.Exists(directory.At(Name)))
        {
            return File.Exists(directory.At("state.json"))
                ? throw new NodeException($"{directory.Path} is the data directory of a node: give each its own")
                : null;
        }

        return AtomicFile.Read(directory.At(Name), BytesMax) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split(' ') : [];
    }

    private NodeException IsOthers(string path, string[] words, string expected)
    {
        var whose = words is ["router", _] ? "a router's"
            : words is ["server", _, var cluster] && NodeId.TryParse(cluster, out _) ? "a server's"
            : null;
        return whose is not null
            ? new NodeException($"{path} is {whose}, not {expected}: give each a directory of its own")
            : new NodeException($"{directory.At(Name)} makes no sense to this version of Roj: put it back from a backup");
    }

    private void Keep(string line)
    {
        AtomicFile.Write(directory.At(Name), Encoding.ASCII.GetBytes(line + "\n"));
        LinuxFile.SyncDirectory(directory.Path);
    }
}
