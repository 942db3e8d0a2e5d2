namespace Roj.Membership.Keeping;

/// <summary>The few facts of a member that travel with gossip: who it is for people, and where its services are.</summary>
/// <param name="Name">What people call it, 1–<see cref="NameBytesMax"/> bytes of UTF-8; not unique.</param>
/// <param name="HttpPort">Where its HTTP API is; 0 if it has none.</param>
/// <param name="SwarmPort">Where it shares files; 0 if it does not.</param>
/// <param name="Color">The part it plays: 0 for none yet.</param>
/// <param name="Version">The program's version, three numbers of a byte each.</param>
/// <param name="TagsVersion">Grows whenever its tags change: who knows an older one asks for them.</param>
public sealed record Profile(string Name, ushort HttpPort, ushort SwarmPort, byte Color, uint Version, uint TagsVersion)
{
    /// <summary>Bytes of a name at most.</summary>
    public const int NameBytesMax = 63;
}
