namespace Roj.Simulation.Swarms;

/// <summary>How a node treats its peers.</summary>
public enum Manner
{
    /// <summary>As <c>roj sync</c> does.</summary>
    Honest,

    /// <summary>Honest, and knows nothing of the fast extension (BEP 6).</summary>
    Plain,

    /// <summary>Sends wrong bytes: one payload in two has a bit flipped. Asks for what it was never told of.</summary>
    Spoiling,

    /// <summary>Shakes hands and says nothing more.</summary>
    Mute,

    /// <summary>Has everything and never unchokes anybody.</summary>
    Choking,

    /// <summary>Has everything, unchokes everybody, and leaves all requests unanswered.</summary>
    Idle,

    /// <summary>Gives a description that is not what its name says.</summary>
    Misdescribing,

    /// <summary>Says that the description is longer or shorter than it is, and has more of it for whoever asks.</summary>
    Oversized,
}
