namespace Roj.Membership.Keeping;

/// <summary>What came of <see cref="Keeper.Evict"/>.</summary>
public enum Eviction
{
    /// <summary>It is forgotten here, and everybody is told to forget it.</summary>
    Done,

    /// <summary>Nobody with that id is known, or it is forgotten already.</summary>
    Unknown,

    /// <summary>It answers: it would say so, and be back at once.</summary>
    Answers,

    /// <summary>It said farewell: nobody waits for it.</summary>
    HasLeft,

    /// <summary>That is ourselves: whoever wants to go says farewell.</summary>
    Self,
}
