using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>A peer in a tracker's answer.</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="PeerId">What it calls itself; null where that is not told, as in the compact form.</param>
public readonly record struct TrackedPeer(Endpoint Endpoint, PeerId? PeerId = null);
