namespace Roj.Storage;

/// <summary>Until when what is written lives.</summary>
public readonly record struct Expiry
{
    private Expiry(long? at, bool keeps)
    {
        EndsAt = at;
        Keeps = keeps;
    }

    /// <summary>For ever: the time to live that the key had is gone. The default.</summary>
    public static Expiry None => default;

    /// <summary>As long as what it replaces.</summary>
    public static Expiry Keep { get; } = new(null, keeps: true);

    /// <summary>When it ends, in milliseconds since 1970 (UTC); null if not at a given time.</summary>
    public long? EndsAt { get; }

    /// <summary>Whether the key keeps the time to live that it has.</summary>
    public bool Keeps { get; }

    /// <summary>Until a given time; one that is over deletes the key.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970 (UTC).</param>
    public static Expiry At(long unixMilliseconds) => new(unixMilliseconds, keeps: false);
}
