namespace Roj.Simulation.Histories;

/// <summary>What a client knows of its operation.</summary>
public enum Outcome
{
    /// <summary>Nothing: it never returned, or returned that it can't be told. It may take effect at any time once invoked.</summary>
    Unknown,

    /// <summary>It took effect, once, between invocation and return.</summary>
    Yes,

    /// <summary>It was refused and never takes effect.</summary>
    No,
}
