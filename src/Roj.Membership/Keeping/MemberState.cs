namespace Roj.Membership.Keeping;

/// <summary>What is believed of a member. Of one incarnation the later states win over the earlier (SWIM, section 4.2). The values are
/// those on the wire.</summary>
public enum MemberState : byte
{
    /// <summary>It answers.</summary>
    Alive = 0,

    /// <summary>Somebody had no answer from it, and it has time to say otherwise.</summary>
    Suspect = 1,

    /// <summary>It did not say otherwise in time.</summary>
    Dead = 2,

    /// <summary>It said farewell; or another said that it will not be back (<see cref="Member.IsEvicted"/>).</summary>
    Left = 3,
}
