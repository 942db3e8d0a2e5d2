namespace Roj.EndToEnd;

/// <summary>How one node starts.</summary>
/// <param name="Number">The last byte of its address.</param>
/// <param name="Configuration">The contents of its torrent.conf.</param>
/// <param name="Peers">The numbers of the peers that its configuration names, itself and dead ones included.</param>
/// <param name="KnowsTheFile">Whether its configuration describes the file.</param>
/// <param name="Data">What its data file is.</param>
internal sealed record NodePlan(byte Number, byte[] Configuration, IReadOnlyList<byte> Peers, bool KnowsTheFile, InitialData Data);
