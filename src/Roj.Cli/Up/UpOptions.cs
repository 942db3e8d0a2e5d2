namespace Roj.Cli.Up;

/// <summary>What <c>roj up</c> was told.</summary>
/// <param name="Count">How many nodes.</param>
/// <param name="Port">The port between nodes, the same at each address.</param>
/// <param name="HttpPort">The port of the HTTP API, the same at each address.</param>
/// <param name="For">How long; null until it is interrupted.</param>
/// <param name="Shared">What the first node shares and the others fetch; null for nothing.</param>
/// <param name="Chaos">Whether its own nodes are harmed while one watches.</param>
internal sealed record UpOptions(int Count, ushort Port, ushort HttpPort, TimeSpan? For, FileInfo? Shared = null, bool Chaos = false);
