using System.ComponentModel;
using Roj.Host.Agreement;
using Roj.Host.Daemon;

namespace Roj.Host.Storage;

/// <summary>A node's part in the store, in the mode that the node is in. A node that was told of no majority may come to one, by whom it
/// meets: if it keeps nothing yet, its keys are theirs from then on; else not before its next start, for what it serves is not to be gone
/// in the middle.</summary>
/// <remarks>On the node's loop.</remarks>
internal sealed class StorePart : IDisposable
{
    private readonly EventLoop loop;
    private readonly StoreWingOptions options;
    private readonly Func<AgreementService?> agreement;
    private bool isAsked;
    private bool isOver;

    /// <summary>Opens what was kept, and listens for clients.</summary>
    /// <exception cref="NodeException">That can't be done.</exception>
    public StorePart(EventLoop loop, StoreWingOptions options, Func<AgreementService?> agreement, bool isByMajority)
    {
        (this.loop, this.options, this.agreement) = (loop, options, agreement);
        if (isByMajority && Directory.Exists(Path.Combine(options.DataPath, StoreLog.DirectoryName)))
            Say("store.aside", "they stay there, and are not served where a majority decides", LogLevel.Warning);
        Wing = isByMajority ? new QuorumWing(loop, options, agreement) : new StoreWing(loop, options);
    }

    /// <summary>What runs it.</summary>
    public IStoreWing Wing { get; private set; }

    /// <summary>Told that it is another one now, which is to be told who is here, and to begin.</summary>
    public required Action<IStoreWing> Changed { get; init; }

    /// <summary>By which tag others are told of it, in either mode.</summary>
    public static string TagOf(bool isByMajority) => isByMajority ? ChangeTalk.Tag : StoreWing.Tag;

    /// <summary>The node knows of a majority that decides.</summary>
    public void Agrees()
    {
        if (isAsked || Wing is not StoreWing wing)
            return;
        isAsked = true;
        wing.EndIfEmpty(isEmpty => loop.Post(_ => Go(wing, isEmpty), null));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOver)
            return;
        isOver = true;
        Wing.Dispose();
    }

    private void Go(StoreWing wing, bool isEmpty)
    {
        if (isOver)
            return;
        if (!isEmpty)
        {
            Say("store.stays", "they are served until this node starts again, and no keys of a majority", LogLevel.Warning);
            return;
        }

        wing.Dispose();
        try
        {
            Wing = new QuorumWing(loop, options, agreement);
        }
        catch (Exception e) when (e is NodeException or Win32Exception)
        {
            isOver = true;
            options.Fail(e.Message);
            return;
        }

        Discard();

        options.Tell(new WingNews("store.majority", "keys are those that a majority keeps from now on", LogLevel.Info));
        Changed(Wing);
    }

    // There is nothing in it: it would only be told of at each start.
    private void Discard()
    {
        try
        {
            Directory.Delete(Path.Combine(options.DataPath, StoreLog.DirectoryName), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is told of.
        }
    }

    private void Say(string name, string what, LogLevel level) => options.Tell(new WingNews(
        name, $"the keys under {StoreLog.DirectoryName} in the data directory are of available mode: {what}", level));
}
