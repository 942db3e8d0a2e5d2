using Roj.Host.Disk;
using Roj.Node;

namespace Roj.Host;

/// <summary>Keeps a node's memory beside its data file, written beside the loop whenever it has changed.</summary>
internal sealed class MemoryFile(string path, Action<string> warn)
{
    // The description is the most of it: 20 bytes a piece.
    private const int BytesMax = Roj.Files.Metadata.InfoDictionary.BytesMax + (64 * 1024);

    private bool changed;
    private bool saving;
    private bool warned;

    /// <summary>What was kept; nothing, with a warning, if it can't be read.</summary>
    public NodeMemory Load()
    {
        try
        {
            if (AtomicFile.Read(path, BytesMax) is not { } bytes)
                return NodeMemory.Empty;
            if (NodeMemory.TryRead(bytes, out var memory))
                return memory;
            warn($"{path} makes no sense and is ignored");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"{path} cannot be read and is ignored: {SystemReason.Of(e)}");
        }

        return NodeMemory.Empty;
    }

    /// <summary>There is something new to keep.</summary>
    public void Change() => changed = true;

    /// <summary>Begins to write what is new, unless a write is under way: then it comes after.</summary>
    public async void SaveIfChanged(Node.Node node)
    {
        if (saving)
            return;
        saving = true;
        while (changed)
        {
            changed = false;
            var bytes = node.Memory.Write();
            try
            {
                await Task.Run(() => AtomicFile.Write(path, bytes));
                warned = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!warned)
                    warn($"{path} cannot be written, so nothing is remembered: {SystemReason.Of(e)}");
                warned = true; // once is enough, until it worked again
            }
        }

        saving = false;
    }
}
