namespace Roj;

/// <summary>What is believed of a member.</summary>
public enum RojMemberState
{
    /// <summary>It answers.</summary>
    Alive,

    /// <summary>Somebody had no answer from it, and it has time to say otherwise. It still counts as being here.</summary>
    Suspect,

    /// <summary>It did not say otherwise in time.</summary>
    Dead,

    /// <summary>It said farewell.</summary>
    Left,
}
