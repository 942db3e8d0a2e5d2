using Roj.Files.Metadata;
using Roj.Host.Disk;
using Roj.Node;

namespace Roj.Host.Sharing;

/// <summary>What a node's files leave in its data directory: <c>files.json</c>, the list; <c>files/ID.roj</c>, the description of each
/// (see <see cref="NodeMemory"/>); <c>files/ID/NAME</c>, what was fetched and not wanted elsewhere.</summary>
/// <remarks>Whenever the process is killed, the list is the old one or the new one; a file that is fetched is listed before it is made, and
/// each of its pieces is looked at again at the next start.</remarks>
internal sealed class FileStore(string directory, int filesMax)
{
    private string ListPath => Path.Combine(directory, "files.json");

    private string Folder => Path.Combine(directory, "files");

    /// <summary>Where the description of a file is kept.</summary>
    public string MemoryPath(Sha1Digest id) => Path.Combine(Folder, $"{id}.roj");

    /// <summary>The files of the last life, none if there was none; makes the folder.</summary>
    /// <exception cref="FileException">They can't be read, or make no sense: nothing was changed.</exception>
    public IReadOnlyList<HeldFile> Load()
    {
        try
        {
            Directory.CreateDirectory(Folder);
            if (!File.Exists(ListPath))
                return [];
            if (AtomicFile.Read(ListPath, FileList.BytesMax(filesMax)) is { } bytes && FileList.TryRead(bytes, filesMax, out var files))
                return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileException(FileProblem.Failed, $"cannot read {ListPath}: {SystemReason.Of(e)}");
        }

        throw new FileException(
            FileProblem.Failed,
            $"{ListPath} makes no sense to this version of Roj: put it back from a backup, or move it away and share and fetch anew");
    }

    /// <summary>Keeps the list: when this returns it survives a power cut.</summary>
    /// <exception cref="FileException">It can't be written; the old one is untouched.</exception>
    public void Save(IEnumerable<HeldFile> files) => Try(ListPath, () =>
    {
        AtomicFile.Write(ListPath, FileList.Write(files));
        LinuxFile.SyncDirectory(directory);
    });

    /// <summary>Keeps what a file is.</summary>
    /// <exception cref="FileException">It can't be written; the old one is untouched.</exception>
    public void SaveDescription(InfoDictionary info) => Try(
        MemoryPath(info.InfoHash), () => AtomicFile.Write(MemoryPath(info.InfoHash), new NodeMemory(info, []).Write()));

    /// <summary>Whether a file was fetched into our own folder, and not to a place of the user's.</summary>
    public static bool IsOurs(HeldFile file) => file is { IsShared: false, To: null };

    /// <summary>Removes what is kept of a file that is listed no more, and on demand its data, if they are ours.</summary>
    /// <returns>Why something of it is left, one line; null if all is well.</returns>
    public string? Forget(HeldFile file, bool withData)
    {
        try
        {
            File.Delete(MemoryPath(file.Id));
            var data = Path.Combine(Folder, file.Id.ToString());
            if (withData && IsOurs(file) && Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it is shared and fetched no more, but cannot be deleted: {SystemReason.Of(e)}";
        }
    }

    /// <summary>Where a file is, or is to be: decided, made and remembered once its name is known.</summary>
    /// <param name="file">The file.</param>
    /// <param name="info">What it is; its name is no path (<see cref="FileName"/>).</param>
    /// <param name="all">What is to be remembered, this file included.</param>
    /// <exception cref="DataFileException">Something is there already, or it can't be made or remembered.</exception>
    public string PathFor(OpenFile file, InfoDictionary info, Func<IEnumerable<HeldFile>> all)
    {
        if (file.Held.Path is { } known)
            return known;
        var path = Path.Combine(Folder, file.Held.Id.ToString(), info.Name); // whatever is there is of an earlier fetch of the same file
        if (file.Held.To is { } to)
            path = Directory.Exists(to) || Path.EndsInDirectorySeparator(to) ? Path.Combine(to, info.Name) : to;
        try
        {
            if (file.Held.To is null)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            else
                Claim(path);
            file.Held = file.Held with { Path = path };
            Save(all());
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileException)
        {
            throw new DataFileException("write", path, e);
        }
    }

    // What somebody has there is not ours to overwrite. An empty file is as good as none: a kill may leave one here.
    private static void Claim(string path)
    {
        if (Directory.Exists(path))
            throw new IOException("there is a directory of that name");
        if (new FileInfo(path) is { Exists: true, Length: > 0 })
            throw new IOException("there is a file already; move it away, or say --to elsewhere");
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite).Dispose();
    }

    private static void Try(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileException(FileProblem.Failed, $"cannot write {path}: {SystemReason.Of(e)}");
        }
    }
}
