namespace Roj.Membership.Sealing;

/// <summary>A process of the cluster that has proven that it hears us: what it says is taken once.</summary>
/// <param name="opener">What opens its datagrams, made of its key; ended when it is forgotten. Null where nothing is closed.</param>
public sealed class MetSession(IDisposable? opener) : IDisposable
{
    /// <summary>What opens its datagrams.</summary>
    public IDisposable? Opener => opener;

    /// <summary>What it said so far.</summary>
    public ReplayWindow Window { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => opener?.Dispose();
}
