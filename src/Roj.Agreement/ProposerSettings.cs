using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What a proposer is told.</summary>
public sealed record ProposerSettings
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Which of its lives this is: counted on disk before it speaks.</summary>
    public required uint Boot { get; init; }

    /// <summary>Who accepts; the node itself among them, or not.</summary>
    public required IReadOnlyList<NodeId> Acceptors { get; init; }

    /// <summary>How long to wait before who did not answer is asked again.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a change or a reading may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a refusal another attempt is made within this, by chance, and twice as long each time.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest of those pauses.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Changes and readings under way or waiting, at most.</summary>
    public int RequestsMax { get; init; } = 4096;
}
