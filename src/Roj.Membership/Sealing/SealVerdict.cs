namespace Roj.Membership.Sealing;

/// <summary>What became of a sealed datagram.</summary>
public enum SealVerdict
{
    /// <summary>It is of this cluster, meant for this process, and was not here before.</summary>
    Fresh,

    /// <summary>It is of this cluster, but its sender does not know this process yet, or it is an old recording: nothing in it is believed,
    /// and the answer is an introduction.</summary>
    Stranger,

    /// <summary>It was here before.</summary>
    Replayed,

    /// <summary>It is not sealed with a key of ours, or was changed on its way.</summary>
    Foreign,

    /// <summary>Too many strangers come from its address, or from everywhere: it was not looked at.</summary>
    TooMany,
}
