using System.Runtime.CompilerServices;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Token;

namespace Roj;

/// <summary>The files of a node: shared with the cluster, and fetched from it by id. Safe on any thread.</summary>
/// <remarks>What is shared or on its way goes on when a node of the same data directory starts again. Every method throws
/// <see cref="RojException"/> when the node has ended, and <see cref="InvalidOperationException"/> before it has begun.</remarks>
public sealed class RojFiles
{
    private readonly Func<FileService?> service;

    internal RojFiles(Func<FileService?> service) => this.service = service;

    private FileService Service => service() ?? throw new InvalidOperationException("The node has not begun yet.");

    /// <summary>Shares a file where it is, from when it has been hashed until it changes or is removed.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How it stands; its id is what others fetch it by.</returns>
    /// <exception cref="RojFileException">It can't be shared.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task<RojFile> ShareAsync(string path, CancellationToken cancellation = default) =>
        AskAsync(service => service.ShareAsync(Full(path), cancellation), RojFile.Of, cancellation);

    /// <summary>Shares a file where it is, in a turn of a token: refused where in a later turn of that token something was shared at that
    /// place; and, where the cluster agrees by majority, where something of that name was shared in a later one at any node.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="turn">The turn, as <see cref="IRojTokenWork"/> was given it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How it stands; its id is what others fetch it by.</returns>
    /// <exception cref="RojFileException">It can't be shared; <see cref="RojFileProblem.Fenced"/>: the turn is over.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task<RojFile> ShareAsync(string path, RojTurn turn, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var fence = new Fence(TokenName.LeaseOf(turn.Token), turn.Fence.Epoch, turn.Fence.Sequence);
        return AskAsync(service => service.ShareAsync(Full(path), fence, cancellation), RojFile.Of, cancellation);
    }

    /// <summary>Has a file fetched from whoever has it, or will have it some day; from then on it is shared.</summary>
    /// <param name="id">Which: 40 hexadecimal digits.</param>
    /// <param name="to">Where to: a file that is not there yet, or a folder that is; null for the node's data directory.</param>
    /// <param name="cancellation">Ends the waiting for this answer, not the fetching.</param>
    /// <returns>How it stands at the beginning; <see cref="FollowAsync"/> tells how it goes on.</returns>
    /// <exception cref="RojFileException">It can't be fetched, or not to there.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task<RojFile> FetchAsync(string id, string? to = null, CancellationToken cancellation = default) =>
        AskAsync(service => service.FetchAsync(id, to is null ? null : Full(to), cancellation), RojFile.Of, cancellation);

    /// <summary>How a file stands, now and whenever that has changed, until it is complete or given up (<see cref="RojFile.Fault"/>).
    /// </summary>
    /// <param name="id">Which: 40 hexadecimal digits.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RojFileException">While reading: the id makes no sense, or this node does not know the file.</exception>
    /// <exception cref="OperationCanceledException">While reading: it was given up.</exception>
    public async IAsyncEnumerable<RojFile> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var reader = Service.FollowAsync(id, cancellation).GetAsyncEnumerator(cancellation);
        while (await AskAsync(_ => reader.MoveNextAsync().AsTask(), isMore => isMore, cancellation).ConfigureAwait(false))
            yield return RojFile.Of(reader.Current);
    }

    /// <summary>How all files of this node stand, by id.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task<IReadOnlyList<RojFile>> ListAsync(CancellationToken cancellation = default) => AskAsync(
        service => service.ListAsync(cancellation), all => (IReadOnlyList<RojFile>)[.. all.Select(RojFile.Of)], cancellation);

    /// <summary>Shares and fetches a file no more. It stays on disk, unless this deletes it.</summary>
    /// <param name="id">Which: 40 hexadecimal digits.</param>
    /// <param name="deleteData">Whether what was fetched into the node's data directory is deleted; files at other places stay.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>It as it was: its path as far as something is left there, and as its fault what could not be deleted.</returns>
    /// <exception cref="RojFileException">The id makes no sense, this node does not know the file, or the disk refused.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task<RojFile> RemoveAsync(string id, bool deleteData = false, CancellationToken cancellation = default) =>
        AskAsync(service => service.RemoveAsync(id, deleteData, cancellation), RojFile.Of, cancellation);

    // What is no path at all is refused where all others are.
    private static string Full(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? path : Path.GetFullPath(path);
    }

    private async Task<TOwn> AskAsync<T, TOwn>(Func<FileService, Task<T>> question, Func<T, TOwn> own, CancellationToken cancellation)
    {
        try
        {
            return own(await question(Service).ConfigureAwait(false));
        }
        catch (FileException e)
        {
            throw Own(e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new RojException("the node has ended", e);
        }
    }

    private static RojFileException Own(FileException e)
    {
        var problem = e.Problem switch
        {
            FileProblem.Malformed => RojFileProblem.Malformed,
            FileProblem.Unusable => RojFileProblem.Unusable,
            FileProblem.Unknown => RojFileProblem.Unknown,
            FileProblem.Conflict => RojFileProblem.Conflict,
            FileProblem.Fenced => RojFileProblem.Fenced,
            FileProblem.Unagreed => RojFileProblem.Unagreed,
            FileProblem.TooMany => RojFileProblem.TooMany,
            _ => RojFileProblem.Failed,
        };
        return new RojFileException(problem, OptionWords.Translate(e.Message), e);
    }
}
