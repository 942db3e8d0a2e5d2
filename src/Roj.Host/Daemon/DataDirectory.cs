using System.Text;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>What a node keeps on disk: a directory that one process at a time holds.</summary>
/// <remarks>
/// <para><c>id</c>: who the node is, made once. <c>lock</c>: held while a node runs; its content, the process, is for people.
/// <c>state.json</c>: see <see cref="NodeState"/>. <c>roj.json</c>: the configuration, which is the user's.</para>
/// <para>Whatever moment the process is killed at, the next one finds each file as it was or as it was to be: they are written beside,
/// synced and renamed; the lock is the kernel's and ends with the process.</para>
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int IdBytesMax = 64;
    private const int StateBytesMax = 64 * 1024;
    private const int WouldBlock = 11; // EWOULDBLOCK of flock(2)

    private readonly FileStream held;

    private DataDirectory(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Who the node is.</summary>
    public NodeId Id { get; private set; }

    /// <summary>What was kept last.</summary>
    public NodeState State { get; private set; } = NodeState.Unborn;

    /// <summary>Where it is unless told otherwise: the system's for root, else in the user's state folder (XDG Base Directory
    /// Specification); null if there is no such folder.</summary>
    public static string? DefaultPath(Func<string, string?> environment, bool isRoot)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (isRoot)
            return "/var/lib/roj";
        // "All paths must be absolute. If an implementation encounters a relative path […] it should […] ignore it."
        if (environment("XDG_STATE_HOME") is { } state && state.StartsWith('/'))
            return System.IO.Path.Combine(state, "roj");
        return environment("HOME") is { } home && home.StartsWith('/') ? System.IO.Path.Combine(home, ".local/state/roj") : null;
    }

    /// <summary>Makes the directory if it is missing, takes the lock, and reads who the node is and what it kept.</summary>
    /// <param name="path">Where.</param>
    /// <param name="draw">Draws an identity, if there is none yet.</param>
    /// <param name="warn">Told what is wrong and can be lived with.</param>
    /// <exception cref="NodeException">Another node holds it, or something in it can't be read or makes no sense; then nothing was
    /// changed.</exception>
    public static DataDirectory Open(string path, Func<NodeId> draw, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(draw);
        ArgumentNullException.ThrowIfNull(warn);
        Create(path, warn);
        var directory = new DataDirectory(path, Lock(System.IO.Path.Combine(path, "lock"), path));
        try
        {
            directory.Load(draw, warn);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The path of a file in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Keeps <paramref name="state"/>: when this returns it survives a power cut. For one caller at a time.</summary>
    /// <exception cref="IOException">It can't be written; the old one is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one is untouched.</exception>
    public void Save(NodeState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        AtomicFile.Write(At("state.json"), state.Write());
        LinuxFile.SyncDirectory(Path);
        State = state;
    }

    /// <summary>Begins the next life: counted on disk before anybody hears of it.</summary>
    /// <param name="agrees">Whether the node is one that agrees by majority from now on.</param>
    /// <exception cref="NodeException">It can't be written.</exception>
    public void BeginLife(bool agrees = false)
    {
        if (State.Lives == NodeState.LivesMax)
        {
            throw new NodeException(
                $"{At("state.json")}: a node can't live more than {NodeState.LivesMax} times; move the directory away to be a new one");
        }

        Try("write", At("state.json"), () =>
        {
            Save(State with { Lives = State.Lives + 1, IsQuorum = State.IsQuorum || agrees });
            return true;
        });
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose() => held.Dispose();

    private static void Create(string path, Action<string> warn)
    {
        if (File.Exists(path))
            throw new NodeException($"{path} is a file; --data-dir takes a directory", isWrongUse: true);
        Try("make", path, () => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnerOnly));
        if (!OperatingSystem.IsWindows() && (new DirectoryInfo(path).UnixFileMode & ~OwnerOnly) != 0)
            warn($"{path} is open to other users of this machine: chmod 700 {path}");
    }

    private static FileStream Lock(string file, string path)
    {
        try
        {
            // No sharing is flock(2) with LOCK_EX on Unix.
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            try
            {
                held.SetLength(0);
                held.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            }
            catch (IOException)
            {
                // A full disk: who holds the lock is a kindness only.
            }

            return held;
        }
        catch (IOException e) when (e.HResult is WouldBlock || OperatingSystem.IsWindows())
        {
            throw new NodeException($"another node{Holder(file)} uses {path}; give each node of a machine a --data-dir of its own");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot lock {file}: {SystemReason.Of(e)}");
        }
    }

    private static string Holder(string file)
    {
        try
        {
            Span<byte> text = stackalloc byte[16];
            var digits = Encoding.ASCII.GetString(text[..LinuxFile.ReadLocked(file, text)]).TrimEnd();
            return digits.Length > 0 && digits.All(char.IsAsciiDigit) ? $" (process {digits})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Load(Func<NodeId> draw, Action<string> warn)
    {
        var hasState = File.Exists(At("state.json"));
        if (hasState)
        {
            var bytes = Read("state.json", StateBytesMax);
            if (bytes is null || !NodeState.TryRead(bytes, out var state))
            {
                throw new NodeException(
                    $"{At("state.json")} makes no sense to this version of Roj: put it back from a backup, or move it away and the node "
                    + "finds the others, and itself, anew");
            }

            State = state;
        }

        if (!File.Exists(At("id")))
        {
            if (hasState)
                warn($"{At("id")} is gone: this is a new node from now on");
            Id = draw();
            Try("write", At("id"), () =>
            {
                AtomicFile.Write(At("id"), Encoding.ASCII.GetBytes($"{Id}\n"));
                LinuxFile.SyncDirectory(Path);
                return true;
            });
            return;
        }

        var text = Read("id", IdBytesMax) is { } id ? Encoding.UTF8.GetString(id) : "";
        if (!NodeId.TryParse(text.EndsWith('\n') ? text[..^1] : text, out var known))
        {
            throw new NodeException(
                $"{At("id")} is not 32 hexadecimal digits: put it back from a backup, or move it away and this is a new node");
        }

        Id = known;
    }

    private byte[]? Read(string name, int bytesMax) => Try("read", At(name), () => AtomicFile.Read(At(name), bytesMax));

    private static T Try<T>(string what, string path, Func<T> attempt)
    {
        try
        {
            return attempt();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot {what} {path}: {SystemReason.Of(e)}");
        }
    }
}
