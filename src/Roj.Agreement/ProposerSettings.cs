namespace Roj.Agreement;

/// <summary>How patient proposers are, and how much they take on.</summary>
public sealed record ProposerSettings
{
    /// <summary>How long to wait before who did not answer is asked again.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a reading waits for the majority that it has asked before it asks the others too.</summary>
    public TimeSpan ReadingPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a change or a reading may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait for the first live replica, which may have others to carry out first, before the change is carried out
    /// here. Who hangs up, or is known to be dead, is not waited for.</summary>
    public TimeSpan ForwardPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After a second refusal another attempt is made within this, by chance, and twice as long each time. So is one that a lease
    /// keeps away, though not later than that can be over.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest of those pauses.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Changes and readings under way or waiting, at most; forwarded ones count for themselves.</summary>
    public int RequestsMax { get; init; } = 4096;
}
